"""Slips and notices on A5 and A4: read back from the PDF and looked at on the rendered page."""

import io
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.printing import snapshots
from domain.printing.papers import (
    AnyPaper,
    Applicant,
    LinkState,
    Material,
    PackageTick,
    Representative,
    SitePlace,
)
from reports import fonts, preview, render, rendering
from reports.rare import SystemFonts

INCH_WIDTH = {"a5": 148 / 25.4, "a4": 210 / 25.4}
NO_FONTS = SystemFonts(())


def page_texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def flat_text(data: bytes) -> str:
    return "".join("".join(page_texts(data)).split())


def picture(data: bytes, size: str, dpi: int) -> Image.Image:
    page = preview.pages(data, width_px=round(INCH_WIDTH[size] * dpi))[0]
    return Image.frombytes("RGB", (page.width, page.height), page.rgb)


@pytest.mark.parametrize("size", ["a5", "a4"])
def test_an_ordinary_slip_is_one_page_and_says_everything(slip, size):
    texts = page_texts(render(slip, size).data)
    assert len(texts) == 1
    text = "".join(texts[0].split())
    for word in (
        "钱江新城企业综合服务中心", "受理回执", "编号QJ261122AB0017K", "杭州蓝鲸智能装备有限公司", "91330100MA2H0KCB5W",
        "企业", "王晓（委托代理人）", "138****5678", "求助", "2026-11-2213:05", "3号窗口·陈晓", "想申请今年的技改补贴",
        "2026-11-25（周三）17:00前", "3个工作日", "牵头", "政策服务", "协办", "科创服务", "区经信局", "营业执照副本",
        "复印件1份", "经办人签字", "受理人签字", "0571-88881234", "富春路168号", "第1次打印", "本机暂存", "第1页/共1页",
        "打印时间2026-11-2213:06",
    ):  # fmt: skip
        assert word in text


def test_the_same_snapshot_gives_the_same_bytes(slip):
    for size in ("a5", "a4", "80mm", "58mm"):
        assert render(slip, size) == render(slip, size)
    assert render(slip, "a5", copy=2) != render(slip, "a5")


def test_fonts_are_embedded_and_subset(slip):
    reader = pypdf.PdfReader(io.BytesIO(render(slip, "a5").data))
    found = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].partition("+")[2] for font in found} == {fonts.REGULAR, fonts.BOLD}
    for font in found:
        assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"])
        program = font["/FontDescriptor"]["/FontFile2"].get_data()
        assert 5_000 < len(program) < 200_000


@pytest.mark.parametrize("size", ["a5", "a4"])
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_qr_reads_from_the_rendered_page(slip, size, dpi):
    codes = zxingcpp.read_barcodes(picture(render(slip, size).data, size, dpi))
    assert [code.text for code in codes] == ["QJ261122AB0017K"]


@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.from_regex(r"[A-Z]{2,4}[0-9]{6}[A-Z]{2}[0-9]{4}[0-9A-HJ-NP-RT-UW-Y]|[A-Z0-9:]{1,200}", fullmatch=True)
)
def test_any_number_reads_with_the_fixed_mask(slip, number):
    shown = picture(render(replace(slip, qr=number), "a5").data, "a5", 150)
    assert [code.text for code in zxingcpp.read_barcodes(shown)] == [number]


def test_no_qr_is_drawn_without_a_text_for_it(slip):
    shown = picture(render(replace(slip, qr=""), "a5").data, "a5", 150)
    assert zxingcpp.read_barcodes(shown) == []


def test_copy_counter_and_link_state_follow_the_print(slip):
    again = replace(slip, mark=replace(slip.mark, copy=2, link=LinkState.SYNCED))
    assert "第2次打印·已同步" in flat_text(render(again, "a5").data)
    assert "第3次打印·已同步" in flat_text(render(again, "a5", copy=3).data)


def test_a_provisional_due_time_is_marked(slip):
    assert "暂定" not in flat_text(render(slip, "a5").data)
    assert "暂定" in flat_text(render(replace(slip, provisional=True), "a5").data)


def test_columns_that_say_nothing_are_left_out(slip):
    assert "份数" in flat_text(render(slip, "a5").data)
    bare = replace(slip, materials=(Material("营业执照副本"),))
    text = flat_text(render(bare, "a5").data)
    assert "序号已收材料1营业执照副本" in text
    assert "份数" not in text


def test_papers_are_drawn_one_at_a_time(slip, monkeypatch):
    draw, free = rendering.page_pdf, []

    def watched(*args):
        with ThreadPoolExecutor(1) as other:
            free.append(other.submit(fonts.DRAWING.acquire, blocking=False).result())
        return draw(*args)

    alone = [render(replace(slip, number=f"N{n}"), "a5") for n in range(6)]
    monkeypatch.setattr(rendering, "page_pdf", watched)
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda n: render(replace(slip, number=f"N{n}"), "a5"), range(6)))
    assert free == [False] * 6
    assert together == alone


