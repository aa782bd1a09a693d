"""A park's own list: hostile files, odd spreadsheets, problems by row, taking in twice."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.messages import sentence
from domain.enterprises import listing
from domain.enterprises.credit_code import check_character, organization_check
from domain.enterprises.listing import Column, EnterpriseList, column_of, find_header, read_rows
from domain.errors import AppError
from services import enterprise_import, list_files
from services.cases import accept_case
from services.enterprise_import import (
    ImportResult,
    ImportStopped,
    import_rows,
    plan_rows,
    read_list,
    run_over,
    stretches,
)
from services.enterprises import find_enterprises, list_enterprises, save_enterprise, view_enterprise
from services.station import Station
from tests.fixed import form

HEADER = ["企业名称", "统一社会信用代码", "地址", "联系人", "联系电话", "标签"]
Write = Callable[..., Path]


def code(number: int) -> str:
    """A well-formed credit code."""
    eight = f"MA{number:06d}"
    first = f"91330100{eight}{organization_check(eight)}"
    return first + check_character(first)


def row(number: int, **cells: str) -> list[str]:
    texts = {"name": f"云溪第{number}智能有限公司", "code": code(number), "address": f"{number} 号", "contact": "李四",
             "phone": "13800000000", "tags": "专精特新、初创"} | cells  # fmt: skip
    return list(texts.values())


@pytest.fixture
def xlsx(tmp_path: Path) -> Write:
    def write(*rows: Sequence[Any], name: str = "园区.xlsx") -> Path:
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append(list(cells))  # type: ignore[union-attr]
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def refused(call: Any, *args: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        call(*args)
    return caught.value


def told(found: EnterpriseList) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in found.problems]


def test_a_list_with_title_and_unknown_columns(xlsx: Write) -> None:
    path = xlsx(["园区企业名单"], [], [*HEADER, "备注"], [*row(1), "x"], [], [*row(2), ""])
    found = read_list(path)
    assert [(one.row, one.uscc) for one in found.rows] == [(4, code(1)), (6, code(2))]
    assert (found.header.row, found.header.unknown, found.total, told(found)) == (3, ("备注",), 2, [])
    said = found.rows[0].told
    assert (said.name, said.address, said.contacts[0].phone) == ("云溪第1智能有限公司", "1 号", "13800000000")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_tables(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(delimiter.join(cells) for cells in (HEADER, row(1))), encoding)
    assert [one.told.name for one in read_list(path).rows] == ["云溪第1智能有限公司"]


@pytest.mark.parametrize(
    ("word", "column"),
    [
        ("企业名称 *", Column.NAME), ("单位名称（全称）", Column.NAME), ("统一社会\n信用代码", Column.CODE),
        ("信用代码：", Column.CODE), ("联系人电话", Column.PHONE), ("手机号", Column.PHONE),
        ("注册地址", Column.ADDRESS),
        ("联络员", Column.CONTACT),
        ("标签", Column.TAGS), ("序号", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_headers(word: str, column: Column | None) -> None:
    assert column_of(word) is column


def test_problems_say_row_column_and_code(xlsx: Write) -> None:
    path = xlsx(
        HEADER,
        row(1),
        row(2, code=code(2)[:-1]),
        row(3, name=""),
        row(4, phone="没有"),
        row(1, name="同一家"),
        row(6, name="长" * 121),
        row(7, code="9.1330100799655E+17"),
        row(8, address="址" * 201, tags="、".join(f"标签{n}" for n in range(21))),
    )
    found = read_list(path)
    assert told(found) == [
        (3, "统一社会信用代码", "uscc.length"),
        (4, "企业名称", "enterprises.name_missing"),
        (5, "联系电话", "cases.phone_invalid"),
        (6, "统一社会信用代码", "enterprises.row_twice"),
        (7, "企业名称", "enterprises.cell_too_long"),
        (8, "统一社会信用代码", "enterprises.code_as_number"),
        (9, "地址", "enterprises.cell_too_long"),
        (9, "标签", "enterprises.too_many_tags"),
    ]
    assert all(sentence(AppError(one.code, **one.params)).endswith("。") for one in found.problems)
    assert [one.row for one in found.rows] == [2, 5, 9]
    assert found.rows[1].told.contacts[0].phone == ""


def test_a_code_stored_as_a_number_is_told_as_such(xlsx: Write) -> None:
    found = read_list(xlsx(HEADER, row(1), ["数字公司", 913301007996550580]))
    assert told(found) == [(3, "统一社会信用代码", "enterprises.code_as_number")]


def test_numbers_and_two_phones(xlsx: Write) -> None:
    cells = row(1)
    cells[4] = 13800000000  # type: ignore[call-overload]
    found = read_list(xlsx(HEADER, cells, row(2, phone="0571-8888888，13900000000")))
    assert [one.told.contacts[0].phone for one in found.rows] == ["13800000000", "05718888888"]


def test_formulas_are_not_evaluated(xlsx: Write) -> None:
    found = read_list(
        xlsx(HEADER, row(1, address='=HYPERLINK("http://x","y")'), row(2, name="=cmd|'/c calc'!A0"))
    )
    assert found.rows[0].told.address is None
    assert told(found) == [(3, "企业名称", "enterprises.name_missing")]


# --- files that are refused as a whole ---------------------------------------------------------------------------


def packed(parts: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_missing_file(tmp_path: Path) -> None:
    assert refused(read_list, tmp_path / "无.xlsx").code == "files.not_found"
    assert refused(read_list, tmp_path).code == "files.not_found"


def test_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.xlsx"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(list_files, "MAX_BYTES", 99)
    assert refused(read_list, path).code == "enterprises.list_too_large"


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(
        {"xl/worksheets/sheet1.xml": b"\0" * (list_files.MAX_UNPACKED_BYTES + 1)}, tmp_path / "b.xlsx"
    )
    assert bomb.stat().st_size < list_files.MAX_BYTES
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    assert refused(read_list, bomb).code == "enterprises.list_bomb"


def test_styles_without_end(tmp_path: Path) -> None:
    parts = {"xl/styles.xml": b" " * (list_files.MAX_SMALL_PART_BYTES + 1)}
    assert refused(read_list, packed(parts, tmp_path / "s.xlsx")).code == "enterprises.list_bomb"


def test_a_part_that_lies_about_its_size(tmp_path: Path, xlsx: Write) -> None:
    content = bytearray(
        packed({"xl/worksheets/s.xml": b"<a>" + b"x" * 9_000_000}, tmp_path / "l.xlsx").read_bytes()
    )
    real = (9_000_003).to_bytes(4, "little")
    lying = bytes(content).replace(real, (10).to_bytes(4, "little"))
    assert lying != bytes(content)
    path = tmp_path / "lie.xlsx"
    path.write_bytes(lying)
    assert refused(read_list, path).code == "enterprises.list_damaged"


@pytest.mark.parametrize("prolog", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!doctype a>"])
def test_entities_are_refused(xlsx: Write, tmp_path: Path, prolog: str) -> None:
    with zipfile.ZipFile(xlsx(HEADER, row(1))) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        bad = {**parts, name: f"<?xml version='1.0'?>{prolog}".encode() + parts[name]}
        assert refused(read_list, packed(bad, tmp_path / "d.xlsx")).code == "enterprises.list_damaged"
    spread = f"{prolog}<a/>".encode("utf-16")
    bad = {**parts, "xl/workbook.xml": spread}
    assert refused(read_list, packed(bad, tmp_path / "d.xlsx")).code == "enterprises.list_damaged"


@pytest.mark.parametrize(
    "inside", ["<a>" * 65 + "</a>" * 65, "<row/>" * 2_000, "<row>" + "<c/>" * 2_000 + "</row>"]
)
def test_xml_that_costs_more_than_a_list(
    xlsx: Write, tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_files, "MAX_ELEMENTS", 2_000)
    with zipfile.ZipFile(xlsx(HEADER, row(1))) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", b"<sheetData>" + inside.encode())
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("a tree was built"))
    bad = packed({**parts, "xl/worksheets/sheet1.xml": sheet}, tmp_path / "d.xlsx")
    assert refused(read_list, bad).code == "enterprises.list_bomb"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"junk" * 50])
def test_damaged_archives(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(content)
    assert refused(read_list, path).code == "enterprises.list_damaged"


def test_every_cut_of_a_good_file_is_refused_or_read(xlsx: Write) -> None:
    whole = xlsx(HEADER, row(1)).read_bytes()
    path = xlsx(HEADER, row(1), name="切.xlsx")
    for size in range(1, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:size])
        assert refused(read_list, path).code.startswith("enterprises.list_")


@pytest.mark.parametrize(
    ("content", "code_"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "enterprises.list_old_excel"),
        (b"", "enterprises.list_empty"),
        (b"  \n ", "enterprises.list_empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "enterprises.list_unreadable"),
        ("姓名,电话\n张三,1".encode(), "enterprises.list_without_header"),
        ("企业名称,信用代码\n\n".encode(), "enterprises.list_empty"),
        (b'a,"' + b"x" * 200_000, "enterprises.list_damaged"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, code_: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert refused(read_list, path).code == code_


def test_too_many_rows(xlsx: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprise_import, "MAX_ROWS", 3)
    assert len(read_list(xlsx(HEADER, row(1), row(2), row(3))).rows) == 3
    assert refused(read_list, xlsx(HEADER, *map(row, range(4)))).code == "enterprises.list_too_long"


def test_a_lone_cell_far_below_is_found(xlsx: Write, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for column, text in enumerate(row(1), start=1):
        sheet.cell(1_000_000, column, text)
    book.save(tmp_path / "远.xlsx")
    assert [one.row for one in read_list(tmp_path / "远.xlsx").rows] == [1_000_000]


def test_reading_can_be_stopped(xlsx: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprise_import, "_TELL_EVERY", 2)
    seen: list[int] = []

    def go_on(count: int) -> bool:
        seen.append(count)
        return count < 4

    with pytest.raises(ImportStopped):
        read_list(xlsx(HEADER, *map(row, range(9))), go_on)
    assert seen[-1] == 4


# --- taking in ---------------------------------------------------------------------------------------------------


def events(station: Station) -> int:
    with station._store.read() as uow:
        return uow.events.count()


def test_the_same_list_twice_changes_nothing(station: Station, xlsx: Write) -> None:
    found = read_list(xlsx(HEADER, *map(row, range(5))))
    assert run_over(station, found, dry_run=True) == ImportResult(new=5)
    assert station.call(list_enterprises).total == 0
    assert run_over(station, found) == ImportResult(new=5)
    before = events(station)
    assert run_over(station, found) == ImportResult(unchanged=5)
    assert events(station) == before
    assert [one.name for one in station.call(find_enterprises, "yxd3zn")] == []
    assert [one.name for one in station.call(find_enterprises, "第3智能")] == ["云溪第3智能有限公司"]


def test_a_newer_list_updates(station: Station, xlsx: Write) -> None:
    run_over(station, read_list(xlsx(HEADER, row(1), row(2))))
    newer = read_list(xlsx(HEADER, row(1, address="搬到 9 号", tags="成熟"), row(2), row(3)))
    assert run_over(station, newer, dry_run=True) == ImportResult(new=1, updated=1, unchanged=1)
    assert run_over(station, newer) == ImportResult(new=1, updated=1, unchanged=1)
    view = station.call(view_enterprise, code(1))
    assert view.profile.text("address") == "搬到 9 号"
    assert [fact.value.word for fact in view.profile.tags] == ["成熟", "专精特新"]


def test_an_empty_cell_takes_nothing_away(station: Station, xlsx: Write) -> None:
    run_over(station, read_list(xlsx(HEADER, row(1))))
    bare = read_list(xlsx(HEADER[:2], row(1)[:2]))
    assert run_over(station, bare) == ImportResult(unchanged=1)
    assert station.call(view_enterprise, code(1)).profile.text("address") == "1 号"


def test_a_clerks_correction_outlives_the_same_list(station: Station, xlsx: Write) -> None:
    from domain.enterprises.decide import Told

    found = read_list(xlsx(HEADER, row(1)))
    run_over(station, found)
    station.call(save_enterprise, code(1), Told(address="更正过"))
    assert run_over(station, found) == ImportResult(unchanged=1)
    assert station.call(view_enterprise, code(1)).profile.text("address") == "更正过"


def test_one_known_from_cases_is_new_to_the_list(station: Station, xlsx: Write) -> None:
    station.call(accept_case, form(uscc=code(1), name="窗口写的名字"))
    assert run_over(station, read_list(xlsx(HEADER, row(1)))) == ImportResult(new=1)
    view = station.call(view_enterprise, code(1))
    assert (view.name, view.open_cases) == ("云溪第1智能有限公司", 1)
    assert station.call(list_enterprises).total == 1


def test_stopping_keeps_whole_stretches(
    station: Station, xlsx: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprise_import, "BATCH_ROWS", 2)
    found = read_list(xlsx(HEADER, *map(row, range(7))))
    assert [len(part) for part in stretches(found.rows)] == [2, 2, 2, 1]
    result = run_over(station, found, go_on=lambda done: done < 4)
    assert result == ImportResult(new=4, stopped=True)
    assert run_over(station, found) == ImportResult(new=3, unchanged=4)


def test_a_stretch_is_whole_or_not_at_all(station: Station, xlsx: Write) -> None:
    found = read_list(xlsx(HEADER, *map(row, range(3))))

    def fail(uow: Any, clock: Any, actor: Any, rows: Any, name: str) -> None:
        import_rows(uow, clock, actor, rows, name)
        raise AppError("storage.disk_full")

    assert refused(station.call, fail, found.rows, found.name).code == "storage.disk_full"
    assert station.call(list_enterprises).total == 0
    assert station.call(plan_rows, found.rows, found.name) == ("new", "new", "new")


CELLS = st.text(max_size=6) | st.sampled_from([code(1), code(2), "13800000000", "专精特新、初创", "甲公司"])


@given(st.lists(st.lists(CELLS, max_size=7), max_size=8))
@settings(deadline=None, max_examples=150)
def test_any_cells_are_rows_or_problems(rows: list[list[str]]) -> None:
    header = find_header([(1, HEADER)])
    assert header is not None
    seen: list[str] = []
    for found, problems in read_rows(header, enumerate(rows, start=2)):
        assert found is not None or any(problem.blocking for problem in problems)
        if found is not None:
            assert found.told.name
            assert found.uscc not in seen
            seen.append(found.uscc)


def test_without_memory_a_second_row_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    header = find_header([(1, HEADER)])
    assert header is not None
    reader = listing.ListReader(header)
    assert reader.read(2, row(1))[0]
    assert reader.read(3, row(1))[0] is None
    reader._seen.clear()
    assert reader.read(3, row(1))[0]
