"""A paper as content, before it has a size: what every paper of the desk is built from.

A new paper is a function from its snapshot to a ``Sheet``; pages and strips are composed from it by
``reports.page`` and ``reports.strip``.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from reports.text import Align

BOX = "□"
SEAL = "（盖章处）"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; ``wide`` takes the whole width of the grid, ``strong`` is set bold."""

    label: str
    value: str
    wide: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The bordered grid of facts, two to a row."""

    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A longer text under its own heading, such as the visitor's words."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: head, share of the width on pages, alignment."""

    head: str
    share: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table; heading and head are repeated on every page.

    ``compact`` saves the line of the heading on pages by naming it in the head of the second column. The first
    column is what stands in front (number, tick, role), the second the thing itself, the others its details.
    ``multiline`` keeps line breaks and prints long texts whole.
    """

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    compact: bool = False
    multiline: bool = False

    def without_empty_columns(self) -> "Listing":
        """Return the listing without detail columns that say nothing; their room goes to the second column."""
        kept = [at for at in range(len(self.columns)) if at < 2 or any(row[at] for row in self.rows)]
        freed = sum(column.share for at, column in enumerate(self.columns) if at not in kept)
        second = replace(self.columns[1], share=self.columns[1].share + freed)
        columns = tuple(second if at == 1 else self.columns[at] for at in kept)
        return replace(self, columns=columns, rows=tuple(tuple(row[at] for at in kept) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Promise:
    """The one line the reader looks for: what is due when."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A free sentence, in smaller type unless it is ``plain``."""

    text: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Boxes to sign or seal, side by side, each with room for a date."""

    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """Room to write by hand, ``lines`` high, under its own heading."""

    heading: str
    lines: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Boxes to tick under a heading, ``across`` of them side by side on pages."""

    heading: str
    options: tuple[str, ...]
    across: int


@dataclass(frozen=True, slots=True)
class Seal:
    """Room for the centre's seal at the left, in the middle or at the right."""

    align: Align


@dataclass(frozen=True, slots=True)
class Scan:
    """A QR code to be scanned by the reader's phone, with what it is for beside it."""

    text: str
    caption: str
    note: str


Section = Facts | Words | Listing | Promise | Remark | Signatures | Blank | Choices | Seal


@dataclass(frozen=True)
class Sheet:
    """A paper: title, place, number, QR text, sections, where to ask, and what marks this print.

    ``emblem`` is a picture in base64; ``margin_mm`` 0 leaves the size its own margin. ``scan`` is for the reader's
    phone: at the head of a page in the place of an emblem, below the sections where there is one, and on strips.
    """

    title: str
    site: str
    number: str
    qr: str
    sections: tuple[Section, ...]
    ask: str
    printed_at: str
    copy: str
    link: str
    emblem: str = ""
    margin_mm: int = 0
    scan: Scan | None = None

    @cached_property
    def marks(self) -> str:
        """The line that tells this print from another."""
        return " · ".join(filter(None, (f"打印时间 {self.printed_at}", self.copy, self.link)))
