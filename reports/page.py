"""A sheet on A5 or A4: page frame, fact grid, tables over pages with their head repeated, page x of y."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports import fonts, qr
from reports.blocks import (
    Block,
    Captioned,
    Cell,
    Framed,
    Gap,
    Passage,
    Placed,
    Row,
    Spot,
    Table,
    draw_lines,
    paginate,
)
from reports.page_frame import MM, SCAN_MODULE_MM, Foot, Head
from reports.pdf import PdfSurface
from reports.sheet import (
    BOX,
    SEAL,
    Blank,
    Choices,
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
from reports.text import FIELD_LIMIT, Line, Style, Typesetter, clean, shortened

SEAL_MM = 38
"""A round seal of an office is 38 to 42 mm wide."""
_BORDER = 0.4
_LABEL_SHADE = 0.955
_GREY = 0.35
_DATE = "年　　月　　日"


@dataclass(frozen=True, slots=True)
class PageSize:
    """A paper size in points, with the type size of its text."""

    width: float
    height: float
    margin: float
    size: float

    @property
    def inner(self) -> float:
        return self.width - 2 * self.margin


A5 = PageSize(148 * MM, 210 * MM, 11 * MM, 9.2)
A4 = PageSize(210 * MM, 297 * MM, 18 * MM, 10.5)


def page_pdf(sheet: Sheet, page: PageSize, setter: Typesetter) -> bytes:
    """Return the sheet as PDF. Widths, breaks and page count follow from the text alone."""
    composer = PageComposer(sheet, page, setter)
    laid = composer.laid_out()
    surface = PdfSurface(page.width, page.height, title=f"{sheet.title} {sheet.number}", author=sheet.site)
    composer.draw(surface, laid)
    return surface.finish()


@dataclass(frozen=True, slots=True)
class Laid:
    """A sheet laid out over ``pages``, ready to be drawn."""

    head: Head
    foot: Foot
    pages: list[list[Placed]]


class PageComposer:
    """Sets one sheet for one page size."""

    def __init__(self, sheet: Sheet, page: PageSize, setter: Typesetter) -> None:
        if sheet.margin_mm:
            page = replace(page, margin=sheet.margin_mm * MM)
        self.sheet, self.page, self.setter = sheet, page, setter
        size = page.size
        self.text = Style(size=size, leading=size * 1.42)
        self.bold = replace(self.text, face=fonts.BOLD)
        self.label = replace(self.text, grey=0.2)
        self.small = Style(size=size * 0.84, leading=size * 1.28, grey=_GREY)
        self.title = Style(fonts.BOLD, size * 2.1, size * 2.9, "center")
        self.promise = Style(fonts.BOLD, size * 1.45, size * 2.1)
        self.pad_x, self.pad_y = size * 0.6, size * 0.27

    def laid_out(self) -> Laid:
        """Break the sheet into pages; what it draws is settled by then."""
        sheet, page = self.sheet, self.page
        code = qr.matrix(sheet.qr) if sheet.qr else None
        head = Head(self, code)
        blocks = [block for section in sheet.sections for block in self._blocks(section)]
        if sheet.scan and not head.holds_scan:
            blocks += [self._scan(sheet.scan), Gap(page.size * 0.6)]
        foot = Foot(self)
        room = page.height - 2 * page.margin - foot.height
        pages = paginate(blocks, room - head.height, room - head.continued_height)
        return Laid(head, foot, pages)

    def draw(self, surface: PdfSurface, laid: Laid, *, before: int = 0, total: int = 0) -> None:
        """Draw the pages; ``before`` pages of ``total`` (0: no others) come first."""
        for index, placed in enumerate(laid.pages):
            top = laid.head.draw(surface, first=index == 0)
            self._draw_body(surface, placed, top)
            laid.foot.draw(surface, before + index + 1, total or len(laid.pages))
            surface.next_page()

    def caption(self, surface: PdfSurface, text: str) -> float:
        """Draw a line at the top of a page that holds something else; return where that begins."""
        page = self.page
        lines = self.set(text, self.small, page.inner)
        draw_lines(surface, lines, self.small, page.margin, page.margin, page.inner)
        return page.margin + len(lines) * self.small.leading + 2 * MM

    def _draw_body(self, surface: PdfSurface, placed: Sequence[Placed], top: float) -> None:
        for item in placed:
            item.block.draw(surface, self.page.margin, top + item.y)

    def set(self, text: str, style: Style, width: float, *, multiline: bool = False) -> tuple[Line, ...]:
        if not multiline:
            text = shortened(text, FIELD_LIMIT)
        return self.setter.lines(clean(text, multiline=multiline), style, width)

    def cell(
        self, text: str, style: Style, x: float, width: float, *, shade: float = 1.0, multiline: bool = False
    ) -> Cell:
        return Cell(
            self.set(text, style, width - 2 * self.pad_x, multiline=multiline), style, x, width, shade
        )

    def row(self, *cells: Cell, min_height: float = 0.0) -> Row:
        return Row(cells, self.pad_x, self.pad_y, min_height)

    def _blocks(self, section: Section) -> Iterator[Block]:
        match section:
            case Facts():
                yield self._facts(section)
            case Words():
                yield self._words(section)
            case Listing():
                yield self._listing(section)
            case Promise():
                yield self._promise(section)
            case Remark():
                style = self.text if section.plain else self.small
                yield Passage(self.set(section.text, style, self.page.inner), style, self.page.inner)
            case Signatures():
                yield self._signatures(section)
            case Blank():
                empty = self.row(
                    self.cell("", self.text, 0, self.page.inner), min_height=self._lines(section)
                )
                yield Table((empty,), _BORDER, (self._heading(section.heading),), keep=True)
            case Choices():
                yield self._choices(section)
            case Seal():
                yield Spot(
                    self.set(SEAL, self.label, SEAL_MM * MM),
                    self.label,
                    section.align,
                    self.page.inner,
                    SEAL_MM * MM,
                )
        yield Gap(self.page.size * 0.6)

    def _facts(self, facts: Facts) -> Table:
        inner, label = self.page.inner, self.page.size * 5.4
        half = inner / 2
        rows: list[Row] = []
        waiting: list[Cell] = []
        for fact in facts.items:
            style = self.bold if fact.strong else self.text
            if fact.wide and waiting:
                rows.append(self._stretched(waiting))
                waiting = []
            x = half if waiting else 0.0
            width = inner if fact.wide else half
            waiting += [
                self.cell(fact.label, self.label, x, label, shade=_LABEL_SHADE),
                self.cell(fact.value or "—", style, x + label, width - label),
            ]
            if fact.wide or x:
                rows.append(self.row(*waiting))
                waiting = []
        if waiting:
            rows.append(self._stretched(waiting))
        return Table(tuple(rows), _BORDER)

    def _stretched(self, cells: Sequence[Cell]) -> Row:
        """Return a row whose last value takes the half that has no fact of its own."""
        label, value = cells
        return self.row(label, replace(value, width=self.page.inner - value.x))

    def _scan(self, scan: Scan) -> Captioned:
        code = qr.matrix(scan.text)
        size, gap = SCAN_MODULE_MM * MM * len(code), 4 * SCAN_MODULE_MM * MM + 2 * MM
        width = self.page.inner - size - gap
        texts = ((scan.caption, self.bold), (scan.note, self.small))
        beside = (Passage(self.set(text, style, width), style, width) for text, style in texts)
        return Captioned(code, size, gap, tuple(beside))

    def _heading(self, text: str) -> Row:
        return self.row(self.cell(text, self.bold, 0, self.page.inner, shade=_LABEL_SHADE))

    def _words(self, words: Words) -> Table:
        width = self.page.inner
        lines = self.set(words.text, self.text, width - 2 * self.pad_x, multiline=True)
        body = Row((Cell(lines, self.text, 0, width, middle=False),), self.pad_x, self.pad_y * 1.6)
        return Table((body,), _BORDER, (self._heading(words.heading),))

    def _listing(self, listing: Listing) -> Table:
        listing = listing.without_empty_columns()
        rows = [self._listing_row(listing, row, self.text) for row in listing.rows]
        names = [column.head for column in listing.columns]
        if listing.compact:
            names[1] = listing.heading
        head = self._listing_row(listing, names, self.bold if listing.compact else self.label, _LABEL_SHADE)
        heads = (head,) if listing.compact else (self._heading(listing.heading), head)
        return Table(tuple(rows), _BORDER, heads)

    def _listing_row(self, listing: Listing, values: Sequence[str], style: Style, shade: float = 1.0) -> Row:
        total = sum(column.share for column in listing.columns)
        cells, x = [], 0.0
        for column, value in zip(listing.columns, values, strict=True):
            width = self.page.inner * column.share / total
            aligned, multiline = replace(style, align=column.align), listing.multiline
            cells.append(self.cell(value, aligned, x, width, shade=shade, multiline=multiline))
            x += width
        return self.row(*cells)

    def _promise(self, promise: Promise) -> Table:
        inner, label = self.page.inner, self.page.size * 7.2
        first = self.row(
            self.cell(promise.label, self.bold, 0, label, shade=_LABEL_SHADE),
            self.cell(promise.value, self.promise, label, inner - label),
        )
        rows = [first]
        if promise.note:
            rows.append(self.row(self.cell(promise.note, self.small, 0, inner)))
        return Table(tuple(rows), 1.2, keep=True)

    def _lines(self, blank: Blank) -> float:
        return blank.lines * self.page.size * 2.2

    def _choices(self, choices: Choices) -> Table:
        rows, width = [], self.page.inner / choices.across
        for first in range(0, len(choices.options), choices.across):
            options = choices.options[first : first + choices.across]
            cells = [self.cell(f"{BOX} {o}", self.text, n * width, width) for n, o in enumerate(options)]
            rows.append(self.row(*cells, min_height=self.page.size * 2.6))
        return Table(tuple(rows), _BORDER, (self._heading(choices.heading),), keep=True)

    def _signatures(self, signatures: Signatures) -> Block:
        width = self.page.inner / len(signatures.boxes)
        date = self.set(_DATE, self.text, width - 2 * self.pad_x)
        dated = replace(self.text, align="right")
        captions = [
            replace(self.cell(text, self.label, n * width, width), middle=False)
            for n, text in enumerate(signatures.boxes)
        ]
        dates = [Cell(date, dated, n * width, width) for n in range(len(signatures.boxes))]
        height = self.page.size * 4.4
        table = Table((self.row(*captions, min_height=height), self.row(*dates)), 0)
        return Framed(table, (width,) * len(signatures.boxes), _BORDER)
