"""Papers as pictures for the screen, by PDFium."""

from dataclasses import dataclass
from threading import Lock

import pypdfium2

# PDFium is not thread-safe: not even two different documents may be worked on at once in one process.
PDFIUM = Lock()


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: ``rgb`` holds height × width × 3 bytes, rows from the top, no padding."""

    width: int
    height: int
    rgb: bytes


def pages(pdf: bytes, *, width_px: int) -> list[PageImage]:
    """Return every page of ``pdf`` drawn ``width_px`` wide.

    PDFium is not thread-safe, so calls wait for each other; call from a worker, not from the window's thread.
    """
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_draw(document[index], width_px) for index in range(len(document))]
        finally:
            document.close()


def _draw(page: pypdfium2.PdfPage, width_px: int) -> PageImage:
    bitmap = page.render(scale=width_px / page.get_width(), rev_byteorder=True)
    try:
        image = bitmap.to_pil().convert("RGB")
        return PageImage(image.width, image.height, image.tobytes())
    finally:
        bitmap.close()
        page.close()
