"""A sheet on 58 or 80 mm thermal paper: one column, drawn as dots at 203 dpi."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from reports import fonts, qr
from reports.blocks import Block, Cell, Code, Gap, Passage, Row, Rule, Table
from reports.page_frame import unknown_note
from reports.raster import RasterSurface
from reports.sheet import (
    BOX,
    SEAL,
    Blank,
    Choices,
    Fact,
    Facts,
    Listing,
    Promise,
    Remark,
    Scan,
    Seal,
    Section,
    Sheet,
    Signatures,
    Words,
)
from reports.text import FIELD_LIMIT, Style, Typesetter, clean, shortened

DPI = 203


@dataclass(frozen=True, slots=True)
class StripSize:
    """Thermal paper: printable dots across, width of the roll in millimetres, type size in dots."""

    dots: int
    roll_mm: float
    size: int


MM58 = StripSize(384, 58.0, 24)
MM80 = StripSize(576, 80.0, 26)


def strip_image(blocks: Sequence[Block], strip: StripSize) -> Image.Image:
    """Return the blocks, one below the other, as a 1-bit picture ``strip.dots`` wide and as long as they need."""
    height = round(sum(block.height for block in blocks))
    surface = RasterSurface(strip.dots, height)
    y = 0.0
    for block in blocks:
        block.draw(surface, 0, y)
        y += block.height
    return surface.image()


def strip_blocks(sheet: Sheet, strip: StripSize, setter: Typesetter) -> list[Block]:
    """Return what stands on the strip, from its top to its end."""
    return list(_Composer(sheet, strip, setter).blocks())


class StripSetter:
    """Sets texts for one roll; strips are composed from what it gives."""

    def __init__(self, strip: StripSize, setter: Typesetter) -> None:
        self.strip, self.setter = strip, setter
        size = strip.size
        self.text = Style(size=size, leading=round(size * 1.35))
        self.bold = replace(self.text, face=fonts.BOLD)
        self.small = Style(size=size - 4, leading=round((size - 4) * 1.35))

    def passage(self, text: str, style: Style, *, indent: float = 0.0, multiline: bool = False) -> Passage:
        """A text as wide as the roll, wrapped."""
        width = self.strip.dots
        if not multiline:
            text = shortened(text, FIELD_LIMIT)
        lines = self.setter.lines(clean(text, multiline=multiline), style, width - indent)
        return Passage(lines, style, width, indent)

    def rule(self) -> Rule:
        """A line across the roll."""
        return Rule(self.strip.dots, self.strip.size, 2)

    def code(self, text: str, least: int = 3) -> Code:
        """A QR code that takes about half of the roll; a module is ``least`` dots (3 are 0.38 mm) or more."""
        matrix = qr.matrix(text)
        module = max(least, min(8, int(self.strip.dots * 0.5 / len(matrix))))
        return Code(matrix, module * len(matrix), self.strip.dots)

    def fact(self, fact: Fact) -> Block:
        """A label and its value."""
        style = self.bold if fact.strong else self.text
        return self.hanging(fact.label, fact.value or "—", style, self.strip.size * 4.5)

    def hanging(self, first: str, then: str, style: Style, least: float) -> Block:
        """Two texts side by side: the first as wide as it needs, the second wrapping beside it."""
        width, first, then = self.strip.dots, clean(first), clean(shortened(then, FIELD_LIMIT))
        gap = self.strip.size / 2
        label_width = min(max(least, self.setter.width(first, self.text) + gap), width / 2)
        label = self.setter.lines(first, self.text, label_width)
        value = self.setter.lines(then, style, width - label_width)
        cells = (
            Cell(label, self.text, 0, label_width, middle=False),
            Cell(value, style, label_width, width - label_width, middle=False),
        )
        return Table((Row(cells, 0, 2),), 0)


class _Composer(StripSetter):
    """Sets one sheet for one roll."""

    def __init__(self, sheet: Sheet, strip: StripSize, setter: Typesetter) -> None:
        super().__init__(strip, setter)
        self.sheet = sheet
        size = strip.size
        self.title = Style(fonts.BOLD, round(size * 1.6), round(size * 2.2), "center")
        self.promise = Style(fonts.BOLD, round(size * 1.15), round(size * 1.6))

    def blocks(self) -> Iterator[Block]:
        sheet, size = self.sheet, self.strip.size
        yield Gap(size)
        yield self.passage(sheet.site, replace(self.text, align="center"))
        yield self.passage(sheet.title, self.title)
        if sheet.number:
            yield self.passage(sheet.number, replace(self.bold, align="center"))
        yield Gap(size // 2)
        if sheet.qr:
            yield self.code(sheet.qr)
            yield Gap(size // 2)
        for section in sheet.sections:
            yield self.rule()
            yield from self._section(section)
        if sheet.scan:
            yield from self._scan(sheet.scan)
        yield self.rule()
        yield self.passage(sheet.ask, self.small)
        for mark in (f"打印时间 {sheet.printed_at}", f"{sheet.copy} · {sheet.link}"):
            yield self.passage(mark, self.small)
        note = unknown_note(self.setter)
        if note:
            yield self.passage(note, self.small)
        yield Gap(size * 2)

    def _scan(self, scan: Scan) -> Iterator[Block]:
        yield self.rule()
        yield self.passage(scan.caption, replace(self.bold, align="center"))
        yield Gap(self.strip.size // 2)
        yield self.code(scan.text)
        yield Gap(self.strip.size // 2)
        yield self.passage(scan.note, self.small)

    def _section(self, section: Section) -> Iterator[Block]:
        match section:
            case Facts():
                for fact in section.items:
                    yield self.fact(fact)
            case Words():
                yield self.passage(section.heading, self.bold)
                yield self.passage(section.text, self.text, multiline=True)
            case Listing():
                yield from self._listing(section)
            case Promise():
                yield self.passage(section.label, self.bold)
                yield self.passage(section.value, self.promise)
                if section.note:
                    yield self.passage(section.note, self.small)
            case Remark():
                yield self.passage(section.text, self.text if section.plain else self.small)
            case Signatures():
                for box in section.boxes:
                    yield self.passage(f"{box}：", self.text)
                    yield Gap(self.strip.size * 2.5)
            case Blank():
                yield self.passage(f"{section.heading}：", self.bold)
                yield Gap(self.strip.size * 2.0 * section.lines)
            case Choices():
                yield self.passage(section.heading, self.bold)
                for option in section.options:
                    yield self.passage(f"{BOX} {option}", self.text)
            case Seal():
                yield self.passage(SEAL, replace(self.text, align="center"))
                yield Gap(self.strip.size * 7)

    def _listing(self, listing: Listing) -> Iterator[Block]:
        if listing.heading:
            yield self.passage(listing.heading, self.bold)
        firsts = (self.setter.width(clean(row[0]), self.text) for row in listing.rows)
        least = max(firsts, default=0.0) + self.strip.size / 2
        for first, name, *rest in listing.rows:
            details = "，".join(filter(None, rest))
            yield self.hanging(first, f"{name}（{details}）" if details else name, self.text, least)
