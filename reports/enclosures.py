"""Files of a case as pictures of pages, so that one document holds them all.

A handed-in PDF is drawn, not merged: what is kept for years then holds no script, no link, no form, no font of
somebody else's, and a reader needs nothing but pictures. Files come from anybody, so sizes, pages and dots are limited
and whatever a decoder makes of them stays here.
"""

import io
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from time import monotonic

import pypdfium2
from PIL import Image, ImageOps, ImageSequence
from PIL.ExifTags import Base

from reports.emblem import on_white
from reports.preview import PDFIUM

MAX_PAGES = 100
"""Of one file: a dense page is half a megabyte, and as much again while it is put together."""
MAX_PIXELS = 60_000_000
"""Of one picture as handed in; an A3 page at 600 dpi is 70 million, at 400 dpi 31."""
MAX_CASE_PAGES = 300
MAX_CASE_BYTES = 150 * 2**20
"""Of all files of a case together; a file that is too much for what is left is named only."""
MAX_DRAWN_BYTES = 80 * 2**20
"""Of all pictures of pages: while a document is put together, its pictures are held up to three times."""
FILE_SECONDS = 60.0
"""For the pages of one file; a page that has begun is drawn to its end, which its size bounds."""
_DPI = 150
_LONGEST_PX = 2_000
_QUALITY = 70
_LARGEST_PT = 14_400
"""The largest page that PDF 1.7 allows, 5 m."""
_NOT_SCALED = {"1": "L", "P": "RGBA", "PA": "RGBA"}
"""Modes whose dots cannot be averaged, and the one that can."""
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}


class NotShown(StrEnum):
    """Why a file is not in the document as pictures."""

    MISSING = "missing"
    KIND = "kind"
    UNREADABLE = "unreadable"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as a JPEG file, its size in dots."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file as far as it was looked at: how many pages it gives, or ``why`` it gives none."""

    pages: int
    why: NotShown | None = None


class _Refused(Exception):
    def __init__(self, why: NotShown) -> None:
        super().__init__(why.value)
        self.why = why


class Allowance:
    """What is left for the files of one case, in pages, bytes handed in and bytes drawn."""

    def __init__(self) -> None:
        self._pages, self._bytes, self._drawn = MAX_CASE_PAGES, MAX_CASE_BYTES, MAX_DRAWN_BYTES

    def look(self, size: int, read: Callable[[], bytes | None], media_type: str) -> Enclosure:
        """``look`` at a file of ``size`` bytes, read only if there is room for it."""
        if size > self._bytes:
            return Enclosure(0, NotShown.TOO_MUCH)
        seen = look(read(), media_type)
        if seen.pages > self._pages:
            return Enclosure(0, NotShown.TOO_MUCH)
        if seen.pages:
            self._pages -= seen.pages
            self._bytes -= size
        return seen

    def pictures(
        self, content: bytes, media_type: str, pages: int, now: Callable[[], float] = monotonic
    ) -> Generator[PagePicture | None]:
        """The ``pages`` pages that ``look`` counted, drawn one by one as they are asked for.

        None for one that cannot be drawn, and for all that come after ``FILE_SECONDS`` of drawing or when nothing is
        left of the bytes. To be closed if it is not asked to the end.
        """
        left_s = FILE_SECONDS
        with closing(pictures(content, media_type, pages)) as drawn:
            for place in range(pages):
                if left_s < 0 or self._drawn < 0:
                    yield from repeat(None, pages - place)
                    return
                began = now()
                picture = next(drawn)
                left_s -= now() - began
                self._drawn -= len(picture.jpeg) if picture else 0
                yield picture


def look(content: bytes | None, media_type: str) -> Enclosure:
    """How many pages ``content`` gives. Never raises for what a file holds."""
    if content is None:
        return Enclosure(0, NotShown.MISSING)
    try:
        if media_type == "application/pdf":
            count = _pdf_pages(content)
        elif media_type in _PICTURES:
            count = _frames(content, media_type)
        else:
            return Enclosure(0, NotShown.KIND)
    except _Refused as refused:
        return Enclosure(0, refused.why)
    return Enclosure(count)


