"""Codes in pictures: which of several is meant, and what of a clipboard or a drop can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from domain.codes.profiles import profile_of
from domain.codes.recognise import Kind, clean, recognise
from domain.errors import AppError
from services.code_trust import shipped_registries

if TYPE_CHECKING:
    from services.scanning import ReadCode

# The libraries that read pictures are loaded with the first picture.

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
PATTERN = "图片 (" + " ".join(f"*{suffix}" for suffix in SUFFIXES) + ")"


@dataclass(frozen=True, slots=True)
class Picture:
    """Something with a code in it, perhaps: a file, or pixels."""

    file: Path | None = None
    image: QImage | None = None


def picture_in(data: QMimeData) -> Picture | None:
    """The picture in a clipboard or a drop, if there is one."""
    for url in data.urls():
        file = Path(url.toLocalFile())
        if url.isLocalFile() and file.suffix.lower() in SUFFIXES:
            return Picture(file=file)
    if data.hasImage():
        image = QImage(data.imageData())
        return None if image.isNull() else Picture(image=image)
    return None


def read(picture: Picture) -> str:
    """The text of the code that is meant; slow. ``AppError``: ``codes.no_code``, those of ``services.scanning``."""
    from services.scanning import read_file, read_picture

    if picture.file is not None:
        return meant(read_file(picture.file), picture.file.name)
    assert picture.image is not None
    return meant(read_picture(_png(picture.image)), "剪贴板")


def meant(codes: "Sequence[ReadCode]", name: str = "") -> str:
    """Of several codes in one picture, our own first, then a registry's, then any."""
    if not codes:
        raise AppError("codes.no_code", file=name)
    return min(codes, key=lambda code: _rank(code.text)).text


def _rank(text: str) -> int:
    if profile_of(clean(text)):
        return 0
    found = recognise(text, shipped_registries())
    if found.kind is Kind.NOTHING:
        return 3
    return 2 if found.error else 1


def _png(image: QImage) -> bytes:
    from services.scanning import MAX_PIXELS

    if image.width() * image.height() > MAX_PIXELS:
        raise AppError("codes.image_too_large", file="剪贴板", what=f"{image.width()}×{image.height()} 像素")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"BMP").write(image.convertToFormat(QImage.Format.Format_Grayscale8))
    return bytes(buffer.data().data())
