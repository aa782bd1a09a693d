"""The case list and the case page over a real store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.changes import Changes
from db.schema.sync import upstream
from desktop.cases import find
from desktop.cases.columns import COLUMNS, Standing, standing_of
from desktop.cases.model import BLOCK, CaseModel
from desktop.cases.page import CasesPage
from desktop.cases.timeline import NEWER, step_words
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.model import CaseState, TimelineEntry
from domain.staff import Actor, Role
from services.case_steps import answer_case, request_material
from services.case_view import DESK_ACTIONS, actions_of
from services.cases import CasePage, accept_case
from services.desk import desk_facts
from services.station import Station
from tests.fixed import FixedClock, form, local_ms
from tests.patience import PATIENCE_S
from tests.ui.conftest import done
from tests.ui.desk import Desk, make_desk

SHANGHAI = "Asia/Shanghai"


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_page(desk: Desk) -> CasesPage:
    return desk.show(CasesPage(desk.context))


def add(desk: Desk, **fields: Any) -> Any:
    return desk.station.call(accept_case, form(**fields))


def names(page: CasesPage) -> list[str]:
    model = page.list.model
    return [model.row(model.index(at, 0)).applicant for at in range(model.rowCount())]


def choose(desk: Desk, page: CasesPage, name: str) -> None:
    page.list.lists.choose(name)
    desk.settle()


def test_lists_hold_what_they_say(desk: Desk, clock: FixedClock) -> None:
    add(desk, name="甲公司")
    answered = add(desk, name="乙公司")
    desk.station.call(answer_case, answered.id, "已答复")
    clock.move(days=20)
    add(desk, name="丙公司", sensitive=True)
    page = open_page(desk)
    expected = {
        "open": ["丙公司", "甲公司"],
        "overdue": ["甲公司"],
        "answered": ["乙公司"],
        "sensitive": ["丙公司"],
        "accepted_today": ["丙公司"],
        "all": ["丙公司", "乙公司", "甲公司"],
    }
    counts = {
        page.list.lists.item(at).data(Qt.ItemDataRole.UserRole) for at in range(page.list.lists.count())
    }
    assert set(expected) <= counts
    assert "board" not in counts
    for name, wanted in expected.items():
        choose(desk, page, name)
        assert names(page) == wanted


def test_search_finds_what_was_typed_a_second_ago(desk: Desk) -> None:
    page = open_page(desk)
    add(desk, name="云溪精密机械有限公司", text="环评怎么办")
    add(desk, name="别家公司", text="别的事")
    for typed in ("yxjm", "环评", "云溪"):
        page.list.search.setText(typed)
        desk.press(page.list.search, Qt.Key.Key_Return)
        desk.settle()
        assert names(page) == ["云溪精密机械有限公司"]
    page.list.search.setText("没有这样的事情")
    desk.press(page.list.search, Qt.Key.Key_Return)
    desk.settle()
    assert page.list.pages.currentWidget() is page.list.nothing


def test_header_sorts(desk: Desk) -> None:
    for name in ("b公司", "c公司", "a公司"):
        add(desk, name=name)
    page = open_page(desk)
    section = [column.id for column in COLUMNS].index("applicant")
    page.list.table.sortByColumn(section, Qt.SortOrder.AscendingOrder)
    desk.settle()
    assert names(page) == ["a公司", "b公司", "c公司"]


class Endless:
    """A list of 100,000 rows that notes what is asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, limit: int, offset: int) -> Any:
        self.asked.append(offset)
        return done(CasePage(tuple(range(offset, offset + limit)), 100_000))  # type: ignore[arg-type]


def test_a_long_list_fetches_only_what_is_looked_at(tasks: TaskRunner, qtbot: QtBot) -> None:
    model, source = CaseModel(tasks), Endless()
    model.show(source)
    qtbot.waitUntil(lambda: model.rowCount() == 100_000)
    assert source.asked == [0]
    index = model.index(99_999, 0)
    assert model.row(index) is None
    model.data(index)
    qtbot.waitUntil(lambda: model.row(index) == 99_999)
    assert source.asked == [0, 100_000 - BLOCK]


