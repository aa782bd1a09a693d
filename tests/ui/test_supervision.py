"""督办 over a real store: cards, urging with its paper, requests decided, and who may only look."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.pages import PAGES
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.supervision.columns import alert_badge, over_words
from desktop.supervision.page import SupervisionPage
from desktop.theme.theme import Theme
from domain.cases.model import Case
from domain.staff import Actor, Role
from services.back_office.boards import receive_case, return_case
from services.back_office.timing import ask_extension
from services.case_steps import assign_boards, flag_case
from services.cases import accept_case
from services.station import Station
from services.supervision.measures import answer_supervision
from tests.fixed import FixedClock, form, local_ms
from tests.ui.desk import Desk, make_desk

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")
CLERK = Actor("clerk", Role.CLERK, "林晓")
POLICY = Actor("policy", Role.SPECIALIST, "何专员", board="policy")


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Desk:
    station.actor = SUPERVISOR
    return make_desk(station, tasks, notices, theme, qtbot)


def taken_in(station: Station, **fields: Any) -> Case:
    wanted = form(boards=("policy",), **fields)
    case: Case = station.call(accept_case, wanted, as_actor=CLERK)
    station.call(receive_case, case.id, as_actor=POLICY)
    return case


def open_page(desk: Desk, item: str = "watch") -> Any:
    page = desk.show(SupervisionPage(desk.context))
    page.on_shown()
    page.open_item(item)
    desk.settle()
    return page


def press(desk: Desk, button: Any) -> None:
    desk.press(button, Qt.Key.Key_Return)
    desk.until(lambda: desk.tasks.is_idle)
    desk.settle()


def test_cards_come_by_the_clock_with_the_longest_over_first(desk: Desk, clock: FixedClock) -> None:
    first = taken_in(desk.station)
    clock.set("2026-11-20 10:00")
    second = taken_in(desk.station)
    page = open_page(desk)
    clock.set("2026-11-25 10:00")
    page.refresh()
    desk.settle()
    rows = [page.watch.table.rows.row_at(page.watch.table.rows.index(row, 0)) for row in range(2)]
    assert [one.row.number for one in rows] == [first.number, second.number]
    assert alert_badge(rows[0])[1] == "黄牌"
    assert over_words(rows[0].over_ms).startswith("超 ")
    assert "黄牌 1" in page.watch.summary.text()
    page.open_item("red")
    desk.settle()
    assert page.watch.stack.currentWidget() is page.watch.nothing
    assert page.watch.panel.form is None


def test_urging_goes_to_the_board_with_its_paper(desk: Desk, clock: FixedClock) -> None:
    case = taken_in(desk.station)
    clock.set("2026-11-24 16:00")
    page = open_page(desk)
    panel = page.watch.panel
    panel.form.kind.set_value("urge")
    panel.form.text.set_text("请今天答复企业")
    panel.form.day.set_value("2026-11-25")
    printed: list[Any] = []
    page.watch.printing.finished.connect(printed.append)
    press(desk, panel.send)
    desk.until(lambda: bool(printed))
    desk.settle()
    assert printed[0].job.paper == "urging_slip"
    (measure,) = desk.case(case.number).measures
    assert (measure.text, measure.waiting) == ("请今天答复企业", ("policy",))
    page.open_item("unanswered")
    desk.settle()
    assert page.watch.table.rows.rowCount() == 1
    desk.station.call(answer_supervision, case.id, "今天办", as_actor=POLICY)
    page.refresh()
    desk.settle()
    assert page.watch.table.rows.rowCount() == 0


def test_a_card_needs_a_case_over_its_limit(desk: Desk, clock: FixedClock) -> None:
    taken_in(desk.station, sensitive=True)
    page = open_page(desk, "sensitive")
    assert not page.watch.panel.form.kind.isEnabled()
    assert page.watch.panel.form.step().paper == ""
    clock.set("2026-11-24 16:00")
    page.refresh()
    desk.settle()
    assert page.watch.panel.form.kind.isEnabled()


def test_words_that_lack_are_asked_for_and_what_was_typed_stays(desk: Desk, clock: FixedClock) -> None:
    taken_in(desk.station)
    clock.set("2026-11-24 16:00")
    page = open_page(desk)
    press(desk, page.watch.panel.send)
    assert page.watch.panel.send.isEnabled()
    assert "写明" in page.watch.panel.form._error.text() + page.watch.panel.form.text.error()
    page.watch.panel.form.text.set_text("请尽快")
    page.refresh()
    desk.settle()
    assert page.watch.panel.form.text.text() == "请尽快"


def test_an_extension_is_decided_in_its_list(desk: Desk) -> None:
    case = taken_in(desk.station)
    desk.station.call(ask_extension, case.id, local_ms("2026-11-30 17:00"), "等省厅批复", as_actor=POLICY)
    page = open_page(desk, "extensions")
    page.pending.panel.form.outcome.set_value("approve")
    press(desk, page.pending.panel.send)
    assert desk.case(case.number).extension is None
    assert page.pending.stack.currentWidget() is page.pending.nothing


def test_a_second_return_is_decided_in_its_list(desk: Desk) -> None:
    case = taken_in(desk.station)
    reason = next(iter(desk.station.call(_reasons)))
    desk.station.call(return_case, case.id, reason, "不归本板块", as_actor=POLICY)
    desk.station.call(assign_boards, case.id, ("policy",), as_actor=CLERK)
    desk.station.call(return_case, case.id, reason, "仍不归本板块", as_actor=POLICY)
    page = open_page(desk, "returns")
    page.pending.panel.form.reason.set_text("由政策板块续办")
    press(desk, page.pending.panel.send)
    (share,) = desk.case(case.number).shares
    assert share.kept
    assert page.pending.stack.currentWidget() is page.pending.nothing


def _reasons(uow: Any, clock: Any, actor: Any) -> Any:
    from services.rulebook import return_reasons

    return return_reasons(uow)


def test_filters_narrow_list_and_counts(desk: Desk, clock: FixedClock) -> None:
    taken_in(desk.station)
    clock.set("2026-11-24 16:00")
    page = open_page(desk)
    assert "黄牌 1" in page.watch.summary.text()
    page.watch.board.set_value("finance")
    page.refresh()
    desk.settle()
    assert "黄牌 0" in page.watch.summary.text()
    assert page.watch.table.rows.rowCount() == 0


def test_who_is_no_supervisor_only_looks(desk: Desk) -> None:
    desk.station.actor = CLERK
    page = open_page(desk)
    assert page.bar.isVisible()
    assert not page.paper.record.isEnabled()


def test_both_pages_of_a_supervisor_are_in_the_rail(desk: Desk) -> None:
    specs = {spec.id: spec for spec in PAGES}
    assert {"supervision", "hall", "callbacks"} <= specs.keys()
    assert not specs["supervision"].is_for("clerk")
    assert specs["ratings"].is_for("clerk")
    page = open_page(desk)
    page.hall.click()
    assert desk.opened[-1] == ("hall", None)


def pooled(station: Station, text: str) -> Case:
    case = taken_in(station, text=text)
    station.call(flag_case, case.id, in_pool=True, as_actor=CLERK)
    return case


def test_similar_cases_are_gathered_and_answered_once(desk: Desk) -> None:
    first = pooled(desk.station, "园区夜间货车通行证办不下来，影响出货")
    second = pooled(desk.station, "货车夜间通行证办不下来，园区出货受影响")
    page = open_page(desk, "problems")
    board = page.problems
    assert board.table.rows.rowCount() == 2
    board.table.choose(first.id)
    board.title.set_text("夜间货车通行证")
    press(desk, board.begin)
    assert board.common.rows.rowCount() == 1
    assert board.members.rows.rowCount() == 1
    press(desk, board.similar)
    assert board.table.rows.rowCount() == 1
    board.table.choose(second.id)
    press(desk, board.join)
    assert board.members.rows.rowCount() == 2
    board.answer.set_text("下月起网上办，当天出证。")
    press(desk, board.send)
    assert "由各板块" in board.bar.text()
    desk.station.actor = POLICY
    page.refresh()
    desk.settle()
    press(desk, board.send)
    assert "已答复 2 件" in board.bar.text()
    assert all(share.answer for share in desk.case(second.number).shares)


def test_a_member_is_taken_out_by_two_presses(desk: Desk) -> None:
    case = pooled(desk.station, "园区夜间货车通行证办不下来")
    page = open_page(desk, "problems")
    board = page.problems
    board.table.choose(case.id)
    press(desk, board.begin)
    assert "标题" in board.bar.text()
    board.title.set_text("通行证")
    press(desk, board.begin)
    board.members.choose(case.id)
    board.reason.set_text("不是同一件事")
    press(desk, board.leave)
    assert board.members.rows.rowCount() == 1
    press(desk, board.leave)
    assert board.members.rows.rowCount() == 0