def test_no_full_phone_reaches_the_paper(slip, monkeypatch):
    def everything(paper: AnyPaper) -> bytes:
        data = render(paper, "a5").data
        streams = (o.get_data() for o in _objects(data) if isinstance(o, pypdf.generic.StreamObject))
        return data + b"".join(streams) + flat_text(data).encode()

    assert b"13812345678" not in everything(slip)
    monkeypatch.setattr(snapshots, "mask_phone", lambda phone: phone)
    careless = replace(slip, representative=Representative("王晓", "13812345678"))
    assert b"13812345678" in everything(careless)


def _objects(data: bytes) -> list[object]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    return [reader.get_object(number) for number in reader.xref[0]]


@pytest.mark.parametrize("size", ["a5", "a4"])
def test_a_name_of_sixty_characters_wraps_within_its_cell(slip, size):
    name = (
        "浙江省杭州市钱塘江金融港湾人工智能与集成电路产业创新发展联合投资控股集团股份有限公司第一分公司西湖区"
    )
    name = (name + "营业部特种设备检验所检测中心")[:60]
    site = SitePlace("钱塘江金融港湾人工智能与集成电路产业创新发展集聚区企业综合服务中心第二分中心")
    data = render(replace(slip, applicant=Applicant(name), site=site), size).data
    assert name in flat_text(data)
    assert site.name in flat_text(data)
    _assert_inside_the_margins(data)


def _assert_inside_the_margins(data: bytes) -> None:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        assert min(box[0] for box in boxes) > 25
        assert max(box[2] for box in boxes) < width - 25
        assert min(box[1] for box in boxes) > 25
        assert max(box[3] for box in boxes) < height - 25
    document.close()


@pytest.mark.parametrize("size", ["a5", "a4"])
def test_a_long_list_breaks_over_pages_with_its_head_repeated(notice, size):
    data = render(notice, size).data
    texts = ["".join(text.split()) for text in page_texts(data)]
    assert len(texts) >= 2
    for number, text in enumerate(texts, 1):
        assert f"第{number}页/共{len(texts)}页" in text
        if "号布局图" in text:
            assert "需补正材料（共30项" in text
            assert "序号材料名称份数说明" in text
    printed = Counter(re.findall(r"材料\d\d号", "".join(texts)))
    assert printed == {f"材料{n:02d}号": 1 for n in range(1, 31)}
    assert "经办人签字（已知悉以上内容）" in texts[-1]
    assert "受理人签字" in texts[-1]
    _assert_inside_the_margins(data)


@pytest.mark.parametrize("size", ["a5", "a4"])
def test_a_matter_of_3000_characters_is_printed_whole(slip, size):
    matter = "".join(f"第{n:03d}句说明情况；" for n in range(300))
    data = render(replace(slip, matter=matter), size).data
    assert "2026-11-25" in page_texts(data)[0], (
        "the promise stands on the first page, however long the matter"
    )
    text = flat_text(data)
    text = re.sub(r"咨询电话.*?页/共.页(受理回执（续）QJ261122AB0017K诉求内容)?", "", text)
    assert [int(n) for n in re.findall(r"第(\d{3})句", text)] == list(range(300))


def test_a_package_lists_each_item_with_its_tick(slip):
    ticks = tuple(PackageTick(f"事项{n:02d}号", n % 4 != 0, n > 10, "区市场监管局") for n in range(1, 21))
    data = render(replace(slip, kind="package", package="企业开办一类事", ticks=ticks), "a5").data
    text = flat_text(data)
    assert text.count("✓") == 15
    assert re.search(r"✓事项01号基本.*—事项12号增值", text)
    _assert_inside_the_margins(data)


def test_a_field_too_long_for_any_paper_says_what_is_left_out(slip):
    flood = "诉求" * 2_000_000
    vast = replace(slip, matter=flood, clerk=flood, site=SitePlace(flood), applicant=Applicant(flood))
    text = flat_text(render(vast, "a5").data)
    assert "余3980000字未印" in text
    assert "余3999000字未印" in text
    assert render(vast, "58mm").media_type == "image/png"


def test_markup_in_names_is_shown_as_it_is(slip):
    hostile = '<b>甲&amp;乙</b><img src="file:///etc/passwd"/>公司'
    data = render(replace(slip, applicant=Applicant(hostile)), "a5").data
    assert "".join(hostile.split()) in flat_text(data)


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@example("", "\ud800", "a5")
@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["a5", "a4", "80mm", "58mm"]))
def test_no_text_whatever_stops_a_paper(slip, notice, one, other, size):
    hurt = {
        "applicant": Applicant(one, other, one),
        "site": SitePlace(other, one, one, other),
        "number": one,
        "matter": one + "\n" + other,
        "clerk": other,
        "materials": (Material(one, other, one),),
        "kind": other,
    }
    assert render(replace(slip, **hurt, due=one, limit=other), size, system=NO_FONTS).data
    assert render(replace(notice, **hurt, supplement_by=one), size, system=NO_FONTS).data


def test_an_unknown_size_is_refused(slip):
    with pytest.raises(ValueError):
        render(slip, "a6")
