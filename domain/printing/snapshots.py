"""What a paper says, frozen at the moment of printing.

A reprint renders the stored snapshot, so an old slip keeps the names it was printed with (a board renamed
since does not change it). Times are local text (``2026-11-22 13:05``) made with the site's zone when the
snapshot was made; codes (kind, channel, limit …) are the project's codes and are put into words by
``reports``, which prints a code it does not know as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from domain.errors import AppError
from domain.printing.masking import mask_phone

QR_MAX_CHARS = 512


class LinkState(StrEnum):
    """Whether the case had reached the centre when the paper was printed (已同步 / 本机暂存)."""

    SYNCED = "synced"
    LOCAL = "local"


class BoardRole(StrEnum):
    """The share of a board in a case: 牵头 or 协办."""

    LEAD = "lead"
    ASSIST = "assist"


@dataclass(frozen=True, slots=True)
class SitePlace:
    """网点: the place named on the paper and where to ask afterwards."""

    name: str
    phone: str = ""
    address: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """申请人. ``code`` is the unified social credit code, empty for one still to be founded."""

    name: str
    code: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Representative:
    """经办人. ``phone`` is masked on construction, so that no snapshot can hold a full number."""

    name: str
    phone: str = ""
    capacity: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "phone", mask_phone(self.phone))


@dataclass(frozen=True, slots=True)
class BoardShare:
    """One board (板块) of the case, by the name it had when the case was made."""

    board: str
    role: BoardRole
    department: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One material: name, how much of it (``原件 1 份``), and a remark (why it is missing, how to get it)."""

    name: str
    quantity: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PackageTick:
    """One item of a package (一类事), ticked or not, basic (基本) or value-added (增值)."""

    name: str
    ticked: bool = True
    value_added: bool = False
    department: str = ""


class SealPlace(StrEnum):
    """盖章处: where room is left for the centre's seal."""

    NONE = "none"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Wording:
    """How the site words a paper (``domain.printing.templates``), as it was when the paper was printed.

    ``template`` is the version of the site's document, 0 for the shipped one. An empty ``title`` means that nothing
    was kept, as in papers of before there were templates: the shipped words are used. ``headings`` are (code, words)
    pairs. ``emblem`` is a picture in base64; it is not kept in the store but put in from that version of the document.
    """

    template: int = 0
    name_line: str = ""
    title: str = ""
    opening: str = ""
    closing: str = ""
    footer: str = ""
    signatures: tuple[str, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    seal: SealPlace = SealPlace.NONE
    margin_mm: int = 0
    emblem: str = ""


@dataclass(frozen=True, slots=True)
class PrintMark:
    """What differs from print to print: the copy (1 is the first), the local time, the link state."""

    copy: int
    printed_at: str
    link: LinkState

    def __post_init__(self) -> None:
        if self.copy < 1:
            raise ValueError("copies are counted from 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What every paper holds. ``qr`` is printed as a QR code; it is ASCII and names no person."""

    PAPER: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1

    site: SitePlace
    number: str
    qr: str = ""

    def __post_init__(self) -> None:
        if len(self.qr) > QR_MAX_CHARS or not all(" " <= char <= "~" for char in self.qr):
            raise AppError("printing.qr_text")

    def to_document(self) -> dict[str, Any]:
        """Return the snapshot as JSON-ready data; ``from_document`` gives back an equal snapshot."""
        body: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json")
        return {"paper": self.PAPER, "version": self.VERSION, **body}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read what ``to_document`` wrote. Raises ``printing.snapshot_unknown`` or
        ``printing.snapshot_damaged``.
        """
        body = dict(document)
        if body.pop("paper", None) != cls.PAPER or body.pop("version", None) != cls.VERSION:
            raise AppError("printing.snapshot_unknown", paper=document.get("paper"))
        try:
            paper: Self = _adapter(cls).validate_python(body)
        except ValidationError as error:
            raise AppError("printing.snapshot_damaged", paper=cls.PAPER) from error
        return paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Snapshot):
    """What every paper of a case holds besides."""

    applicant: Applicant
    kind: str
    channel: str
    matter: str
    clerk: str
    window: str
    mark: PrintMark
    representative: Representative | None = None
    materials: tuple[Material, ...] = ()
    wording: Wording = Wording()


def local_minute(at_ms: int, zone: str) -> str:
    """Return UTC milliseconds as the local text papers use, ``2026-11-22 13:05``."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(paper: type[Snapshot]) -> TypeAdapter[Any]:
    if paper.PAPER not in _ADAPTERS:
        _ADAPTERS[paper.PAPER] = TypeAdapter(paper)
    return _ADAPTERS[paper.PAPER]