def pictures(content: bytes, media_type: str, pages: int) -> Generator[PagePicture | None]:
    """The ``pages`` pages that ``look`` counted, one by one; None for one that cannot be drawn after all."""
    make = _pdf_pictures if media_type == "application/pdf" else _frame_pictures
    with closing(make(content, media_type)) as drawn:
        for _ in range(pages):
            try:
                picture = next(drawn, None)
            except _Refused:
                picture = None
            yield picture


@contextmanager
def _guarded() -> Iterator[None]:
    """Decoders of hostile files raise whatever they like; all of it means that the file cannot be shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _Refused:
        raise
    except Exception as error:
        raise _Refused(NotShown.UNREADABLE) from error


def _pdf_pages(content: bytes) -> int:
    with PDFIUM, _guarded():
        document = pypdfium2.PdfDocument(content)
        try:
            count = len(document)
        finally:
            document.close()
    if count > MAX_PAGES:
        raise _Refused(NotShown.TOO_MANY_PAGES)
    if count < 1:
        raise _Refused(NotShown.UNREADABLE)
    return count


def _pdf_pictures(content: bytes, _: str) -> Generator[PagePicture | None]:
    with PDFIUM, _guarded():
        document = pypdfium2.PdfDocument(content)
    try:
        for index in range(len(document)):
            yield _pdf_picture(document, index)
    finally:
        with PDFIUM:
            document.close()


def _pdf_picture(document: pypdfium2.PdfDocument, index: int) -> PagePicture | None:
    try:
        with PDFIUM, _guarded():
            page = document[index]
            try:
                width, height = page.get_size()
                if not (0 < width <= _LARGEST_PT and 0 < height <= _LARGEST_PT):
                    raise _Refused(NotShown.UNREADABLE)
                scale = min(_DPI / 72, _LONGEST_PX / max(width, height))
                bitmap = page.render(scale=scale, rev_byteorder=True)
                image = bitmap.to_pil().convert("RGB")
                bitmap.close()
            finally:
                page.close()
            return _page_picture(image)
    except _Refused:
        return None


def _opened(content: bytes, media_type: str) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=[_PICTURES[media_type]])
    # The size stands in the head of the file: nothing large is decoded to find out.
    if picture.width * picture.height > MAX_PIXELS:
        raise _Refused(NotShown.TOO_LARGE)
    # A large JPEG is decoded at half, a quarter or an eighth of its size; other kinds know no such thing.
    picture.draft("RGB", (_LONGEST_PX, _LONGEST_PX))
    return picture


def _frames(content: bytes, media_type: str) -> int:
    with _guarded():
        picture = _opened(content, media_type)
        count = int(getattr(picture, "n_frames", 1))
        picture.load()
    if count > MAX_PAGES:
        raise _Refused(NotShown.TOO_MANY_PAGES)
    return count if media_type == "image/tiff" else 1


def _frame_pictures(content: bytes, media_type: str) -> Generator[PagePicture | None]:
    with _guarded():
        picture = _opened(content, media_type)
    frames = iter(ImageSequence.Iterator(picture))
    while True:
        with _guarded():
            frame = next(frames, None)
            if frame is None:
                return
            if frame.width * frame.height > MAX_PIXELS:
                raise _Refused(NotShown.TOO_LARGE)
            made = _page_picture(on_white(_small(frame)))
        yield made


def _small(frame: Image.Image) -> Image.Image:
    """A copy, upright and no larger than it will be: a large picture and its layers would take a gigabyte."""
    whole = frame.convert(_NOT_SCALED[frame.mode]) if frame.mode in _NOT_SCALED else frame
    scale = min(1.0, _LONGEST_PX / max(whole.size))
    small = whole.resize([max(1, round(side * scale)) for side in whole.size], reducing_gap=2.0)
    small.getexif()[Base.Orientation] = frame.getexif().get(Base.Orientation, 1)
    return ImageOps.exif_transpose(small)


def _page_picture(image: Image.Image) -> PagePicture:
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return PagePicture(buffer.getvalue(), image.width, image.height)