def test_export_keeps_formulas_as_text(desk: Desk, tmp_path: Path) -> None:
    add(desk, name="=cmd|' /C calc'!A1", text="+1 @x")
    page = open_page(desk)
    target = tmp_path / "办件.xlsx"
    page.list.export_to(target)
    desk.until(target.exists)
    desk.settle()
    cells = [cell for row in load_workbook(target).active.iter_rows(min_row=2) for cell in row]
    assert "=cmd|' /C calc'!A1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_export_of_chosen_rows_only(desk: Desk, tmp_path: Path) -> None:
    for name in ("甲公司", "乙公司", "丙公司"):
        add(desk, name=name)
    page = open_page(desk)
    rows = page.list.table.selectionModel()
    for at in (0, 2):
        rows.select(page.list.model.index(at, 0), rows.SelectionFlag.Select | rows.SelectionFlag.Rows)
    rows.select(page.list.model.index(1, 0), rows.SelectionFlag.Deselect | rows.SelectionFlag.Rows)
    page.list.export_to(tmp_path / "a.xlsx")
    desk.until((tmp_path / "a.xlsx").exists)
    desk.settle()
    written = load_workbook(tmp_path / "a.xlsx").active
    assert written.max_row == 3


def open_case(desk: Desk, page: CasesPage, case_id: str) -> Any:
    page.open_item(case_id)
    desk.until(lambda: page.case.number.text() != "")
    desk.settle()
    return page.case


def take(desk: Desk, view: Any, code: str, fill: Any) -> None:
    view.steps.button(code).click()
    fill(view.steps.form)
    view.steps.confirm.click()
    desk.settle()


def text(value: str) -> Any:
    return lambda form: form.field.set_text(value)


@pytest.mark.parametrize(
    ("code", "state"),
    [("answer", CaseState.RESOLVED), ("decline", CaseState.DECLINED), ("withdraw", CaseState.WITHDRAWN)],
)
def test_steps_that_end_a_case(desk: Desk, code: str, state: CaseState) -> None:
    accepted = add(desk)
    page = open_page(desk)
    view = open_case(desk, page, accepted.id)
    take(desk, view, code, text("写明了"))
    case = desk.case(accepted.id)
    assert (case.state, case.answer or case.reason) == (state, "写明了")
    assert not view.steps.button("answer").isEnabled()
    assert view.steps.button("answer").accessibleDescription()


def test_a_refused_step_keeps_what_was_typed(desk: Desk) -> None:
    accepted = add(desk)
    view = open_case(desk, open_page(desk), accepted.id)
    take(desk, view, "merge", text("没有这个号"))
    assert view.steps.form.field.error()
    assert view.steps.form.field.text() == "没有这个号"
    assert view.steps.confirm.isEnabled()
    assert desk.case(accepted.id).is_open


def test_material_boards_flags_contact_and_links(desk: Desk) -> None:
    first, second = add(desk), add(desk, name="别家公司")
    view = open_case(desk, open_page(desk), first.id)
    assert not view.steps.button("receive_material").isEnabled()
    take(desk, view, "notice", text("土地证\n环评报告"))
    take(desk, view, "receive_material", text("土地证"))
    take(desk, view, "assign", lambda form: form.boards.take("legal"))
    take(desk, view, "flag", lambda form: form.sensitive.setChecked(True))
    take(desk, view, "correct_contact", lambda form: form.contact.phone.set_text("13800001111"))
    take(desk, view, "link", text(second.number))
    case = desk.case(first.id)
    assert (case.missing, case.material) == (("环评报告",), ("土地证",))
    assert (case.boards, case.sensitive, case.contact.phone) == (("policy", "legal"), True, "13800001111")
    assert case.links == (second.id,)
    take(desk, view, "merge", text(second.number))
    assert desk.case(first.id).state is CaseState.MERGED


def test_a_step_by_somebody_else_shows(desk: Desk) -> None:
    accepted = add(desk)
    page = open_page(desk)
    view = open_case(desk, page, accepted.id)
    desk.station.call(answer_case, accepted.id, "别的窗口答复了")
    page.on_changes(Changes(frozenset({"cases"}), frozenset({accepted.id})))
    desk.settle()
    assert not view.steps.button("answer").isEnabled()


