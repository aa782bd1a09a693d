"""Characters the shipped typeface lacks: found in a font of the machine and drawn as a picture.

ReportLab draws a crossed box for a missing character and says nothing, so every character is looked up
before it is drawn. 𠮷 (U+20BB7) is a real surname character that Noto Sans SC lacks; SimSun-ExtB of Windows
has it.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont

from reports import fonts

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
# Faces known to hold the rare Han planes stand first, so that the usual machine opens one or two files.
_PREFERRED = (
    "simsunb",
    "simsunext",
    "msyh",
    "simsun",
    "mingliub",
    "songti",
    "pingfang",
    "hanamin",
    "cjk",
    "plangothic",
)
_STYLED = ("bold", "italic", "oblique", "condensed", "light", "thin", "black")
_PROBE_PX = 64


@dataclass(frozen=True, slots=True)
class RareGlyph:
    """A character and the font of this machine that has it. ``advance`` in type sizes (1.0 is full width)."""

    char: str
    font: Path
    index: int
    advance: float

    def picture(self, px: int) -> Image.Image:
        """Return the character as an 8-bit grey picture, black on white, for a type size of ``px`` dots.

        The picture is ``advance`` wide and 1.2 type sizes high; the baseline is 0.95 type sizes below its
        top.
        """
        return _picture(self, px)


class SystemFonts:
    """Fonts installed on this machine, read lazily: nothing is opened until a character is missing."""

    def __init__(self, directories: Iterable[Path]) -> None:
        self._directories = tuple(directories)
        self._known: dict[str, RareGlyph | None] = {}
        self._coverage: dict[tuple[Path, int], frozenset[int]] = {}
        self._files: tuple[Path, ...] | None = None
        self._lock = Lock()

    def find(self, char: str) -> RareGlyph | None:
        """Return how to draw ``char`` with a font of this machine, None if none has it."""
        with self._lock:
            if char not in self._known:
                self._known[char] = next(self._candidates(char), None)
            return self._known[char]

    def _candidates(self, char: str) -> Iterator[RareGlyph]:
        for path in self._font_files():
            for index in range(_face_count(path)):
                if ord(char) in self._covered(path, index):
                    advance = _drawable_advance(path, index, char)
                    if advance:
                        yield RareGlyph(char, path, index, advance)

    def _font_files(self) -> tuple[Path, ...]:
        if self._files is None:
            found = {path for directory in self._directories for path in _walk(directory)}
            self._files = tuple(sorted(found, key=_preference))
        return self._files

    def _covered(self, path: Path, index: int) -> frozenset[int]:
        if (path, index) not in self._coverage:
            shipped = fonts.face(fonts.REGULAR).advances.keys()
            self._coverage[path, index] = frozenset(_code_points(path, index) - shipped)
        return self._coverage[path, index]


@cache
def system_fonts() -> SystemFonts:
    """Return the fonts of this machine, looked for where Windows, macOS and Linux keep them."""
    return SystemFonts(_font_directories())


def _font_directories() -> Sequence[Path]:
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        local = Path(os.environ.get("LOCALAPPDATA", str(home / "AppData/Local")))
        return windows / "Fonts", local / "Microsoft/Windows/Fonts"
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"
    user = home / ".local/share/fonts", home / ".fonts"
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), *user


def _walk(directory: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(directory):
        yield from (Path(folder, name) for name in names if Path(name).suffix.lower() in _SUFFIXES)


def _preference(path: Path) -> tuple[int, bool, str]:
    name = path.name.lower()
    rank = next((rank for rank, word in enumerate(_PREFERRED) if word in name), len(_PREFERRED))
    return rank, any(word in name for word in _STYLED), str(path)


def _face_count(path: Path) -> int:
    if path.suffix.lower() not in {".ttc", ".otc"}:
        return 1
    try:
        with path.open("rb") as file, TTCollection(file, lazy=True) as collection:
            return len(collection.fonts)
    except (OSError, TTLibError):
        return 0


def _code_points(path: Path, index: int) -> set[int]:
    # A damaged font file of the machine must not stop a slip, and fontTools raises whatever breaks.
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=index, lazy=True) as font:
            return set(font.getBestCmap() or ())
    except Exception:
        return set()


def _drawable_advance(path: Path, index: int, char: str) -> float:
    """Return the advance in type sizes, 0 for a face that cannot draw the character (bitmap strikes,
    blanks).
    """
    try:
        font = ImageFont.truetype(str(path), _PROBE_PX, index=index, layout_engine=ImageFont.Layout.BASIC)
        if font.getmask(char).getbbox() is None:
            return 0.0
        return min(float(font.getlength(char)) / _PROBE_PX, 2.0)
    except (OSError, ValueError):
        return 0.0


@lru_cache(maxsize=256)
def _picture(glyph: RareGlyph, px: int) -> Image.Image:
    font = ImageFont.truetype(str(glyph.font), px, index=glyph.index, layout_engine=ImageFont.Layout.BASIC)
    image = Image.new("L", (max(1, round(glyph.advance * px)), max(1, round(1.2 * px))), 255)
    ImageDraw.Draw(image).text((0, round(0.95 * px)), glyph.char, font=font, fill=0, anchor="ls")
    return image
