"""The building blocks of a paper: set once for a width, then measured, split over pages and drawn.

A block is immutable. ``split`` gives what fits and what is left; ``force`` asks for progress even where it
looks bad, because the page is empty already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reports.qr import Matrix
from reports.surface import Surface
from reports.text import Align, Line, Style

_MIN_LINES = 3


class Block(Protocol):
    """A piece of the body; ``height`` in the surface's unit."""

    @property
    def height(self) -> float: ...

    def split(self, room: float, *, force: bool) -> "tuple[Block | None, Block | None]":
        """Return what fits into ``room`` and the rest; either may be None."""

    def draw(self, surface: Surface, x: float, y: float) -> None:
        """Draw with the upper left corner at ``x, y``."""


def draw_lines(
    surface: Surface, lines: Sequence[Line], style: Style, x: float, y: float, width: float
) -> None:
    """Draw set lines one below the other, aligned within ``width``."""
    slack = {"left": 0.0, "center": 0.5, "right": 1.0}[style.align]
    baseline = y + style.leading / 2 + style.size * 0.36
    for line in lines:
        surface.line_of_text(x + (width - line.width) * slack, baseline, line, style)
        baseline += style.leading


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space; vanishes at the top of a page."""

    height: float

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return None, None

    def draw(self, surface: Surface, x: float, y: float) -> None:
        return


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the width."""

    width: float
    height: float
    thickness: float

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return None, None

    def draw(self, surface: Surface, x: float, y: float) -> None:
        middle = y + self.height / 2
        surface.rule(x, middle, x + self.width, middle, self.thickness)


