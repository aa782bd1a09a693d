"""The papers of the closed loop as pages and strips: read back, fonts, codes, long names, full tables, site's words."""

import base64
import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.events.kinds import CURRENT
from domain.printing.dossier import HistoryStep
from domain.printing.offering import PAPERS, sizes_of
from domain.printing.papers import Applicant, SealPlace, SitePlace, Wording, paper_from_document
from reports import fonts, render
from reports.history import NEWER, step_sentence
from reports.page_frame import MM
from reports.rare import SystemFonts
from reports.samples import sample_paper
from reports.wording import shipped_templates
from tests.reports.conftest import SITE
from tests.reports.test_pages import _assert_inside_the_margins, flat_text, picture

LOOP = tuple(paper for paper in PAPERS if paper not in ("case_slip", "one_time_notice"))
NAME = (
    "浙江省杭州市钱塘江金融港湾人工智能与集成电路产业创新发展联合投资控股集团股份有限公司第一分公司西湖区" * 2
)[:60]
NO_FONTS = SystemFonts(())


def sample(paper: str) -> Any:
    return sample_paper(paper, SITE, "2026-11-20 16:00")


def page_size(paper: str) -> str:
    return sizes_of(paper)[0]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_snapshot_survives_json_unchanged(paper: str) -> None:
    assert paper_from_document(sample(paper).to_document()) == sample(paper)


@pytest.mark.parametrize("paper", LOOP)
def test_title_number_code_and_embedded_fonts(paper: str) -> None:
    data = render(sample(paper), page_size(paper)).data
    text = flat_text(data)
    assert shipped_templates().papers[paper].title in text
    assert "编号XX261118AB0017K" in text
    for one in pypdf.PdfReader(io.BytesIO(data)).pages:
        for font in one["/Resources"]["/Font"].values():
            found = font.get_object()
            assert found["/BaseFont"].partition("+")[2] in (fonts.REGULAR, fonts.BOLD)
            assert found["/FontDescriptor"]["/FontFile2"].get_data()
    codes = zxingcpp.read_barcodes(picture(data, page_size(paper), 150))
    assert [code.text for code in codes] == ["QIFU-SAMPLE"]


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (
            "assignment_slip",
            ("交办方式交办", "政策服务（区经信局）", "核对申报条件", "2026-11-23（周一）17:00前"),
        ),
        (
            "transfer_slip",
            ("转办：人才服务→政策服务", "退回：人才服务", "不属于本板块职责", "不因退回、转办重新起算"),
        ),
        ("urging_slip", ("临期提醒", "还有4小时", "陈督办", "3小时10分", "请收到后当日回复")),
        ("supervision_slip", ("黄牌", "已超3小时", "超期原因和整改措施", "板块负责人签字")),
        (
            "consultation_minutes",
            ("参加板块政策服务、科创服务", "参加人员周专员、吴专员", "议定事项", "三日内答复"),
        ),
        (
            "feedback_slip",
            ("办结时间2026-11-20（周五）15:40", "按期办结", "21小时30分", "已收齐并提交", "企业签收"),
        ),
        ("rating_form", ("□非常满意", "□非常不满意", "□多头跑", "意见和建议", "不评价不视为好评")),
    ],
)
def test_what_each_paper_says(paper: str, words: tuple[str, ...]) -> None:
    text = flat_text(render(sample(paper), "a5").data)
    for word in words:
        assert word in text


def test_the_rating_form_does_not_name_the_applicant() -> None:
    text = flat_text(render(sample("rating_form"), "a5").data)
    assert "蓝鲸" not in text
    assert "林窗口" not in text


@pytest.mark.parametrize("paper", LOOP)
@pytest.mark.parametrize("size", ["a5", "a4"])
def test_a_long_name_a_full_table_and_a_long_text_stay_inside_the_margins(paper: str, size: str) -> None:
    if size not in sizes_of(paper):
        return
    long = "".join(f"第{n:03d}句说明情况；" for n in range(300))
    crowded = replace(
        sample(paper), applicant=Applicant(NAME), matter=long, site=SitePlace(NAME, "0571-88881234")
    )
    if hasattr(crowded, "shares"):
        crowded = replace(crowded, shares=crowded.shares * 8)
    data = render(crowded, size, system=NO_FONTS).data
    text = flat_text(data)
    if paper != "rating_form":
        assert NAME in text
        assert "第299句" in text
    _assert_inside_the_margins(data)


@pytest.mark.parametrize("paper", [paper for paper in LOOP if "58mm" in sizes_of(paper)])
@pytest.mark.parametrize(("size", "dots"), [("80mm", 576), ("58mm", 384)])
def test_strips_are_as_wide_as_the_roll_and_their_code_reads(paper: str, size: str, dots: int) -> None:
    strip = Image.open(io.BytesIO(render(sample(paper), size).data))
    assert strip.width == dots
    codes = zxingcpp.read_barcodes(strip.convert("L").resize((dots * 2, strip.height * 2)))
    assert [code.text for code in codes] == ["QIFU-SAMPLE"]


