"""The shipped typeface: registered once per process, looked up by character.

Parsing one 10 MB font file takes about 75 ms, so the worker calls ``register`` at start and every paper
afterwards uses the parsed tables. ReportLab keeps read positions and per-document state inside its font
objects: documents are drawn one at a time, under ``DRAWING``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from threading import RLock

from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont

import resources

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"
DRAWING = RLock()

# WORKAROUND ReportLab 5.1 writes code points beyond the BMP (𬭎 is U+2CB4E) as five hex digits into the ToUnicode
# map, where PDF wants UTF-16: readers then copy and search another character.
_reportlab_unicode_map = ttfonts.makeToUnicodeCMap
_BEYOND_BMP = re.compile(r"<([0-9A-F]{5,6})>")


def _unicode_map(font_name: str, subset: list[int]) -> str:
    return _BEYOND_BMP.sub(_as_utf16, _reportlab_unicode_map(font_name, subset))


def _as_utf16(match: re.Match[str]) -> str:
    return f"<{chr(int(match.group(1), 16)).encode('utf-16-be').hex().upper()}>"


ttfonts.makeToUnicodeCMap = _unicode_map


@dataclass(frozen=True, slots=True)
class Face:
    """One weight. ``advances``: code point to width in thousandths of the type size, drawable characters
    only.
    """

    name: str
    advances: Mapping[int, float]
    ascent: float
    descent: float


def register() -> None:
    """Parse and register both weights; cheap when done already."""
    for name in (REGULAR, BOLD):
        face(name)


def face(name: str) -> Face:
    """Return a shipped weight by name, registering it with ReportLab on first use."""
    with DRAWING:
        return _face(name)


@cache
def _face(name: str) -> Face:
    font = TTFont(name, str(resources.path(f"fonts/{name}.ttf")))
    pdfmetrics.registerFont(font)
    table = font.face
    advances = {code: table.charWidths.get(code, table.defaultWidth) for code in table.charToGlyph}
    return Face(name, advances, table.ascent / 1000, table.descent / 1000)


@cache
def raster(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a shipped weight for drawing on pictures, ``size`` in dots."""
    path = str(resources.path(f"fonts/{name}.ttf"))
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
