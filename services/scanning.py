"""Reading codes out of pictures (图片识码): a file, the clipboard or a camera frame gives the texts in it.

A picture comes from outside and is judged by its size before its pixels are unpacked.
"""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, UnidentifiedImageError

from domain.errors import AppError

MAX_FILE_BYTES = 20 * 1024 * 1024
# A 48-megapixel photograph; unpacked to grey it takes 50 MB.
MAX_PIXELS = 50_000_000
MAX_SIDE = 16_000
MAX_TEXTS = 16
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_BARCODES = zxingcpp.barcode_formats_from_str("QRCode|MicroQRCode|RMQRCode|DataMatrix|Aztec|PDF417|Code128")


@dataclass(frozen=True, slots=True)
class ReadCode:
    """One code of a picture. ``corners`` are four (x, y) pixels, clockwise from the top left of the code."""

    text: str
    format: str
    corners: tuple[tuple[int, int], ...]


def read_file(file: Path) -> list[ReadCode]:
    """Codes in the picture ``file``; none is an empty list.

    Raises ``AppError``: ``codes.file_unreadable``, ``codes.not_an_image`` (file), ``codes.image_too_large`` (file,
    what).
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise AppError("codes.file_unreadable", file=file.name) from error
    return read_picture(content, file.name)


def read_picture(content: bytes, name: str = "") -> list[ReadCode]:
    """Codes in an encoded picture; raises like ``read_file``."""
    if len(content) > MAX_FILE_BYTES:
        raise AppError("codes.image_too_large", file=name, what=f"超过 {MAX_FILE_BYTES >> 20} MB")
    return read_pixels(_grey(content, name))


def read_pixels(pixels: Any) -> list[ReadCode]:
    """Codes in pixels: a grey or BGR array, a PIL or a Qt image. This is the camera's way in."""
    found = zxingcpp.read_barcodes(pixels, formats=_BARCODES, text_mode=zxingcpp.TextMode.Plain)
    return [
        ReadCode(one.text, str(one.format), _corners(one.position)) for one in found[:MAX_TEXTS] if one.valid
    ]


def _grey(content: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow warns of sizes, for which our own limit is the lower one, and of damaged notes in a file.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                _require_moderate(image, name)
                image.draft("L", image.size)
                return _flattened(image)
    except Image.DecompressionBombError as error:
        raise AppError("codes.image_too_large", file=name, what="像素过多") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise AppError("codes.not_an_image", file=name) from error


def _require_moderate(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise AppError("codes.image_too_large", file=name, what=f"{width}×{height} 像素")


def _flattened(image: Image.Image) -> Image.Image:
    """Grey on white: a code drawn black on nothing would vanish into black."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("L")
    return image.convert("L")


def _corners(position: Any) -> tuple[tuple[int, int], ...]:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((point.x, point.y) for point in points)