WORDED = Wording(
    template=3,
    name_line="钱江新城增值服务中心",
    title="企业交办函",
    opening="{编号}：请于{办理期限}前办结。",
    closing="联系电话 {电话}，{{不替换}}，{未来的名称}",
    footer="{网点}监制",
    signatures=("甲方", "乙方", "丙方"),
    headings=(("matter", "反映的事"), ("shares", "谁来办")),
    seal=SealPlace.RIGHT,
    margin_mm=20,
)


@pytest.mark.parametrize("size", ["a5", "58mm"])
def test_a_site_s_own_words_stand_on_the_paper(size: str) -> None:
    worded = replace(sample("assignment_slip"), wording=WORDED)
    drawn = render(worded, size, as_pdf=True)
    assert drawn.data.startswith(b"%PDF-")
    if size == "58mm":
        return
    text = flat_text(drawn.data)
    for word in (
        "钱江新城增值服务中心", "企业交办函", "XX261118AB0017K：请于2026-11-2317:00前办结。", "{不替换}",
        "{未来的名称}",
        "钱江新城增值服务中心监制", "丙方", "反映的事", "谁来办", "（盖章处）", "办理期限",
    ):  # fmt: skip
        assert word in text
    assert "交办单" not in text


def test_the_emblem_is_drawn_and_a_damaged_one_stops_no_paper() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), "#ff0000").save(buffer, "PNG")
    emblem = base64.b64encode(buffer.getvalue()).decode()
    shown = picture(render(_with(emblem), "a5").data, "a5", 100)
    left = shown.getpixel((round((11 + 5) / 25.4 * 100), round((11 + 5) / 25.4 * 100)))
    assert left == (255, 0, 0)
    for damaged in ("AAAA", "not base64", emblem[: len(emblem) // 2]):
        assert render(_with(damaged), "a5").data.startswith(b"%PDF-")


def _with(emblem: str) -> Any:
    return replace(sample("urging_slip"), wording=Wording(emblem=emblem))


def test_a_paper_of_before_there_were_templates_has_the_shipped_words() -> None:
    document = sample("case_slip").to_document()
    del document["wording"]
    assert "受理回执" in flat_text(render(paper_from_document(document), "a5").data)


def test_the_margin_is_the_site_s() -> None:
    wide = replace(sample("urging_slip"), wording=replace(WORDED, margin_mm=25))
    data = render(wide, "a4").data
    first = pypdf.PdfReader(io.BytesIO(data)).pages[0]
    lefts: list[float] = []
    first.extract_text(visitor_text=lambda text, cm, tm, font, size: text.strip() and lefts.append(tm[4]))
    assert min(lefts) >= 25 * MM - 1


def test_every_step_of_a_case_has_a_sentence_in_the_history() -> None:
    """Those of calls and ratings are told elsewhere."""
    other = ("callback_", "rating_", "enterprise_", "code_", "ticket_", "hall_", "window_", "group_", "station_",
             "incarnation_", "problem_", "reminder_", "supervision_", "hub_", "device_", "person_")  # fmt: skip
    steps = [kind for kind in CURRENT if not kind.startswith(other) and kind != "case_rated"]
    assert "case_resolved" in steps
    told = {kind: step_sentence(HistoryStep("", "", kind)) for kind in steps}
    assert [kind for kind, said in told.items() if NEWER in said or "{" in said] == []


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("case_transferred", (("from", "甲"), ("to", "乙"), ("reason", "分工")), "转办：甲 → 乙，分工"),
        ("case_suspended", (("reason", "等材料"),), "挂起，停止计时：等材料"),
        ("extension_decided", (("granted", "no"), ("reason", "已超期")), "审批延期：不同意，已超期"),
        ("return_decided", (("board", "甲"), ("reason", "本职")), "裁定甲的退回：仍由其办理，本职"),
        ("case_fed_back", (("how", "phone"), ("told", "王晓")), "反馈（电话）王晓"),
    ],
)
def test_steps_are_told_without_gaps(kind: str, facts: tuple[tuple[str, str], ...], said: str) -> None:
    assert step_sentence(HistoryStep("", "", kind, facts=facts)) == said


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(exclude_categories=()), max_size=40), st.sampled_from(LOOP))
def test_no_text_whatever_stops_a_paper(text: str, paper: str) -> None:
    hurt = {
        "applicant": Applicant(text, text, text),
        "matter": text,
        "number": text,
        "kind": text,
        "clerk": text,
    }
    worded = replace(sample(paper), **hurt, wording=replace(WORDED, opening=text, title=text or "x"))
    for size in sizes_of(paper)[-2:]:
        assert render(worded, size, system=NO_FONTS).data


def test_braces_in_a_value_are_not_looked_up_again() -> None:
    worded = replace(
        sample("urging_slip"),
        applicant=Applicant("{编号}公司"),
        wording=replace(WORDED, opening="{申请人}"),
    )
    assert "{编号}公司" in flat_text(render(worded, "a5").data)
