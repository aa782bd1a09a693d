"""The sheets of a round of calls, read back from the rendered page: every row's code, the numbers, the fonts."""

import io
from contextlib import closing
from dataclasses import replace
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp

from domain.callbacks.codes import code_text, task_ref
from domain.printing.callback_form import CallbackForm, FormRow
from reports import callback_form
from reports.callback_form import ROWS, callback_form_pdf, page_count
from reports.rare import SystemFonts

LONG = (
    "浙江省杭州市钱塘区高端装备智能制造产业技术创新联合体有限责任公司"
    "（筹）䶮𬭎以及它的第一分公司第二分公司第三分公司"
)
KEY = bytes(range(32))


def rows(count: int, **fields: Any) -> tuple[FormRow, ...]:
    return tuple(
        replace(
            FormRow(
                code=code_text(task_ref(f"case-{at}", 1), KEY),
                number=f"QJ261118AB{at:04}C",
                applicant="杭州蓝鲸智能装备有限公司",
                contact="王晓",
                phone="13812345678",
                matter="想申请今年的技改补贴，请专人看一下材料。" * 4,
                board="政策服务",
                group="hard",
                due="2026-11-23 17:00",
                attempts=at % 3,
            ),
            **fields,
        )
        for at in range(count)
    )


def form(count: int, **fields: Any) -> CallbackForm:
    return CallbackForm("钱塘区企业综合服务中心", "2026-11-18 10:00", "赵敏", rows(count, **fields))


def codes_on(data: bytes, dpi: int) -> list[str]:
    """The codes of every page, rasterised as a scanner or a camera would see it."""
    found: list[str] = []
    with closing(pypdfium2.PdfDocument(data)) as document:
        for page in document:
            picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
            found += [code.text for code in zxingcpp.read_barcodes(picture)]
    return found


@pytest.mark.parametrize("dpi", [100, 200])
def test_each_of_thirty_rows_is_read_back(dpi: int) -> None:
    made = form(30)
    assert sorted(codes_on(callback_form_pdf(made), dpi)) == sorted(row.code for row in made.rows)


def test_a_code_without_its_quiet_zone_would_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_form, "_CODE", callback_form._CODE_CELL * 1.3)
    assert len(codes_on(callback_form_pdf(form(30)), 100)) < 30


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (ROWS, 1), (ROWS + 1, 2), (35, 4)])
def test_pages(count: int, pages: int) -> None:
    reader = pypdf.PdfReader(io.BytesIO(callback_form_pdf(form(count))))
    assert (len(reader.pages), page_count(form(count))) == (pages, pages)
    last = reader.pages[-1].extract_text()
    assert f"第 {pages} 页 / 共 {pages} 页，共 {count} 件" in last
    assert all("回访登记表" in page.extract_text() for page in reader.pages)


def test_a_row_says_whom_to_call_and_leaves_boxes() -> None:
    text = pypdf.PdfReader(io.BytesIO(callback_form_pdf(form(1)))).pages[0].extract_text()
    for part in ("QJ261118AB0000C", "疑难件", "13812345678", "赵敏", "□ 非常不满意", "□ 无人接听", "□ 差"):
        assert part in text


def test_long_names_and_rare_characters_stay_in_their_row() -> None:
    data = callback_form_pdf(form(ROWS, applicant=LONG, contact="欧阳" * 20), system=SystemFonts(()))
    page = pypdf.PdfReader(io.BytesIO(data)).pages[0]
    text = page.extract_text()
    assert text.count("…") >= ROWS
    assert text.count("13812345678") + text.count("…") >= ROWS
    with closing(pypdfium2.PdfDocument(data)) as document:
        picture = document[0].render(scale=1).to_pil().convert("L")
    assert picture.crop((0, 0, 24, picture.height)).getextrema()[0] > 200
    assert picture.crop((picture.width - 24, 0, picture.width, picture.height)).getextrema()[0] > 200


def test_the_same_form_gives_the_same_bytes_with_fonts_in_it() -> None:
    first, second = (callback_form_pdf(form(12)) for _ in range(2))
    assert first == second
    fonts = pypdf.PdfReader(io.BytesIO(first)).pages[0]["/Resources"]["/Font"]
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"] for font in fonts.values())
