"""The code for the reader's phone: at the head where no emblem is, else below; it reads, and stays on the page."""

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from reports import render
from reports.samples import sample_paper
from tests.reports.conftest import SITE

LINK = (
    "https://fw.qianjiangyuan.example.gov.cn/jindu/p/"
    "AQGh7GHhAHSPv01Lc0AyVx1QIklOUehD-8-BQTDAk55fOjVgeppZlhE9mDUE_J-coyJVSQiu3mz1J7_PjMW5gVJwM9wOvl10zIu59h6WWsegxRBiyG4iSwo"
)
SLIP = "QYS1:" + "R7TGBZ81KR8A9P60" * 13
PAPERS = ("case_slip", "feedback_slip")


def codes_and_pages(paper, size):  # type: ignore[no-untyped-def]
    document = pypdfium2.PdfDocument(render(paper, size, as_pdf=True).data)
    try:
        pages = [document[at].render(scale=300 / 72).to_pil() for at in range(len(document))]
    finally:
        document.close()
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)], len(pages)


@pytest.fixture(params=PAPERS)
def paper(request):  # type: ignore[no-untyped-def]
    return replace(sample_paper(request.param, SITE, "2026-11-18 10:00"), web_link=LINK, qr=SLIP)


@pytest.mark.parametrize("size", ["a5", "a4", "80mm", "58mm"])
def test_both_codes_read_and_the_paper_is_no_longer(paper, size):
    codes, pages = codes_and_pages(paper, size)
    assert sorted(codes) == sorted([SLIP, LINK])
    assert pages == codes_and_pages(replace(paper, web_link=""), size)[1]


def test_beside_an_emblem_it_goes_below(paper, monkeypatch):
    from PIL import Image

    monkeypatch.setattr("reports.page_frame._emblem_of", lambda sheet: Image.new("L", (40, 40)))
    codes, _ = codes_and_pages(paper, "a4")
    assert LINK in codes


def test_without_a_link_nothing_is_drawn(paper):
    assert codes_and_pages(replace(paper, web_link=""), "a5")[0] == [SLIP]
