"""What frames the pages of a sheet: the head (place, title, emblem, code) and the foot (marks, page x of y)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image

from domain.errors import AppError
from reports import qr
from reports.blocks import draw_lines
from reports.emblem import emblem_picture
from reports.pdf import PdfSurface
from reports.text import Line, Style, Typesetter, shortened

if TYPE_CHECKING:
    from reports.page import PageComposer
    from reports.sheet import Sheet

MM = 72 / 25.4
_MODULE_MM = 0.5
SCAN_MODULE_MM = 0.42
"""A phone reads finer codes than the scanner of a window, whose modules are half a millimetre wide."""
_EMBLEM_MM = 20
# A quiet zone of four modules belongs to a QR code.
_HEAD_GAP = 4.5 * MM
_CAPTION_GAP = 1.2 * MM
_HEAD_LIMIT = 120


@dataclass(frozen=True, slots=True)
class _Scan:
    """The code for the reader's phone with its caption below."""

    code: qr.Matrix
    size: float
    caption: tuple[Line, ...]
    style: Style

    @classmethod
    def of(cls, composer: "PageComposer") -> "_Scan | None":
        scan = composer.sheet.scan
        if scan is None:
            return None
        code = qr.matrix(scan.text)
        size, style = SCAN_MODULE_MM * MM * len(code), replace(composer.small, align="center")
        return cls(code, size, composer.set(scan.caption, style, size), style)

    @property
    def height(self) -> float:
        return self.size + _CAPTION_GAP + len(self.caption) * self.style.leading

    def draw(self, surface: PdfSurface, margin: float) -> None:
        surface.qr(margin, margin, self.size, self.code)
        below = margin + self.size + _CAPTION_GAP
        draw_lines(surface, self.caption, self.style, margin, below, self.size)


class Head:
    """The head of the first page (place, title, number, QR) and the short one of those that follow."""

    def __init__(self, composer: "PageComposer", code: qr.Matrix | None) -> None:
        self._composer, self._code = composer, code
        page, sheet = composer.page, composer.sheet
        self._qr = max(22 * MM, _MODULE_MM * MM * len(code)) if code else 0.0
        self._emblem = _emblem_of(sheet)
        self._scan = None if self._emblem else _Scan.of(composer)
        scan = self._scan.size if self._scan else 0.0
        side = max(self._qr, scan, _EMBLEM_MM * MM if self._emblem else 0.0)
        beside = page.inner - (2 * (side + 5 * MM) if side else 0)
        self._beside = beside
        place = replace(composer.text, align="center", size=page.size * 1.05)
        number = replace(composer.bold, align="center", size=page.size * 1.1)
        short_number = shortened(sheet.number, _HEAD_LIMIT)
        self._texts = [
            (composer.set(shortened(sheet.site, _HEAD_LIMIT), place, beside), place),
            (composer.set(sheet.title, composer.title, beside), composer.title),
            (composer.set(f"编号 {short_number}" if short_number else "", number, beside), number),
        ]
        self._text_height = sum(len(lines) * style.leading for lines, style in self._texts)
        below = self._scan.height if self._scan else 0.0
        self.height = max(side, self._text_height, below) + _HEAD_GAP
        short = f"{sheet.title}（续） {short_number}"
        self._continued = composer.set(short, composer.small, page.inner)
        self.continued_height = len(self._continued) * composer.small.leading + 2 * MM

    @property
    def holds_scan(self) -> bool:
        """Whether the code for the reader's phone stands here."""
        return self._scan is not None

    def draw(self, surface: PdfSurface, *, first: bool) -> float:
        """Draw and return where the body begins."""
        margin = self._composer.page.margin
        if not first:
            small = self._composer.small
            draw_lines(surface, self._continued, small, margin, margin, self._composer.page.inner)
            return margin + self.continued_height
        self._draw_titles(surface, margin)
        if self._emblem:
            width, height = _fitted(self._emblem.size, _EMBLEM_MM * MM)
            surface.picture(margin, margin, width, height, self._emblem)
        if self._scan:
            self._scan.draw(surface, margin)
        if self._code:
            surface.qr(margin + self._composer.page.inner - self._qr, margin, self._qr, self._code)
        return margin + self.height

    def _draw_titles(self, surface: PdfSurface, margin: float) -> None:
        left = margin + (self._composer.page.inner - self._beside) / 2
        y = margin + (self.height - _HEAD_GAP - self._text_height) / 2
        for lines, style in self._texts:
            draw_lines(surface, lines, style, left, y, self._beside)
            y += len(lines) * style.leading


def _emblem_of(sheet: "Sheet") -> Image.Image | None:
    """The emblem; a picture that cannot be drawn stops no paper."""
    try:
        return emblem_picture(sheet.emblem) if sheet.emblem else None
    except AppError:
        return None


def _fitted(size: tuple[int, int], side: float) -> tuple[float, float]:
    scale = side / max(size)
    return size[0] * scale, size[1] * scale


class Foot:
    """Where to ask, what marks this print, page x of y: at the bottom of every page.

    Made after everything else is set, since it names the characters that could not be drawn.
    """

    def __init__(self, composer: "PageComposer") -> None:
        self._composer = composer
        inner, small = composer.page.inner, composer.small
        self._ask = composer.set(shortened(composer.sheet.ask, 3 * _HEAD_LIMIT), small, inner)
        self._marks = composer.set(shortened(composer.sheet.marks, _HEAD_LIMIT), small, inner * 0.78)
        note = unknown_note(composer.setter)
        if note:
            self._ask = (*composer.set(note, small, inner), *self._ask)
        self._lines = len(self._ask) + len(self._marks)
        self.height = self._lines * small.leading + 3 * MM

    def draw(self, surface: PdfSurface, number: int, total: int) -> None:
        page, small = self._composer.page, self._composer.small
        y = page.height - page.margin - self._lines * small.leading
        surface.rule(page.margin, y - 1 * MM, page.margin + page.inner, y - 1 * MM, 0.4)
        draw_lines(surface, self._ask, small, page.margin, y, page.inner)
        y += len(self._ask) * small.leading
        draw_lines(surface, self._marks, small, page.margin, y, page.inner)
        counter = self._composer.set(f"第 {number} 页 / 共 {total} 页", small, page.inner)
        draw_lines(surface, counter, replace(small, align="right"), page.margin, y, page.inner)


_NAMED_UNKNOWN = 12


def unknown_note(setter: Typesetter) -> str:
    """Return the footnote naming the code points drawn as 〓, empty if there are none."""
    if not setter.unknown:
        return ""
    codes = [f"U+{code:04X}" for code in setter.unknown]
    more = f" 等 {len(codes)} 个" if len(codes) > _NAMED_UNKNOWN else ""
    return f"注：〓 处为本机字体没有的字，依次为 {'、'.join(codes[:_NAMED_UNKNOWN])}{more}。"
