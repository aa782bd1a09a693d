"""Published reference documents of the catalogue as frozen values.

A document is ``{"kind", "version", "published", "source", "entries"}``. Each type reads one entry with
``from_document``; ``load_*`` read a whole document and keep its order. A wrong document raises
``AppError("catalog.bad_document", kind=…, where=…)``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from domain.errors import AppError

Document = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Board:
    """服务板块: a back-office board; ``lead`` is its lead department, none for the local one.

    ``leader`` is the leader in charge (分管领导), where the site has named one.
    """

    code: str
    name: str
    lead: str | None
    duties: tuple[str, ...]
    leader: str = ""

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(
            entry["code"], entry["name"], entry["lead"], tuple(entry["duties"]), entry.get("leader", "")
        )


@dataclass(frozen=True, slots=True)
class Item:
    """服务事项: a catalogue entry; ``code`` is four digits, its first two the group's.

    ``board`` is the code of the board that answers for it when nothing else in the matter decides.
    """

    code: str
    name: str
    group: str
    group_name: str
    board: str
    keywords: tuple[str, ...]
    departments: tuple[str, ...]

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(
            code=entry["code"],
            name=entry["name"],
            group=entry["group"],
            group_name=entry["group_name"],
            board=entry["board"],
            keywords=tuple(entry["keywords"]),
            departments=tuple(entry["departments"]),
        )


@dataclass(frozen=True, slots=True)
class LocalItem:
    """A place's own item (地方事项): its names from the widest level to the deepest, and its board's code."""

    names: tuple[str, ...]
    board: str

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(tuple(entry["names"]), entry["board"])


@dataclass(frozen=True, slots=True)
class PackageItem:
    """One tick of a package, with the code of the board that answers for it."""

    name: str
    board: str

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(entry["name"], entry["board"])


@dataclass(frozen=True, slots=True)
class Package:
    """一类事: basic and value-added items of one stage of an enterprise's life; ``boards`` has the lead first."""

    name: str
    topic: str
    boards: tuple[str, ...]
    departments: tuple[str, ...]
    basic: tuple[PackageItem, ...]
    value_added: tuple[PackageItem, ...]

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(
            entry["name"],
            entry["topic"],
            tuple(entry["boards"]),
            tuple(entry["departments"]),
            tuple(PackageItem.from_document(item) for item in entry["basic"]),
            tuple(PackageItem.from_document(item) for item in entry["value_added"]),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """细化举措: one of the 145 measures, by number, theme, policy and a short title; ``board`` is a code or none."""

    number: int
    theme: str
    policy: str
    title: str
    board: str | None

    @classmethod
    def from_document(cls, entry: Document) -> Self:
        return cls(entry["number"], entry["theme"], entry["policy"], entry["title"], entry["board"])


def load_boards(document: Document) -> tuple[Board, ...]:
    return _load(document, "boards", Board.from_document)


def load_items(document: Document) -> tuple[Item, ...]:
    return _load(document, "catalog", Item.from_document)


def load_local_items(document: Document) -> tuple[LocalItem, ...]:
    """The place's own items of a catalogue document; none if it has none."""
    entries = document.get("local", ())
    return _load({"kind": document.get("kind"), "entries": entries}, "catalog", LocalItem.from_document)


def load_packages(document: Document) -> tuple[Package, ...]:
    return _load(document, "packages", Package.from_document)


def load_measures(document: Document) -> tuple[Measure, ...]:
    return _load(document, "measures", Measure.from_document)


def _load(document: Document, kind: str, read: Callable[[Document], T]) -> tuple[T, ...]:
    if document.get("kind") != kind:
        raise AppError("catalog.bad_document", kind=kind, where="kind")
    rows = []
    for number, entry in enumerate(document.get("entries", ()), start=1):
        try:
            rows.append(read(entry))
        except (KeyError, TypeError) as error:
            raise AppError("catalog.bad_document", kind=kind, where=str(number)) from error
    return tuple(rows)
