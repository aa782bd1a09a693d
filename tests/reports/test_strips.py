"""Thermal strips: width, resolution, QR read from the dots, and the PDF that wraps them."""

import io
from dataclasses import replace

import pypdf
import pytest
import zxingcpp
from PIL import Image

from domain.printing.papers import Applicant
from reports import preview, render
from reports.rare import SystemFonts
from reports.sheets import sheet_of
from reports.strip import MM58, MM80, strip_blocks
from reports.text import Typesetter

WIDTHS = {"58mm": 384, "80mm": 576}


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("kind", ["slip", "notice"])
def test_a_strip_is_black_and_white_dots_as_wide_as_the_head_prints(request, kind, size):
    rendered = render(request.getfixturevalue(kind), size)
    assert rendered.media_type == "image/png"
    image = Image.open(io.BytesIO(rendered.data))
    assert image.mode == "1"
    assert image.width == WIDTHS[size]
    assert image.info["dpi"] == pytest.approx((203, 203), abs=0.1)
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == ["QJ261122AB0017K"]


@pytest.mark.parametrize(("size", "roll_mm"), [("58mm", 58), ("80mm", 80)])
def test_wrapped_in_a_pdf_the_page_is_as_wide_as_the_roll(slip, size, roll_mm):
    rendered = render(slip, size, as_pdf=True)
    assert rendered.media_type == "application/pdf"
    (page,) = pypdf.PdfReader(io.BytesIO(rendered.data)).pages
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(roll_mm, abs=0.1)
    (shown,) = preview.pages(rendered.data, width_px=600)
    image = Image.frombytes("RGB", (shown.width, shown.height), shown.rgb)
    assert [code.text for code in zxingcpp.read_barcodes(image)] == ["QJ261122AB0017K"]


@pytest.mark.parametrize("strip", [MM58, MM80])
def test_nothing_sticks_out_of_the_strip(slip, strip):
    long = replace(
        slip, applicant=Applicant("钱塘江" * 20, "A" * 60), clerk="ABCDEFGH" * 10, due="某年某月某日" * 8
    )
    sheet = sheet_of(long, text_limit=4000)
    drawn = Recorder()
    for block in strip_blocks(sheet, strip, Typesetter(SystemFonts(()))):
        block.draw(drawn, 0, 0)
    assert drawn.right
    assert max(drawn.right) <= strip.dots
    assert min(drawn.left) >= 0


class Recorder:
    """A surface that only remembers how far text reaches."""

    def __init__(self):
        self.left, self.right = [], []

    def line_of_text(self, x, baseline, line, style):
        self.left.append(x)
        self.right.append(x + line.width)

    def rule(self, *_): ...
    def frame(self, *_): ...
    def shade(self, *_): ...
    def qr(self, *_): ...
