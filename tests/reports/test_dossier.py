"""A dossier is drawn page by page: other papers come out meanwhile, it can be stopped, and it stays within bounds."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pypdf
import pypdfium2
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from reportlab.lib.utils import ImageReader

from domain.printing.dossier import Dossier, DossierFile
from domain.printing.snapshots import SitePlace
from reports import DossierCancelled, enclosures, fonts, pdf, render, rendering
from reports.dossier import dossier_pdf
from reports.enclosures import Allowance, NotShown, PagePicture
from reports.samples import sample_paper

PDF = "application/pdf"


def pdf_of(pages: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def jpeg_of(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(buffer, "JPEG")
    return buffer.getvalue()


FILES = {"a" * 64: pdf_of(3), "b" * 64: pdf_of(2)}


@pytest.fixture
def dossier() -> Dossier:
    paper = sample_paper("dossier", SitePlace("高新站"), "2026-11-22 10:00")
    assert isinstance(paper, Dossier)
    files = (DossierFile(sha256, f"{sha256[0]}.pdf", len(held), PDF) for sha256, held in FILES.items())
    return replace(paper, files=tuple(files))


@pytest.fixture
def slip() -> Any:
    return sample_paper("case_slip", SitePlace("高新站"), "2026-11-22 10:00")


def while_drawing(monkeypatch: pytest.MonkeyPatch, meanwhile: Any) -> None:
    """Call ``meanwhile`` from another thread each time a page of a file is drawn."""
    draw = enclosures._pdf_picture

    def watched(*args: Any) -> PagePicture | None:
        with ThreadPoolExecutor(1) as other:
            other.submit(meanwhile).result()
        return draw(*args)

    monkeypatch.setattr(enclosures, "_pdf_picture", watched)


def test_a_slip_comes_out_while_a_dossier_is_under_way(
    dossier: Dossier, slip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, slip_alone = render(dossier, "a4", files=FILES.get).data, render(slip, "a5").data
    slips: list[bytes] = []
    while_drawing(monkeypatch, lambda: slips.append(render(slip, "a5").data))
    together = render(dossier, "a4", files=FILES.get).data
    assert slips == [slip_alone] * 5
    assert together == alone


def lock_is_free() -> bool:
    free = fonts.DRAWING.acquire(blocking=False)
    if free:
        fonts.DRAWING.release()
    return free


def test_the_lock_of_drawing_is_let_go_for_every_page_of_a_file(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []
    while_drawing(monkeypatch, lambda: free.append(lock_is_free()))
    render(dossier, "a4", files=FILES.get)
    assert free == [True] * 5
    bound = dossier_pdf

    def held(*args: Any) -> bytes:
        with fonts.DRAWING:
            return bound(*args)

    monkeypatch.setattr(rendering, "dossier_pdf", held)
    render(dossier, "a4", files=FILES.get)
    assert free[5:] == [False] * 5, "held for the whole dossier, every slip would wait for it"


def test_progress_counts_pages_and_a_no_ends_it(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    def go_on(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < stop_at

    stop_at = 1_000
    data = render(dossier, "a4", files=FILES.get, progress=go_on).data
    total = len(pypdf.PdfReader(io.BytesIO(data)).pages)
    assert told[:2] == [(0, 0)] * 2
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    drawn: list[int] = []
    while_drawing(monkeypatch, lambda: drawn.append(1))
    stop_at, first = next(n for n, (done, _) in enumerate(told, 1) if done == total - 4), len(drawn)
    told.clear()
    with pytest.raises(DossierCancelled):
        render(dossier, "a4", files=FILES.get, progress=go_on)
    assert 0 < len(drawn) - first < 5, "between the pages of the first file"
    assert lock_is_free()


def test_pictures_are_placed_without_being_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def placed() -> Any:
        surface = pdf.PdfSurface(300, 300, title="t", author="a")
        for x, colour in enumerate(("red", "blue", "red")):
            surface.jpeg(x * 70, 0, 60, 80, jpeg_of(colour))
        surface.next_page()
        return pypdf.PdfReader(io.BytesIO(surface.finish())).pages[0]

    files = sorted(jpeg_of(colour) for colour in ("red", "blue"))

    def never(self: JpegImageFile) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(JpegImageFile, "load", never)
    held = [image.get_object()._data for image in placed()["/Resources"]["/XObject"].values()]
    assert sorted(held) == files, "as they are, and the same one once"
    monkeypatch.setattr(pdf, "_Jpeg", lambda data: ImageReader(io.BytesIO(data)))
    with pytest.raises(AssertionError, match="decoded"):
        placed()


def test_all_files_together_have_so_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "MAX_CASE_PAGES", 4)
    room = Allowance()
    three = FILES["a" * 64]
    assert room.look(len(three), lambda: three, PDF).pages == 3
    assert room.look(len(three), lambda: three, PDF).why is NotShown.TOO_MUCH
    assert room.look(9, lambda: jpeg_of("red"), "image/jpeg").pages == 1, "a smaller one still fits"
    assert room.look(9, lambda: jpeg_of("red"), "image/jpeg").why is NotShown.TOO_MUCH


def test_a_file_too_large_for_what_is_left_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "MAX_CASE_BYTES", 1_000)
    room = Allowance()

    def unread() -> bytes:
        raise AssertionError("read")

    assert room.look(1_001, unread, PDF).why is NotShown.TOO_MUCH
    assert room.look(600, lambda: pdf_of(1), PDF).pages == 1
    assert room.look(600, unread, PDF).why is NotShown.TOO_MUCH
    assert room.look(300, lambda: None, PDF).why is NotShown.MISSING


def test_what_is_too_much_has_a_page_with_its_hash(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "MAX_CASE_PAGES", 3)
    data = render(dossier, "a4", files=FILES.get).data
    last = "".join(pypdf.PdfReader(io.BytesIO(data)).pages[-1].extract_text().split())
    assert "附件合计过多" in last
    assert "b" * 64 in last


def ticking(step: float) -> Any:
    def moments() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += step

    made = moments()
    return lambda: next(made)


def test_a_file_that_takes_too_long_is_left_after_the_page_under_way() -> None:
    slow = enclosures.FILE_SECONDS / 2 + 1
    shown = list(Allowance().pictures(pdf_of(5), PDF, 5, ticking(slow)))
    assert [picture is not None for picture in shown] == [True, True, False, False, False]
    quick = list(Allowance().pictures(pdf_of(5), PDF, 5, ticking(0.1)))
    assert None not in quick


def test_so_many_bytes_are_drawn_for_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = enclosures.pictures(pdf_of(1), PDF, 1)
    assert first is not None
    monkeypatch.setattr(enclosures, "MAX_DRAWN_BYTES", len(first.jpeg) * 2)
    room = Allowance()
    shown = [*room.pictures(pdf_of(2), PDF, 2), *room.pictures(pdf_of(3), PDF, 3)]
    assert [picture is not None for picture in shown] == [True, True, True, False, False]


def test_a_page_that_is_not_drawn_says_so(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "MAX_DRAWN_BYTES", -1)
    data = render(dossier, "a4", files=FILES.get).data
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    assert sum("这一页没有显示" in "".join(page.extract_text().split()) for page in pages) == 5


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("TIFF", "1"), ("JPEG", "CMYK")])
def test_pictures_of_every_mode_are_made_small(kind: str, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (3_000, 2_500), "#8090a0").convert(mode).save(buffer, kind)
    content, media_type = buffer.getvalue(), f"image/{kind.lower()}"
    (picture,) = enclosures.pictures(content, media_type, enclosures.look(content, media_type).pages)
    assert picture is not None
    assert max(picture.width, picture.height) <= 2_000
    assert picture.width * 2_500 == pytest.approx(picture.height * 3_000, rel=0.01)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_taken_on_its_side_stands_upright(kind: str) -> None:
    photo, exif, buffer = Image.new("RGB", (3_000, 1_500)), Image.Exif(), io.BytesIO()
    photo.paste("#ffffff", (0, 0, 1_500, 1_500))
    exif[0x0112] = 6
    photo.save(buffer, kind, exif=exif)
    (picture,) = enclosures.pictures(buffer.getvalue(), f"image/{kind.lower()}", 1)
    assert picture is not None
    assert picture.height == 2 * picture.width, "turned by a quarter"
    shown = Image.open(io.BytesIO(picture.jpeg)).convert("1")
    ends = [shown.getpixel((picture.width // 2, y)) for y in (9, picture.height - 9)]
    assert ends == [255, 0], "its left is on top"
