"""Text made safe for paper and broken into lines, for PDF and raster alike.

No markup is ever interpreted: what stands in a field is drawn character by character, so ``<b>`` and ``&``
print as they are.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from reports import fonts
from reports.rare import RareGlyph, SystemFonts, system_fonts

Align = Literal["left", "center", "right"]
GETA = "〓"

# Line-breaking rules of GB/T 15834 and JIS X 4051, as far as slips need them.
_NO_START = frozenset("，。、；：？！）》」』】〕〉”’…—·％‰℃,.;:?!)]}%~～")
_NO_END = frozenset("（《「『【〔〈“‘([{#￥$№")
_BACKTRACK = 28
FIELD_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: face name, type size and line pitch in the surface's unit, alignment, grey (0 is
    black).
    """

    face: str = fonts.REGULAR
    size: float = 10.0
    leading: float = 15.0
    align: Align = "left"
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: text of the shipped face, or one rare character drawn as a picture."""

    text: str
    x: float
    width: float
    rare: RareGlyph | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One set line, ``runs`` placed from its left end."""

    runs: tuple[Run, ...]
    width: float


def clean(text: str, *, multiline: bool = False) -> str:
    """Return ``text`` without what could disturb paper: control, bidi, zero-width and formatting characters.

    Composed to NFC as in the store. Tabs and controls become spaces, invisible characters vanish. Line breaks
    stay if ``multiline``, at most one empty line in a row; else they become spaces.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    safe = "".join(map(_safe, text))
    lines = [" ".join(line.split(" ")).strip(" ") for line in safe.split("\n")]
    if not multiline:
        return " ".join(filter(None, lines))
    return "\n".join(_without_blank_runs(lines)).strip("\n")


def shortened(text: str, limit: int) -> str:
    """Return ``text``, or its beginning and how much is left out: nothing is cut silently."""
    left_out = len(text) - limit
    return text if left_out <= 0 else f"{text[:limit]}……（余 {left_out} 字未印）"


def _safe(char: str) -> str:
    if char.isprintable():
        return "" if _is_variation_selector(char) else char
    category = unicodedata.category(char)
    if char in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if category in {"Cc", "Zs"}:
        return "\u3000" if char == "\u3000" else " "
    return "" if category == "Cf" else char


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char == "\u034f"


def _without_blank_runs(lines: list[str]) -> Iterator[str]:
    previous = ""
    for line in lines:
        if line or previous:
            yield line
        previous = line


@dataclass(slots=True)
class Typesetter:
    """Breaks text into lines; remembers in ``unknown`` the code points that no font of the machine has."""

    system: SystemFonts = field(default_factory=system_fonts)
    unknown: dict[int, None] = field(default_factory=dict)

    def lines(self, text: str, style: Style, width: float) -> tuple[Line, ...]:
        """Set cleaned ``text`` in lines at most ``width`` wide; always at least one line."""
        return tuple(line for part in text.split("\n") for line in self._paragraph(part, style, width))

    def width(self, text: str, style: Style) -> float:
        """Return the width of ``text`` on one line."""
        return sum(self._cells(text, style)[1])

    def _paragraph(self, text: str, style: Style, width: float) -> Iterator[Line]:
        drawn, advances, rare = self._cells(text, style)
        start, end = 0, len(drawn)
        while True:
            stop = _line_end(drawn, advances, start, width)
            yield _line(drawn, advances, rare, start, stop)
            start = stop
            while start < end and drawn[start] == " ":
                start += 1
            if start >= end:
                return

    def _cells(self, text: str, style: Style) -> tuple[str, list[float], dict[int, RareGlyph]]:
        """Return the characters to draw, their widths, and the rare ones by position."""
        table, scale = fonts.face(style.face).advances, style.size / 1000
        advances: list[float] = []
        rare: dict[int, RareGlyph] = {}
        drawn = list(text)
        for index, char in enumerate(text):
            advance = table.get(ord(char))
            if advance is None:
                drawn[index], advance = self._missing(char, index, rare)
            advances.append(advance * scale)
        return "".join(drawn), advances, rare

    def _missing(self, char: str, index: int, rare: dict[int, RareGlyph]) -> tuple[str, float]:
        glyph = None if unicodedata.category(char) in {"Co", "Cs", "Cn"} else self.system.find(char)
        if glyph is None:
            self.unknown[ord(char)] = None
            return GETA, 1000
        rare[index] = glyph
        return "\ufffc", glyph.advance * 1000


def _line_end(text: str, advances: list[float], start: int, width: float) -> int:
    """Return where the line that begins at ``start`` ends: the last allowed break that fits, at least one
    character.
    """
    used, end = 0.0, len(text)
    for index in range(start, end):
        used += advances[index]
        if used > width + 1e-6 and text[index] != " ":
            if index == start:
                return index + 1
            return next(
                (at for at in range(index, max(start, index - _BACKTRACK), -1) if _may_break(text, at)), index
            )
    return end


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before == " " or after == " ":
        return after not in _NO_START
    if after in _NO_START or before in _NO_END:
        return False
    return not (_sticks(before) and _sticks(after))


def _sticks(char: str) -> bool:
    return char < "\u2e80" and char != "\ufffc"


def _line(text: str, advances: list[float], rare: dict[int, RareGlyph], start: int, stop: int) -> Line:
    while stop > start and text[stop - 1] == " ":
        stop -= 1
    runs: list[Run] = []
    x, begin = 0.0, start
    for at in [*(index for index in rare if start <= index < stop), stop]:
        if at > begin:
            width = sum(advances[begin:at])
            runs.append(Run(text[begin:at], x, width))
            x += width
        if at < stop:
            runs.append(Run("", x, advances[at], rare[at]))
            x += advances[at]
        begin = at + 1
    return Line(tuple(runs), x)
