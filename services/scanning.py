"""Reading codes out of pictures (图片识码): a file, the clipboard or a camera frame gives the texts in it.

A picture comes from outside and is judged by its size before its pixels are unpacked.
"""

import io
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from domain.errors import AppError

MAX_FILE_BYTES = 20 * 1024 * 1024
# A 48-megapixel photograph; unpacked to grey it takes 50 MB.
MAX_PIXELS = 50_000_000
MAX_SIDE = 16_000
MAX_TEXTS = 16
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_BARCODES = zxingcpp.barcode_formats_from_str("QRCode|MicroQRCode|RMQRCode|DataMatrix|Aztec|PDF417|Code128")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_SECOND_SIDE = 1600
Corners = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ReadCode:
    """One code of a picture. ``corners`` are four (x, y) pixels, clockwise from the top left of the code."""

    text: str
    format: str
    corners: Corners


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
    image = _grey(content, name)
    return _read_all(image) or _look_again(image)


def read_pixels(pixels: Any) -> list[ReadCode]:
    """Codes in a camera's frame: a grey or BGR array, a PIL or a Qt image.

    Frames come many a second, and nearly all codes are QR: those are sought first, in any position, light on dark too.
    Where there is none the other kinds are, upright, which takes a fifth of the time of looking every way.
    """
    found = zxingcpp.read_barcodes(
        pixels, formats=_QR, try_rotate=False, text_mode=zxingcpp.TextMode.Plain
    ) or zxingcpp.read_barcodes(
        pixels,
        formats=_BARCODES,
        try_rotate=False,
        try_invert=False,
        try_downscale=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return _codes(found)


def _read_all(pixels: Any) -> list[ReadCode]:
    return _codes(zxingcpp.read_barcodes(pixels, formats=_BARCODES, text_mode=zxingcpp.TextMode.Plain))


def _codes(found: Any) -> list[ReadCode]:
    return [
        ReadCode(one.text, str(one.format), _corners(one.position)) for one in found[:MAX_TEXTS] if one.valid
    ]


def _look_again(image: Image.Image) -> list[ReadCode]:
    """A picture stands still, so it can be treated and tried again: sharper and brighter, smoother, larger.

    Of 25 made pictures of 300 that were not read at first these read 19 (``tools/degrade_qr.py``). Corners are those of
    the treated picture brought back to the size of the first.
    """
    tried = image.copy()
    tried.thumbnail((_SECOND_SIDE, _SECOND_SIDE))
    for treat in _TREATMENTS:
        treated = treat(tried)
        if found := _read_all(treated):
            scale = image.width / treated.width
            return [replace(one, corners=_scaled(one.corners, scale)) for one in found]
    return []


def _sharper(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(image.filter(ImageFilter.UnsharpMask(4, 300, 0)))


def _brighter(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(image.filter(ImageFilter.UnsharpMask(8, 400, 0)))


def _smoother(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1.3))


def _larger(image: Image.Image) -> Image.Image:
    return image.resize((2 * image.width, 2 * image.height), Image.Resampling.BICUBIC)


_TREATMENTS = (_sharper, _brighter, _smoother, _larger)


def _scaled(corners: Corners, scale: float) -> Corners:
    return tuple((round(x * scale), round(y * scale)) for x, y in corners)


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


def _corners(position: Any) -> Corners:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((point.x, point.y) for point in points)
