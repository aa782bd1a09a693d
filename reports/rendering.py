"""From a snapshot to bytes for a printer or a file."""

from dataclasses import dataclass, replace
from enum import StrEnum

from PIL import Image

from domain.printing.papers import AnyPaper, Dossier, Ticket
from reports import fonts
from reports.dossier import Files, Progress, dossier_pdf
from reports.page import A4, A5, page_pdf
from reports.page_frame import MM
from reports.pdf import PdfSurface
from reports.rare import SystemFonts, system_fonts
from reports.raster import png_bytes
from reports.sheets import sheet_of
from reports.strip import DPI, MM58, MM80, StripSize, strip_blocks, strip_image
from reports.text import Typesetter
from reports.ticket import TICKET_TITLE, ticket_blocks

PDF = "application/pdf"
PNG = "image/png"
_PAGE_TEXT_LIMIT = 20_000
_STRIP_TEXT_LIMIT = 4_000


class PaperSize(StrEnum):
    """The sizes papers come in, as the command line names them."""

    A5 = "a5"
    A4 = "a4"
    MM80 = "80mm"
    MM58 = "58mm"


_PAGES = {PaperSize.A5: A5, PaperSize.A4: A4}
_STRIPS = {PaperSize.MM80: MM80, PaperSize.MM58: MM58}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A paper as bytes: ``application/pdf`` or ``image/png``.

    ``undrawable`` are the code points printed as 〓, to tell the clerk; the paper names them in a footnote.
    """

    data: bytes
    media_type: str
    undrawable: tuple[int, ...] = ()


def render(
    paper: AnyPaper,
    size: PaperSize | str,
    *,
    copy: int | None = None,
    as_pdf: bool = False,
    system: SystemFonts | None = None,
    files: Files | None = None,
    progress: Progress = lambda done, total: True,
) -> Rendered:
    """Render ``paper``: A5 and A4 as PDF, thermal sizes as 1-bit PNG at 203 dpi, 384 or 576 dots wide.

    ``copy`` overrides the snapshot's copy counter. ``as_pdf`` wraps a thermal strip in one PDF page as wide
    as the roll. ``system`` are the fonts tried for characters the shipped typeface lacks (default: this
    machine's). ``files`` gives the content of a dossier's files by their SHA-256, None where it cannot be read;
    ``progress`` is told how many of its pages are done and answers whether to go on, else ``DossierCancelled``. The
    same input gives the same bytes. Raises ValueError for an unknown size, for a ticket on a page and for a dossier on
    a strip.
    """
    size = PaperSize(size)
    if copy is not None:
        paper = _as_copy(paper, copy)
    setter = Typesetter(system or system_fonts())
    if isinstance(paper, Dossier):
        if size not in _PAGES:
            raise ValueError("a dossier is no strip")
        data, media_type = dossier_pdf(paper, setter, files or (lambda sha256: None), progress), PDF
    else:
        with fonts.DRAWING:
            if size in _PAGES:
                data, media_type = _page(paper, size, setter), PDF
            else:
                data, media_type = _strip(paper, size, setter, as_pdf=as_pdf), PDF if as_pdf else PNG
    return Rendered(data, media_type, tuple(setter.unknown))


def _as_copy(paper: AnyPaper, copy: int) -> AnyPaper:
    if isinstance(paper, Ticket):
        return replace(paper, copy=copy)
    return replace(paper, mark=replace(paper.mark, copy=copy))


def _page(paper: AnyPaper, size: PaperSize, setter: Typesetter) -> bytes:
    if isinstance(paper, Ticket):
        raise ValueError("a ticket is a strip")
    return page_pdf(sheet_of(paper, text_limit=_PAGE_TEXT_LIMIT), _PAGES[size], setter)


def _strip(paper: AnyPaper, size: PaperSize, setter: Typesetter, *, as_pdf: bool) -> bytes:
    strip = _STRIPS[size]
    title, image = _drawn(paper, strip, setter)
    return strip_bytes(f"{title} {paper.number}", paper.site.name, image, strip, as_pdf=as_pdf)[0]


def strip_bytes(
    title: str, author: str, image: Image.Image, strip: StripSize, *, as_pdf: bool
) -> tuple[bytes, str]:
    """The dots of a strip as a PNG, or as a PDF page as wide as the roll; and the media type."""
    if not as_pdf:
        return png_bytes(image, DPI), PNG
    width, height = (dots / DPI * 72 for dots in image.size)
    roll = strip.roll_mm * MM
    surface = PdfSurface(roll, height, title=title, author=author)
    surface.picture((roll - width) / 2, 0, width, height, image)
    surface.next_page()
    return surface.finish(), PDF


def _drawn(paper: AnyPaper, strip: StripSize, setter: Typesetter) -> tuple[str, Image.Image]:
    """The title of a strip and its dots."""
    if isinstance(paper, Ticket):
        return TICKET_TITLE, strip_image(ticket_blocks(paper, strip, setter), strip)
    sheet = sheet_of(paper, text_limit=_STRIP_TEXT_LIMIT)
    return sheet.title, strip_image(strip_blocks(sheet, strip, setter), strip)
