"""A centre's emblem: a small picture, decoded with care, since anybody's file may be handed in."""

import base64
import io
import warnings

from PIL import Image, UnidentifiedImageError

from domain.errors import AppError
from domain.printing.templates import MAX_EMBLEM_CHARS, emblem_bytes

_FORMATS = ("PNG", "JPEG")
MAX_PIXELS = 25_000_000
_SIDE_PX = 300
"""22 mm at 300 dpi, and a bit: the emblem stands in the head of a page."""


def emblem_picture(emblem: str) -> Image.Image:
    """The picture of a template's ``emblem``, without transparency. ``printing.emblem_invalid``."""
    return _decoded(emblem_bytes(emblem))


def emblem_text(data: bytes) -> str:
    """The picture file ``data`` made small, as base64 of a PNG. ``printing.emblem_invalid``."""
    picture = _decoded(data)
    picture.thumbnail((_SIDE_PX, _SIDE_PX))
    for colours in (0, 128, 32):
        small = picture.quantize(colours) if colours else picture
        buffer = io.BytesIO()
        small.save(buffer, "PNG", optimize=True)
        text = base64.b64encode(buffer.getvalue()).decode()
        if len(text) <= MAX_EMBLEM_CHARS:
            return text
    raise AppError("printing.emblem_invalid")


def _decoded(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            # The size stands in the head of the file: nothing large is decoded to find out.
            if picture.width * picture.height > MAX_PIXELS:
                raise AppError("printing.emblem_invalid")
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise AppError("printing.emblem_invalid") from error
    return on_white(picture)


def on_white(picture: Image.Image) -> Image.Image:
    """``picture`` as RGB, what is transparent made white."""
    if picture.mode not in ("RGBA", "LA", "PA", "P"):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")