def test_files_are_attached_and_given_out(desk: Desk, tmp_path: Path) -> None:
    accepted = add(desk)
    view = open_case(desk, open_page(desk), accepted.id)
    source = tmp_path / "执照.pdf"
    source.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    view.attach(source)
    desk.settle()
    (file,) = desk.case(accepted.id).files
    view.save(file.sha256, tmp_path / "另存.pdf")
    desk.settle()
    assert (tmp_path / "另存.pdf").read_bytes() == source.read_bytes()
    bad = tmp_path / "程序.pdf"
    bad.write_bytes(b"MZ\x90\x00" + b"\0" * 99)
    view.attach(bad)
    desk.settle()
    assert not view.bar.isHidden()
    assert len(desk.case(accepted.id).files) == 1


def test_a_file_of_another_machine_is_fetched_before_it_is_saved(desk: Desk, tmp_path: Path) -> None:
    accepted = add(desk)
    view = open_case(desk, open_page(desk), accepted.id)
    source = tmp_path / "执照.pdf"
    source.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    view.attach(source)
    desk.settle()
    (file,) = desk.case(accepted.id).files
    sealed = desk.station.home / "attachments" / file.sha256[:2] / file.sha256
    elsewhere = sealed.rename(tmp_path / "elsewhere")
    view.save(file.sha256, tmp_path / "另存.pdf")
    desk.settle()
    assert "不在数据目录里" in view.bar.text()  # nobody above who might have it
    above = {
        "one": 1,
        "url": "u",
        "site": "s",
        "device": "d",
        "public_key": b"",
        "epoch": "",
        "enrolled_at": 0,
    }
    desk.station.call(lambda uow, *_: uow.connection.execute(sa.insert(upstream), above))
    view.save(file.sha256, tmp_path / "另存.pdf")
    desk.settle()
    assert "正在取回" in view.bar.text()
    assert not (tmp_path / "另存.pdf").exists()
    elsewhere.rename(sealed)
    desk.qtbot.waitUntil(lambda: (tmp_path / "另存.pdf").exists())
    desk.settle()
    assert "正在取回" not in view.bar.text() or view.bar.isHidden()


def test_actions_follow_role_and_state(desk: Desk) -> None:
    accepted = add(desk)
    case = desk.case(accepted.id)
    clerk = Actor("clerk", Role.CLERK)
    open_now = {action.code: action.why_not for action in actions_of(case, clerk)}
    assert open_now["receive_material"] == "cases.nothing_missing"
    assert {open_now[code.value] for code in DESK_ACTIONS if code != "receive_material"} == {""}
    desk.station.call(request_material, accepted.id, ("土地证",))
    with_missing = {a.code: a.why_not for a in actions_of(desk.case(accepted.id), clerk)}
    assert with_missing["receive_material"] == ""
    desk.station.call(answer_case, accepted.id, "好")
    closed = {a.code: a.why_not for a in actions_of(desk.case(accepted.id), clerk)}
    assert (closed["answer"], closed["attach"]) == ("cases.closed", "")


def test_a_step_of_a_newer_program_is_shown_as_such(desk: Desk) -> None:
    entry = TimelineEntry("e", "case_teleported", 0, "device:x", "yx", "x", {})
    assert step_words(entry, desk.station.call(desk_facts)) == (NEWER, "")


def test_every_step_taken_has_a_sentence(desk: Desk) -> None:
    accepted = add(desk, missing=("土地证",))
    desk.station.call(answer_case, accepted.id, "好")
    facts = desk.station.call(desk_facts)
    for entry in desk.case(accepted.id).timeline:
        assert step_words(entry, facts)[0] != NEWER


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("2026-11-18 10:00", Standing.FINE),
        ("2026-11-20 09:00", Standing.TODAY),
        ("2026-11-20 17:01", Standing.OVERDUE),
    ],
)
def test_standing_against_the_promise(now: str, standing: Standing) -> None:
    assert standing_of(local_ms("2026-11-20 17:00"), local_ms(now), SHANGHAI) is standing


def test_palette_finds_cases_and_enterprises(desk: Desk) -> None:
    accepted = add(desk, name="云溪精密机械有限公司")
    find_cases, find_known = find.providers(desk.context)
    for typed in ("yxjm", accepted.number, accepted.number[-7:]):
        (command,) = find_cases(typed).result(PATIENCE_S)
        command.run()
    (begin,) = find_known("yxjm").result(PATIENCE_S)
    begin.run()
    assert desk.opened == [("cases", accepted.id)] * 3 + [("intake", (None, "云溪精密机械有限公司"))]
    assert find_cases("") == []
