"""Previews: plain RGB bytes, one page after the other under one lock."""

from concurrent.futures import ThreadPoolExecutor

from reports import preview, render


def test_each_page_is_an_rgb_picture_of_the_width_asked_for(notice):
    shown = preview.pages(render(notice, "a5").data, width_px=333)
    assert len(shown) >= 2
    for page in shown:
        assert page.width == 333
        assert abs(page.height - 333 * 210 / 148) <= 2
        assert len(page.rgb) == page.width * page.height * 3
        assert min(page.rgb) < 60
        assert page.rgb[:3] == b"\xff\xff\xff"


def test_pdfium_is_worked_by_one_thread_at_a_time(slip, monkeypatch):
    data, draw, seen = render(slip, "a5").data, preview._draw, []

    def watched(page, width_px):
        seen.append(preview.PDFIUM.locked())
        return draw(page, width_px)

    monkeypatch.setattr(preview, "_draw", watched)
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda _: preview.pages(data, width_px=120), range(8)))
    assert seen == [True] * 8
    assert all(pages == shown[0] for pages in shown)
