"""The reference documents of one moment as typed values, for services to work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.reference import OF_SITE
from db.store.read_only import reads
from db.unit_of_work import UnitOfWork
from domain.catalog.reference import (
    Board,
    Item,
    Package,
    load_boards,
    load_items,
    load_packages,
)
from domain.clock import Clock
from domain.deadlines.rules import Rules
from domain.staff import Actor, Role, StaffMember


@dataclass(frozen=True, slots=True)
class Site:
    """网点: this station. ``letters`` begin every case number, ``web_address`` the links of slips."""

    code: str
    name: str
    letters: str
    zone: str
    phone: str = ""
    address: str = ""
    windows: int = 1
    demo: bool = False
    web_address: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Boards, items, packages, limits, site and staff in force; ``versions`` names what a case is made with."""

    versions: Mapping[str, int]
    boards: Mapping[str, Board]
    items: Mapping[str, Item]
    packages: Mapping[str, Package]
    rules: Rules
    site: Site
    staff: Mapping[str, StaffMember]


def rulebook(uow: UnitOfWork) -> Rulebook:
    """The rulebook in force; kept between units of work while no document has a newer version."""
    versions = uow.reference.versions()
    key = ("rulebook", tuple(sorted(versions.items())))
    book = uow.reference.cache.get(key)
    if book is None:
        own = (kind for kind in versions if OF_SITE not in kind)
        documents = {kind: uow.reference.get(kind) or {} for kind in own}
        book = build(documents, versions)
        uow.reference.cache[key] = book
    assert isinstance(book, Rulebook)
    return book


def build(documents: Mapping[str, Mapping[str, Any]], versions: Mapping[str, int]) -> Rulebook:
    """The rulebook told by ``documents`` (kind → document)."""
    site = documents.get("site", {})
    rules = Rules.of_site(documents["calendar"], documents["limits"], site)
    return Rulebook(
        versions=dict(versions),
        boards={board.code: board for board in load_boards(documents["boards"])},
        items={item.code: item for item in load_items(documents["catalog"])},
        packages={package.name: package for package in load_packages(documents["packages"])},
        rules=rules,
        site=_site(site, rules.hours.zone.key),
        staff={entry["id"]: member_of(entry) for entry in documents.get("staff", {}).get("entries", ())},
    )


def board_as_of(uow: UnitOfWork, code: str, version: int | None) -> Board:
    """A board as ``version`` of the boards document has it; named by its code where it is not known."""
    document = uow.reference.get("boards", version) or uow.reference.get("boards") or {}
    for entry in document.get("entries", ()):
        if entry["code"] == code:
            return Board.from_document(entry)
    return Board(code, code, None, ())


def board_name(uow: UnitOfWork, code: str, version: int | None) -> str:
    """The name of a board as of ``version`` of the boards document."""
    return board_as_of(uow, code, version).name


def package_as_of(uow: UnitOfWork, name: str, version: int | None) -> Package | None:
    """A package as ``version`` of the packages document has it, or None."""
    document = uow.reference.get("packages", version) or uow.reference.get("packages") or {}
    for entry in document.get("entries", ()):
        if entry["name"] == name:
            return Package.from_document(entry)
    return None


def item_name(uow: UnitOfWork, code: str, version: int | None) -> str:
    """The name of a catalogue item as of ``version`` of the catalogue; the code where it is not known."""
    document = uow.reference.get("catalog", version) or uow.reference.get("catalog") or {}
    names = {entry["code"]: entry["name"] for entry in document.get("entries", ())}
    return str(names.get(code, code))


def return_reasons(uow: UnitOfWork) -> dict[str, str]:
    """Code → name of the reasons for a return in force."""
    document = uow.reference.get("return_reasons") or {}
    return {entry["code"]: entry["name"] for entry in document.get("entries", ())}


def _site(document: Mapping[str, Any], zone: str) -> Site:
    return Site(
        code=document.get("code", ""),
        name=document.get("name", ""),
        letters=document.get("letters", ""),
        zone=zone,
        phone=document.get("phone", ""),
        address=document.get("address", ""),
        windows=document.get("windows", 1),
        demo=document.get("demo", False),
        web_address=document.get("web_address", ""),
    )


def member_of(entry: Mapping[str, Any]) -> StaffMember:
    """The member of staff that an entry of the staff document tells of."""
    return StaffMember(
        entry["id"],
        entry["name"],
        Role(entry["role"]),
        entry.get("board"),
        entry.get("password"),
        entry.get("active", True),
        entry.get("away_until", ""),
        entry.get("substitute", ""),
    )


@reads
def site_zone(uow: UnitOfWork, clock: Clock, actor: Actor) -> str:
    """The name of the site's time zone."""
    return rulebook(uow).site.zone


@reads
def current(uow: UnitOfWork, clock: Clock, actor: Actor) -> Rulebook:
    """The rulebook in force, for pages that show names."""
    return rulebook(uow)
