"""Characters the shipped typeface may lack, judged on the rendered page: text read back can differ."""

import io
from dataclasses import replace

import numpy as np
import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from domain.printing.papers import CaseSlip, Representative
from reports import fonts, render
from reports.rare import SystemFonts, system_fonts
from reports.text import GETA

SCALE = 300 / 72


def named(slip: CaseSlip, name: str) -> CaseSlip:
    return replace(slip, representative=Representative(name))


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def ink(data: bytes, box: tuple[float, float, float, float]) -> np.ndarray:
    """The part of the first page within ``box`` (left, bottom, right, top in points) at 300 dpi, True is ink."""
    page = pypdfium2.PdfDocument(data)[0]
    grey = page.render(scale=SCALE, grayscale=True).to_numpy()
    grey = grey.reshape(grey.shape[:2])
    height = page.get_height()
    left, bottom, right, top = box
    rows = slice(round((height - top) * SCALE), round((height - bottom) * SCALE))
    return grey[rows, round(left * SCALE) : round(right * SCALE)] < 128


def char_ink(data: bytes, char: str) -> np.ndarray:
    """How a character of the text layer looks on the page, in a box of one fixed size."""
    text = pypdfium2.PdfDocument(data)[0].get_textpage()
    index = text.get_text_range().index(char)
    left, bottom, _, top = text.get_charbox(index, loose=True)
    return ink(data, (left, bottom, left + (top - bottom), top))[:40, :36]


def pictures(data: bytes) -> list[tuple[float, float, float, float]]:
    page = pypdfium2.PdfDocument(data)[0]
    return [found.get_bounds() for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])]


def test_shipped_rare_characters_are_drawn_in_their_own_shapes(slip, no_fonts):
    shapes = {
        char: char_ink(render(named(slip, char + "某"), "a5", system=no_fonts).data, char) for char in "䶮𬭎"
    }
    for shape in shapes.values():
        assert 0.05 < shape.mean() < 0.6
    assert (shapes["䶮"] != shapes["𬭎"]).mean() > 0.05


def test_characters_beyond_the_bmp_read_back_as_themselves(slip, no_fonts):
    data = render(named(slip, "王𬭎"), "a5", system=no_fonts).data
    assert "王𬭎" in text_of(data)
    assert "王𬭎" in pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()


def test_a_missing_character_is_drawn_from_a_font_of_the_machine(slip, rare_fonts):
    data = render(named(slip, "王𠮷"), "a5", system=rare_fonts).data
    assert render(named(slip, "王𠮷"), "a5", system=rare_fonts).undrawable == ()
    (box,) = pictures(data)
    assert box[2] - box[0] == pytest.approx(9.2, abs=0.1)
    assert 0.45 < ink(data, box).mean() < 0.65, "the square of the made-up font, 0.8 × 0.8 of 1 × 1.2"
    assert GETA not in text_of(data)
    assert "U+20BB7" not in text_of(data)


def test_the_picture_has_300_dots_an_inch(slip, rare_fonts):
    reader = pypdf.PdfReader(io.BytesIO(render(named(slip, "𠮷"), "a4", system=rare_fonts).data))
    (image,) = reader.pages[0].images
    assert image.image.width == round(10.5 / 72 * 300)


def test_a_character_no_font_has_becomes_a_geta_with_its_code_point_in_a_footnote(slip, no_fonts):
    rendered = render(named(slip, "王𠮷"), "a5", system=no_fonts)
    data = rendered.data
    assert rendered.undrawable == (0x20BB7,)
    assert pictures(data) == []
    assert "王〓" in text_of(data)
    assert "U+20BB7" in text_of(data)
    assert char_ink(data, GETA).mean() > 0.1


def test_without_the_look_up_a_missing_character_would_vanish_without_a_word(slip, no_fonts, monkeypatch):
    monkeypatch.setitem(fonts.face(fonts.REGULAR).advances, ord("𠮷"), 1000)
    text = text_of(render(named(slip, "王𠮷"), "a5", system=no_fonts).data)
    assert GETA not in text
    assert "U+20BB7" not in text


def test_private_and_unassigned_characters_are_never_taken_from_a_font_of_the_machine(slip, rare_fonts):
    text = text_of(render(named(slip, "\ue123\U0003fffd"), "a5", system=rare_fonts).data)
    assert "〓〓" in text
    assert "U+E123、U+3FFFD" in text


def test_the_same_on_thermal_paper(slip, rare_fonts, no_fonts):
    from PIL import Image

    def shown(fonts_of_machine: SystemFonts) -> np.ndarray:
        data = render(named(slip, "𠮷"), "58mm", system=fonts_of_machine).data
        return ~np.asarray(Image.open(io.BytesIO(data)))

    drawn, missing = shown(rare_fonts), shown(no_fonts)
    assert missing.shape[0] > drawn.shape[0], "the footnote takes lines"
    assert _has_square(drawn, 18)
    assert not _has_square(missing[:, 96:], 18)


def _has_square(dots: np.ndarray, side: int) -> bool:
    """Whether a full black square stands right of the labels and below the QR code."""
    area = dots[340:900, 100:].astype(np.int32)
    sums = np.pad(area.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    windows = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return bool((windows == side * side).any())


def test_footnote_names_a_dozen_and_counts_the_rest(slip, no_fonts):
    name = "".join(chr(0xE000 + n) for n in range(20))
    text = text_of(render(named(slip, name), "a5", system=no_fonts).data)
    assert "等 20 个" in text


def test_the_fonts_of_this_machine_are_looked_up_once_and_lazily(rare_fonts, monkeypatch):
    assert rare_fonts.find("𠮷") is not None
    monkeypatch.setattr("reports.rare._drawable_advance", None)
    assert rare_fonts.find("𠮷") is not None
    assert rare_fonts.find("\U0002a6b2") is None
    assert system_fonts() is system_fonts()
