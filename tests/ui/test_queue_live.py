"""The supervisor's page over a real store: it follows the hall, rings once, and decides as somebody may."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QDate, Qt
from pytestqt.qtbot import QtBot

from desktop.gateway import StaffEntry, StationFacts, StationPlan
from desktop.pages import PAGES
from desktop.queue.board import QueueBoard
from desktop.queue.live.alarms import AlarmBell
from desktop.queue.live.bars import SHARE_ROLE
from desktop.queue.live.meant import Meant
from desktop.queue.live.page import HallPage
from desktop.shell.notices import Notices
from desktop.shell.page import PageContext
from desktop.shell.startup import _role_alone
from desktop.shell.tasks import TaskRunner
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from desktop.widgets import BADGE_ROLE
from domain.queue.desk import TicketOrder
from domain.queue.model import Ticket, TicketState, Visitor
from domain.staff import Actor, Role
from services.queue import hall, tickets, views
from services.queue.local_desk import LocalQueueDesk
from services.station import Station
from tests.fixed import FixedClock
from tests.ui.desk import Desk, make_desk

CLERK = Actor("clerk", Role.CLERK, "林晓")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")
WINDOWS_NUMBER, STATE, TIME = 3, 2, 5


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    station.actor = SUPERVISOR
    made = make_desk(station, tasks, notices, theme, qtbot)
    board = QueueBoard(lambda: LocalQueueDesk(station), tasks)
    made.context = replace(made.context, queue=board)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)
    board.stop()


def context_of(desk: Desk) -> PageContext:
    return desk.context


def open_page(desk: Desk) -> HallPage:
    page: HallPage = desk.show(HallPage(desk.context))
    page.on_shown()
    desk.settle()
    return page


def follow(desk: Desk) -> None:
    """What the window does when something was committed."""
    context_of(desk).queue.refresh()
    desk.settle()


def issue(station: Station, group: str = "A", name: str = "") -> Ticket:
    order = TicketOrder(group=group, visitor=Visitor("", name))
    return station.call(tickets.issue_ticket, order, as_actor=CLERK).ticket


def serving(station: Station, window: str = "1", group: str = "A") -> Ticket:
    issue(station, group)
    called = station.call(tickets.call_next, window, as_actor=CLERK)
    assert called is not None
    return station.call(tickets.serve_ticket, called.id, as_actor=CLERK)


def state_of(station: Station, ticket: Ticket) -> TicketState:
    return station.call(_ticket, ticket.id).state


def _ticket(uow: Any, clock: Any, actor: Any, key: str) -> Ticket:
    found: Ticket = uow.ticket(key)
    return found


def shown(table: Any, row: int, column: int, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
    return table.rows.index(row, column).data(role)


def test_windows_and_groups_follow_the_hall(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    served = serving(station, "2")
    issue(station, "B")
    follow(desk)
    assert shown(page.live.windows, 1, WINDOWS_NUMBER) == served.number
    assert shown(page.live.windows, 1, STATE, BADGE_ROLE)[0] == "info"
    assert shown(page.live.groups, 1, 2) == "1"
    assert served.number in page.live.calls.text()


def test_what_is_chosen_stays_while_the_hall_moves(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    page.live.windows.choose("4")
    serving(station, "1")
    follow(desk)
    assert page.live.windows.row().code == "4"


def test_times_run_without_anybody_doing_anything(desk: Desk, station: Station, clock: FixedClock) -> None:
    serving(station, "1")
    clock.move(hours=2)
    page = open_page(desk)
    before = shown(page.live.windows, 0, TIME)
    desk.until(lambda: shown(page.live.windows, 0, TIME) != before)
    assert 0.6 < shown(page.live.windows, 0, TIME, SHARE_ROLE) < 0.7
    page.hide()
    assert not page._second.isActive()


def test_a_stuck_service_is_ended_with_two_presses(desk: Desk, station: Station) -> None:
    stuck = serving(station, "3")
    page = open_page(desk)
    page.live.windows.choose("3")
    panel = page.live.window_panel
    panel.end.click()
    desk.settle()
    assert state_of(station, stuck) is TicketState.SERVING
    panel.end.click()
    desk.settle()
    assert state_of(station, stuck) is TicketState.FINISHED


def test_a_second_press_never_means_another_ticket(desk: Desk, station: Station) -> None:
    serving(station, "3")
    page = open_page(desk)
    page.live.windows.choose("3")
    page.live.window_panel.end.click()
    other = serving(station, "3")
    follow(desk)
    page.live.window_panel.end.click()
    desk.settle()
    assert state_of(station, other) is TicketState.SERVING


def test_a_service_is_handed_over_and_sent_on(desk: Desk, station: Station) -> None:
    stuck = serving(station, "3")
    station.call(hall.open_window, "5", as_actor=CLERK)
    page = open_page(desk)
    page.live.windows.choose("3")
    panel = page.live.window_panel
    assert panel.to_window.value() == "5"
    panel.hand_over.click()
    desk.settle()
    assert station.call(_ticket, stuck.id).window == "5"
    page.live.windows.choose("5")
    panel.to_group.set_value("B")
    panel.transfer.click()
    desk.settle()
    assert station.call(_ticket, stuck.id).group == "B"


def test_a_list_that_is_open_stays_as_it_is(desk: Desk, station: Station) -> None:
    serving(station, "1")
    page = open_page(desk)
    page.live.windows.choose("1")
    choice = page.live.window_panel.to_window.editor
    choice.showPopup()
    choice.view().setCurrentIndex(choice.model().index(4, 0))
    serving(station, "2")
    follow(desk)
    assert choice.view().currentIndex().row() == 4
    choice.hidePopup()
    follow(desk)
    assert choice.itemData(0) == "2"
    assert choice.itemText(0).endswith("（办理中）")


def test_a_refusal_is_a_sentence_and_changes_nothing(desk: Desk, station: Station) -> None:
    first = serving(station, "1")
    serving(station, "2")
    page = open_page(desk)
    page.live.windows.choose("1")
    page.live.window_panel.to_window.set_value("2")
    page.live.window_panel.hand_over.click()
    desk.settle()
    assert "2 号窗口正在办" in page.bar.text()
    assert station.call(_ticket, first.id).window == "1"


def line_of(desk: Desk, page: HallPage, group: str) -> Any:
    """By a click on the group."""
    table = page.live.groups
    place = table.visualRect(table.rows.index(table.rows.place_of(group) or 0, 0)).center()
    desk.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.settle()
    return page.live.line_panel


def test_somebody_who_waits_is_called_sent_or_let_go(desk: Desk, station: Station) -> None:
    first, second, third = (issue(station, "B") for _ in range(3))
    station.call(hall.open_window, "6", as_actor=CLERK)
    page = open_page(desk)
    panel = line_of(desk, page, "B")
    assert panel.table.rows.rowCount() == 3
    panel.table.choose(second.id)
    panel.call.click()
    desk.settle()
    assert station.call(_ticket, second.id).window == "6"
    panel.table.choose(third.id)
    panel.to_window.set_value("7")
    panel.send.click()
    desk.settle()
    assert station.call(_ticket, third.id).target == "7"
    panel.table.choose(first.id)
    panel.leave.click()
    panel.leave.click()
    desk.settle()
    assert state_of(station, first) is TicketState.LEFT


def test_who_stepped_up_in_the_line_is_not_called_for_another(desk: Desk, station: Station) -> None:
    first, second = (issue(station, "B") for _ in range(2))
    station.call(hall.open_window, "6", as_actor=CLERK)
    page = open_page(desk)
    panel = line_of(desk, page, "B")
    assert panel.table.row().id == first.id
    station.call(tickets.leave_ticket, first.id, as_actor=CLERK)
    follow(desk)
    panel.call.click()
    desk.settle()
    assert state_of(station, second) is TicketState.WAITING
    assert second.number in page.bar.text()
    panel.call.click()
    desk.settle()
    assert state_of(station, second) is TicketState.CALLED
    assert not page.bar.isVisible()


def test_who_comes_to_an_empty_line_is_called_at_once(desk: Desk, station: Station) -> None:
    station.call(hall.open_window, "6", as_actor=CLERK)
    page = open_page(desk)
    panel = line_of(desk, page, "B")
    issue(station, "B")
    follow(desk)
    panel.call.click()
    desk.settle()
    assert station.call(views.read_hall).window("6").ticket is not None


def test_who_took_another_s_place_at_a_window_is_not_handed_over(desk: Desk, station: Station) -> None:
    serving(station, "3")
    station.call(hall.open_window, "5", as_actor=CLERK)
    page = open_page(desk)
    page.live.windows.choose("3")
    other = serving(station, "3")
    follow(desk)
    panel = page.live.window_panel
    for button in (panel.hand_over, panel.transfer):
        station.call(tickets.finish_ticket, other.id, as_actor=CLERK)
        other = serving(station, "3", "B")
        follow(desk)
        button.click()
        desk.settle()
        assert station.call(_ticket, other.id).window == "3"
        assert other.number in page.bar.text()
    page.live.windows.choose("5")
    page.live.windows.choose("3")
    panel.hand_over.click()
    desk.settle()
    assert station.call(_ticket, other.id).window == "5"


def test_without_what_was_meant_another_would_be_called(
    desk: Desk, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Meant, "takes", lambda self, ticket: True)
    first, second = (issue(station, "B") for _ in range(2))
    station.call(hall.open_window, "6", as_actor=CLERK)
    page = open_page(desk)
    panel = line_of(desk, page, "B")
    station.call(tickets.leave_ticket, first.id, as_actor=CLERK)
    follow(desk)
    panel.call.click()
    desk.settle()
    assert state_of(station, second) is TicketState.CALLED


def test_a_group_is_paused_with_a_reason_and_resumed(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    panel = line_of(desk, page, "C")
    panel.pause.click()
    desk.settle()
    assert page.bar.text()
    desk.type(panel.reason.editor, "upkeep")
    desk.press(panel.reason.editor, Qt.Key.Key_Return)
    desk.settle()
    assert station.call(views.read_hall).groups[2].paused == "upkeep"
    assert not page.bar.isVisible()
    panel.pause.click()
    desk.settle()
    assert station.call(views.read_hall).groups[2].paused == ""


@pytest.mark.parametrize(("send_away", "waiting"), [(False, 1), (True, 0)])
def test_an_emergency_asks_twice(desk: Desk, station: Station, send_away: bool, waiting: int) -> None:
    issue(station)
    page = open_page(desk)
    panel = page.live.hall_panel
    page.live.show_panel("hall")
    panel.reason.set_text("消防演练")
    panel.line.set_value(send_away)
    panel.close_hall.click()
    desk.settle()
    assert station.call(views.read_hall).closed == ""
    panel.close_hall.click()
    desk.settle()
    view = station.call(views.read_hall)
    assert (view.closed, view.groups[0].waiting) == ("消防演练", waiting)
    assert panel.open_hall.isVisible()
    assert page.closed.isVisible()
    panel.open_hall.click()
    desk.settle()
    assert station.call(views.read_hall).closed == ""
    assert not page.closed.isVisible()


def test_a_notice_goes_to_the_displays(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    page.live.show_panel("hall")
    desk.type(page.live.hall_panel.notice.editor, "lift")
    desk.press(page.live.hall_panel.notice.editor, Qt.Key.Key_Return)
    desk.settle()
    assert station.call(views.read_hall).notice == "lift"


def test_a_notice_that_is_being_written_is_not_overwritten(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    page.live.hall_panel.notice.set_text("正在写")
    station.call(hall.set_notice, "别处写的", as_actor=SUPERVISOR)
    follow(desk)
    assert page.live.hall_panel.notice.text() == "正在写"


def test_the_day_is_ended_only_after_what_is_open_was_shown(desk: Desk, station: Station) -> None:
    serving(station)
    issue(station, "B")
    page = open_page(desk)
    panel = page.live.hall_panel
    page.live.show_panel("hall")
    assert not panel.end_day.isVisible()
    panel.look.click()
    desk.settle()
    assert "A001" in panel.open_list.text()
    assert "B001" in panel.open_list.text()
    panel.end_day.click()
    desk.settle()
    assert station.call(views.read_open_tickets)
    panel.end_day.click()
    desk.settle()
    assert station.call(views.read_open_tickets) == ()


def test_who_may_not_supervise_sees_and_decides_nothing(desk: Desk, station: Station) -> None:
    station.actor = CLERK
    serving(station, "3")
    page = open_page(desk)
    page.live.windows.choose("3")
    panel = page.live.window_panel
    assert not any(one.isEnabled() for one in (panel.end, panel.hand_over, panel.transfer))
    assert not page.live.hall_panel.close_hall.isEnabled()
    assert page.bar.isVisible()
    station.actor = SUPERVISOR
    page.on_shown()
    desk.settle()
    assert panel.end.isEnabled()
    assert not page.bar.isVisible()


def test_an_alarm_leads_to_its_place(desk: Desk, station: Station, clock: FixedClock) -> None:
    page = open_page(desk)
    waiting = issue(station, "D")
    clock.move(hours=1)
    follow(desk)
    table = page.live.alarms.table
    assert table.rows.rowCount() == 1
    table.setCurrentIndex(table.rows.index(0, 0))
    desk.press(table, Qt.Key.Key_Return)
    desk.settle()
    assert page.live.groups.row().code == "D"
    assert page.live.line_panel.table.rows.rowCount() == 1
    station.call(tickets.leave_ticket, waiting.id, as_actor=CLERK)
    follow(desk)
    assert page.live.alarms.nothing.isVisible()


def test_an_alarm_rings_once_where_somebody_works_elsewhere(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    issue(station, "D")
    follow(desk)
    assert desk.notices.all() == []
    page.hide()
    issue(station, "C")
    follow(desk)
    follow(desk)
    assert [one.text for one in desk.notices.all()] == ["无窗口办理：C 政策与金融，1 人在等"]


def test_without_its_memory_the_bell_rings_again(
    desk: Desk, station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = AlarmBell.hear

    def forget(bell: AlarmBell, alarms: Any, view: Any) -> None:
        bell._known = set()
        hear(bell, alarms, view)

    monkeypatch.setattr(AlarmBell, "hear", forget)
    rung: list[str] = []
    page = open_page(desk)
    page._bell.rung.connect(rung.append)
    issue(station, "D")
    follow(desk)
    follow(desk)
    assert len(rung) > 1


def test_enter_goes_on_to_the_decisions(desk: Desk, station: Station) -> None:
    page = open_page(desk)
    page.live.windows.choose("2")
    desk.press(page.live.windows, Qt.Key.Key_Return)
    focus = desk.focus()
    assert focus is not None
    assert page.live.panel.isAncestorOf(focus)


def test_the_figures_are_those_of_the_periods_and_go_to_a_file(
    desk: Desk, station: Station, clock: FixedClock, tmp_path: Path
) -> None:
    serving(station, "1")
    clock.move(hours=1)
    page = open_page(desk)
    page.open_item("figures")
    desk.settle()
    desk.settle()
    view = page.figures
    assert view.table.rows.rowCount() == 4
    view.export_to(tmp_path / "a.xlsx")
    desk.settle()
    cells = [[cell.value for cell in row] for row in load_workbook(tmp_path / "a.xlsx").active.rows]
    assert [row[:2] for row in cells[1:]] == [
        ["合计", "全部"],
        ["队列", "A 综合受理"],
        ["窗口", "1 号"],
        ["人员", "林晓"],
    ]
    view.before.click()
    desk.settle()
    assert view.table.rows.rowCount() == 1
    assert not view.export.isEnabled()
    assert view.day.date() == QDate(2026, 11, 17)


@pytest.mark.parametrize("made_here", [True, False])
def test_only_the_wizard_s_own_demonstration_gets_visitors(
    tmp_path: Path, tasks: TaskRunner, made_here: bool
) -> None:
    gateway = StationGateway(tmp_path / "home", tasks.in_background)
    gateway.make(StationPlan())
    station = gateway.open()
    filling = gateway if made_here else StationGateway(tmp_path / "home", tasks.in_background)
    assert filling.fill_demo(station).result() > 0
    assert bool(station.call(views.read_tickets)) is made_here
    station.close()


def test_a_clerk_has_no_such_page() -> None:
    spec = next(one for one in PAGES if one.id == "hall")
    assert [role for role in Role if spec.is_for(role)] == [Role.SUPERVISOR, Role.ADMIN]


ALONE = [
    ((), False, "supervisor"),
    (("clerk",), False, "supervisor"),
    (("clerk", "admin"), False, "clerk"),
    (("admin",), True, "supervisor"),
]


@pytest.mark.parametrize(("roles", "demo", "role"), ALONE)
def test_the_page_is_there_where_nobody_else_could_look(
    roles: tuple[str, ...], demo: bool, role: str
) -> None:
    staff = tuple(StaffEntry(one, one, one) for one in roles)
    assert _role_alone(StationFacts("站", "XX", demo, staff)) == role
