"""The day's page over a real store: figures, what waits, and what is done about it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.cases.page import CasesPage
from desktop.intake.page import IntakePage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from desktop.today.page import SOON_MS, TodayPage
from desktop.today.tasks import LineView
from domain.staff import Actor, Role
from services import care
from services.case_steps import receive_material, request_material
from services.cases import accept_case
from services.drafts import SavedDraft, list_drafts, save_draft
from services.printing import record_print, waiting_prints
from services.station import Station
from services.today import COMING_OUT_MS
from tests.fixed import NAME, FixedClock, form
from tests.ui.desk import Desk, make_desk

DRAFT = "0193a6c0-0000-7000-8000-000000000001"
FIELDS: dict[str, Any] = {
    "who": {"typed": "", "uscc": "", "name": NAME, "contact": {"name": "", "phone": ""}},
    "what": {"text": "厂房扩建", "answer": None, "item": None, "package": None},
    "promise": {},
    "material": {"material": [], "missing": [], "files": []},
}


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    gateway = StationGateway(station.home, tasks.in_background)
    made.context = replace(made.context, gateway=gateway)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def open_page(desk: Desk) -> TodayPage:
    page: TodayPage = desk.show(TodayPage(desk.context))
    page.on_shown()
    desk.settle()
    return page


def line(page: TodayPage, part: str) -> LineView:
    shown = (*page.waiting.lines(), *page.material.lines(), *page.care.lines())
    found = [view for view in shown if part in view.line.text]
    assert len(found) == 1, [view.line.text for view in page.waiting.lines()]
    return found[0]


def press(desk: Desk, view: LineView, words: str) -> None:
    next(button for button in view.buttons if button.text() == words).click()
    desk.settle()


def test_figures_count_and_lead_to_their_lists(desk: Desk, clock: FixedClock) -> None:
    desk.station.call(accept_case, form(limit="simple"))
    clock.move(days=1)
    desk.station.call(accept_case, form(name="另一家公司"))
    page = open_page(desk)
    assert {name: figure.count() for name, figure in page.figures.figures.items()} == {
        "accepted": "1",
        "answered": "0",
        "open": "2",
        "due": "0",
        "overdue": "1",
    }
    desk.press(page.figures.figures["overdue"], Qt.Key.Key_Return)
    assert desk.opened == [("cases", "list:overdue")]


def test_the_list_that_a_figure_names_is_shown(desk: Desk, clock: FixedClock) -> None:
    desk.station.call(accept_case, form(limit="simple"))
    clock.move(days=2)
    cases = CasesPage(desk.context)
    cases.open_item("list:overdue")
    desk.show(cases)
    assert cases.list.lists.chosen() == "overdue"
    cases.open_item("list:all")
    assert cases.list.lists.chosen() == "all"


def test_an_empty_station_says_where_to_begin(desk: Desk) -> None:
    page = open_page(desk)
    assert page.cases.currentWidget() is page.nothing
    page.nothing.button.click()
    desk.press(page.begin, Qt.Key.Key_Return)
    assert desk.opened == [("intake", None), ("intake", None)]


def test_recent_cases_open_by_enter(desk: Desk) -> None:
    accepted = desk.station.call(accept_case, form())
    page = open_page(desk)
    page.recent.selectRow(0)
    desk.press(page.recent, Qt.Key.Key_Return)
    assert desk.opened == [("cases", accepted.id)]


def test_page_follows_commits(desk: Desk) -> None:
    page = open_page(desk)
    desk.station.add_listener(
        lambda changes: desk.context.tasks.run(_done, on_done=lambda _: page.on_changes(changes))
    )
    desk.station.call(accept_case, form())
    desk.until(lambda: page.figures.figures["open"].count() == "1")
    assert SOON_MS < 1_000


def _done() -> Any:
    from tests.ui.conftest import done

    return done()


def test_draft_is_continued_at_intake(desk: Desk) -> None:
    desk.station.call(save_draft, DRAFT, FIELDS)
    page = open_page(desk)
    press(desk, line(page, "厂房扩建"), "继续")
    target, draft = desk.opened[0]
    assert (target, draft.id) == ("intake", DRAFT)
    intake = IntakePage(desk.context)
    intake.open_item(draft)
    desk.show(intake)
    assert intake.keeper.form_id == DRAFT
    assert intake.what.editor.toPlainText() == "厂房扩建"


def test_continuing_the_form_that_is_open_keeps_what_was_typed_since(desk: Desk) -> None:
    desk.station.call(save_draft, DRAFT, FIELDS)
    intake = desk.show(IntakePage(desk.context))
    intake.what.editor.setPlainText("厂房扩建，还要环评")
    intake.open_item(SavedDraft(DRAFT, "", FIELDS, 0))
    assert intake.what.editor.toPlainText() == "厂房扩建，还要环评"
    desk.settle()


def waiting(desk: Desk, clock: FixedClock) -> Any:
    accepted = desk.station.call(accept_case, form())
    job = desk.station.call(record_print, accepted.id, "case_slip", "a5")
    clock.move(ms=COMING_OUT_MS)
    return job


def test_paper_that_had_come_out_is_confirmed(desk: Desk, clock: FixedClock) -> None:
    job = waiting(desk, clock)
    page = open_page(desk)
    press(desk, line(page, job.number), "已打印")
    assert desk.station.call(waiting_prints) == ()
    assert page.waiting.lines() == []


def test_paper_that_had_not_comes_out_as_the_same_copy(desk: Desk, clock: FixedClock) -> None:
    job = waiting(desk, clock)
    page = open_page(desk)
    press(desk, line(page, job.number), "补打")
    desk.until(lambda: desk.station.call(waiting_prints) == ())
    desk.settle()
    assert [file.name for file in (desk.station.home / "papers").glob("*.pdf")] == [
        f"{job.number}-case_slip-a5-1.pdf"
    ]
    assert desk.case(job.number).prints == {"case_slip": 1}


def test_care_names_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=care.LOW_DISK_BYTES // 2))
    page = open_page(desk)
    assert [act.words for view in page.care.lines() for act in view.line.acts] == [
        "打开数据目录",
        "生成恢复码",
        "立即备份",
        "怎么办",
    ]
    press(desk, line(page, "恢复码"), "生成恢复码")
    assert desk.opened == [("settings", "safety")]


def test_lines_that_did_not_change_keep_the_focus(desk: Desk) -> None:
    desk.station.call(save_draft, DRAFT, FIELDS)
    page = open_page(desk)
    button = line(page, "厂房扩建").buttons[0]
    button.setFocus()
    page.refresh()
    desk.settle()
    assert desk.focus() is button
    assert len(desk.station.call(list_drafts)) == 1


def test_material_that_a_board_waits_for_is_told_to_the_enterprise(desk: Desk) -> None:
    accepted = desk.station.call(accept_case, form(contact={"name": "王经理", "phone": "13800001111"}))
    page = open_page(desk)
    assert not page.material.isVisible()
    board = Actor("policy", Role.SPECIALIST, board="policy")
    desk.station.call(request_material, accepted.id, ("土地证", "环评报告"), as_actor=board)
    page.refresh()
    desk.settle()
    shown = line(page, "土地证、环评报告")
    assert "政策服务板块" in shown.line.detail
    press(desk, shown, "打印告知单")
    assert desk.case(accepted.id).prints == {"one_time_notice": 1}
    press(desk, line(page, "土地证"), "打开")
    assert desk.opened == [("cases", accepted.id)]
    desk.station.call(receive_material, accepted.id, ("土地证", "环评报告"))
    page.refresh()
    desk.settle()
    assert not page.material.isVisible()
