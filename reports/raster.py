"""The raster surface: one strip of dots for a thermal printer, so that any character prints on any printer."""

import io

from PIL import Image, ImageDraw

from reports import fonts
from reports.qr import Matrix, dark_runs
from reports.text import Line, Style

# Grey edges above this become paper, below it ink; Noto's strokes keep their width at 20 to 40 dots (looked
# at).
_INK_BELOW = 150


class RasterSurface:
    """A strip ``width`` by ``height`` dots, drawn in grey and handed out in black and white."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("L", (width, height), 255)
        self._draw = ImageDraw.Draw(self._image)

    def image(self) -> Image.Image:
        """Return the strip, 1 bit a dot."""
        return self._image.point([0] * _INK_BELOW + [255] * (256 - _INK_BELOW), "1")

    def line_of_text(self, x: float, baseline: float, line: Line, style: Style) -> None:
        font, size = fonts.raster(style.face, round(style.size)), round(style.size)
        for run in line.runs:
            left = round(x + run.x)
            if run.rare is None:
                self._draw.text((left, round(baseline)), run.text, font=font, fill=0, anchor="ls")
            else:
                picture = run.rare.picture(size)
                self._image.paste(picture, (left, round(baseline) - round(0.95 * size)))

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float) -> None:
        self._draw.line((round(x1), round(y1), round(x2), round(y2)), fill=0, width=round(thickness))

    def frame(self, x: float, y: float, width: float, height: float, thickness: float) -> None:
        box = (round(x), round(y), round(x + width) - 1, round(y + height) - 1)
        self._draw.rectangle(box, outline=0, width=round(thickness))

    def shade(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """Leave the paper white: thermal heads have no grey."""

    def qr(self, x: float, y: float, size: float, matrix: Matrix) -> None:
        module = max(1, int(size / len(matrix)))
        left = round(x + (size - module * len(matrix)) / 2)
        for row, column, length in dark_runs(matrix):
            x0, y0 = left + column * module, round(y) + row * module
            self._draw.rectangle((x0, y0, x0 + length * module - 1, y0 + module - 1), fill=0)


def png_bytes(image: Image.Image, dpi: int) -> bytes:
    """Return ``image`` as PNG that says its resolution."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()