@dataclass(frozen=True, slots=True)
class Passage:
    """Set lines without a border, ``indent`` from the left."""

    lines: tuple[Line, ...]
    style: Style
    width: float
    indent: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        fit = _lines_that_fit(len(self.lines), room, self.style.leading, force=force)
        if not fit:
            return None, self
        return replace(self, lines=self.lines[:fit]), replace(self, lines=self.lines[fit:])

    def draw(self, surface: Surface, x: float, y: float) -> None:
        draw_lines(surface, self.lines, self.style, x + self.indent, y, self.width - self.indent)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code centred in the width."""

    code: Matrix
    size: float
    width: float

    @property
    def height(self) -> float:
        return self.size

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return (self, None) if force else (None, self)

    def draw(self, surface: Surface, x: float, y: float) -> None:
        surface.qr(x + (self.width - self.size) // 2, y, self.size, self.code)


@dataclass(frozen=True, slots=True)
class Captioned:
    """A QR code at the left, ``gap`` from the passages beside it, which stand in the middle of its height."""

    code: Matrix
    size: float
    gap: float
    beside: tuple[Passage, ...]

    @property
    def height(self) -> float:
        return max(self.size, self._text_height)

    @property
    def _text_height(self) -> float:
        return sum(passage.height for passage in self.beside)

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return (self, None) if force else (None, self)

    def draw(self, surface: Surface, x: float, y: float) -> None:
        surface.qr(x, y, self.size, self.code)
        top = y + (self.height - self._text_height) / 2
        for passage in self.beside:
            passage.draw(surface, x + self.size + self.gap, top)
            top += passage.height


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: set lines at ``x`` within the table, ``width`` wide, background ``shade`` if below
    1.
    """

    lines: tuple[Line, ...]
    style: Style
    x: float
    width: float
    shade: float = 1.0
    middle: bool = True

    def text_height(self) -> float:
        return len(self.lines) * self.style.leading


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side; ``pad`` on every side of the text, at least ``min_height`` high."""

    cells: tuple[Cell, ...]
    pad_x: float
    pad_y: float
    min_height: float = 0.0

    @property
    def height(self) -> float:
        return max(self.min_height, max(c.text_height() for c in self.cells) + 2 * self.pad_y)

    def split(self, room: float, *, force: bool) -> "tuple[Row | None, Row]":
        """Split between lines of the highest cell; small rows stay whole unless ``force``."""
        tallest = max(self.cells, key=Cell.text_height)
        leading = tallest.style.leading
        fit = _lines_that_fit(len(tallest.lines), room - 2 * self.pad_y, leading, force=force)
        if not fit:
            return None, self
        upper = [replace(cell, lines=cell.lines[:fit]) for cell in self.cells]
        lower = [replace(cell, lines=cell.lines[fit:]) for cell in self.cells]
        return replace(self, cells=tuple(upper), min_height=0.0), replace(
            self, cells=tuple(lower), min_height=0.0
        )

    def draw(self, surface: Surface, x: float, y: float, border: float) -> None:
        height = self.height
        for cell in self.cells:
            if cell.shade < 1:
                surface.shade(x + cell.x, y, cell.width, height, cell.shade)
        for cell in self.cells:
            if border:
                surface.frame(x + cell.x, y, cell.width, height, border)
            slack = (height - cell.text_height()) / 2 if cell.middle else self.pad_y
            left, width = x + cell.x + self.pad_x, cell.width - 2 * self.pad_x
            draw_lines(surface, cell.lines, cell.style, left, y + slack, width)


@dataclass(frozen=True, slots=True)
class Table:
    """Bordered rows. ``head`` is repeated on every page; ``keep`` never breaks unless it must."""

    rows: tuple[Row, ...]
    border: float
    head: tuple[Row, ...] = ()
    keep: bool = False

    @property
    def height(self) -> float:
        return sum(row.height for row in (*self.head, *self.rows))

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        if self.keep and not force:
            return None, self
        left = room - sum(row.height for row in self.head)
        taken: list[Row] = []
        rest = list(self.rows)
        while rest and rest[0].height <= left:
            left -= rest[0].height
            taken.append(rest.pop(0))
        if rest:
            upper, lower = rest[0].split(left, force=force and not taken)
            if upper:
                taken.append(upper)
                rest[0] = lower
        if not taken:
            return None, self
        return replace(self, rows=tuple(taken)), replace(self, rows=tuple(rest)) if rest else None

    def draw(self, surface: Surface, x: float, y: float) -> None:
        for row in (*self.head, *self.rows):
            row.draw(surface, x, y, self.border)
            y += row.height


@dataclass(frozen=True, slots=True)
class Framed:
    """A table without borders of its own in boxes side by side; never broken."""

    table: Table
    widths: tuple[float, ...]
    thickness: float

    @property
    def height(self) -> float:
        return self.table.height

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return (self, None) if force else (None, self)

    def draw(self, surface: Surface, x: float, y: float) -> None:
        self.table.draw(surface, x, y)
        for width in self.widths:
            surface.frame(x, y, width, self.height, self.thickness)
            x += width


@dataclass(frozen=True, slots=True)
class Spot:
    """Room for a seal as high as it is wide, marked by a caption; never broken."""

    caption: tuple[Line, ...]
    style: Style
    align: Align
    width: float
    height: float

    def split(self, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        return (self, None) if force else (None, self)

    def draw(self, surface: Surface, x: float, y: float) -> None:
        slack = {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        left = x + (self.width - self.height) * slack
        style = replace(self.style, align="center")
        draw_lines(surface, self.caption, style, left, y + (self.height - style.leading) / 2, self.height)


def _lines_that_fit(count: int, room: float, leading: float, *, force: bool) -> int:
    """Return how many of ``count`` lines go before the break: none rather than a widow, at least one if
    forced.
    """
    fit = min(count - 1, int(room / leading))
    if force:
        return max(1, fit)
    fit = min(fit, count - 2)
    return fit if fit >= _MIN_LINES else 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the distance of its top from the top of the page's body."""

    block: Block
    y: float


def paginate(blocks: Sequence[Block], first_room: float, next_room: float) -> list[list[Placed]]:
    """Place blocks on pages whose bodies are ``first_room`` and then ``next_room`` high; at least one page."""
    pages: list[list[Placed]] = [[]]
    waiting = list(reversed(blocks))
    y = 0.0
    while waiting:
        block = waiting.pop()
        page, room = pages[-1], (first_room if len(pages) == 1 else next_room) - y
        if isinstance(block, Gap) and not page:
            continue
        if block.height <= room + 1e-6:
            page.append(Placed(block, y))
            y += block.height
            continue
        upper, lower = block.split(room, force=not page)
        if upper:
            page.append(Placed(upper, y))
        if lower:
            waiting.append(lower)
        if not (upper or lower) and not isinstance(block, Gap | Rule):
            raise AssertionError("a block neither fits nor splits")
        pages.append([])
        y = 0.0
    if not pages[-1] and len(pages) > 1:
        pages.pop()
    return pages
