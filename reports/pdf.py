"""The PDF surface: ReportLab's canvas turned upside down, so that y grows downwards."""

import io
from hashlib import sha256

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from reports import fonts
from reports.qr import Matrix, dark_runs
from reports.rare import RareGlyph
from reports.text import Line, Style, clean, shortened

RARE_DPI = 300
# PDF has been binary for decades: written as ASCII it is a quarter larger, and a dossier takes a minute instead of
# seconds, all of it while other papers wait.
rl_config.useA85 = 0


class _Jpeg(ImageReader):  # type: ignore[misc]
    """A JPEG file, written into the document as it is.

    ReportLab decodes a picture only to name it by its dots, 50 ms and 10 MB for an A4 page; its bytes name it as well.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self._dataA = None
        self._name = sha256(data).digest()

    def getRGBData(self) -> bytes:
        return self._name


class PdfSurface:
    """Draws pages into one PDF. The same drawing gives the same bytes: dates and ids are fixed."""

    def __init__(self, width: float, height: float, *, title: str, author: str) -> None:
        self._height = height
        self._marks = 0
        self._canvas = Canvas(
            io.BytesIO(),
            pagesize=(width, height),
            invariant=1,
            initialFontName=fonts.REGULAR,
            pageCompression=1,
            lang="zh-CN",
        )
        self._canvas.setTitle(_property(title))
        self._canvas.setAuthor(_property(author))
        self._canvas.setCreator("企服前台")

    def next_page(self) -> None:
        """Finish the page; the next one is begun by drawing on it."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """Return the whole document."""
        # Not ``save``: that keeps one more copy of everything.
        data: bytes = self._canvas.getpdfdata()
        return data

    def line_of_text(self, x: float, baseline: float, line: Line, style: Style) -> None:
        if not line.runs:
            return
        canvas, y = self._canvas, self._height - baseline
        canvas.setFillGray(style.grey)
        canvas.setFont(style.face, style.size)
        for run in line.runs:
            if run.rare is None:
                canvas.drawString(x + run.x, y, run.text)
            else:
                self._rare(x + run.x, y, run.rare, style.size)

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float) -> None:
        self._canvas.setLineWidth(thickness)
        self._canvas.line(x1, self._height - y1, x2, self._height - y2)

    def frame(self, x: float, y: float, width: float, height: float, thickness: float) -> None:
        self._canvas.setLineWidth(thickness)
        self._canvas.rect(x, self._height - y - height, width, height)

    def shade(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        self._canvas.setFillGray(grey)
        self._canvas.rect(x, self._height - y - height, width, height, stroke=0, fill=1)

    def qr(self, x: float, y: float, size: float, matrix: Matrix) -> None:
        module, top = size / len(matrix), self._height - y
        self._canvas.setFillGray(0)
        path = self._canvas.beginPath()
        for row, column, length in dark_runs(matrix):
            path.rect(x + column * module, top - (row + 1) * module, length * module, module)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def picture(self, x: float, y: float, width: float, height: float, image: Image.Image) -> None:
        """Draw a picture with its upper left corner at ``x, y``."""
        self._canvas.drawImage(ImageReader(image), x, self._height - y - height, width, height)

    def jpeg(self, x: float, y: float, width: float, height: float, data: bytes) -> None:
        """Draw a JPEG file as it is, with its upper left corner at ``x, y``."""
        self._canvas.drawImage(_Jpeg(data), x, self._height - y - height, width, height)

    def bookmark(self, title: str, *, level: int = 0) -> None:
        """Put the page that is being drawn into the outline."""
        self._marks += 1
        key = f"p{self._marks}"
        self._canvas.bookmarkPage(key)
        self._canvas.addOutlineEntry(_property(title), key, level=level, closed=level > 0)

    def _rare(self, x: float, baseline: float, glyph: RareGlyph, size: float) -> None:
        image = glyph.picture(max(8, round(size / 72 * RARE_DPI)))
        width, height = glyph.advance * size, 1.2 * size
        self._canvas.drawImage(ImageReader(image), x, baseline - 0.25 * size, width, height)


def _property(text: str) -> str:
    """Return ``text`` fit for a document property: clean, short, and without halves of surrogate pairs."""
    return clean(shortened(text, 120)).encode("utf-8", "replace").decode()
