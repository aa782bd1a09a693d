"""The queue in the window: bar, keys, strip and page over a real store; cases begun from a ticket."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queue import lists
from desktop.queue.board import QueueBoard
from desktop.queue.page import QueuePage
from desktop.queue.strip import inside
from desktop.settings import Settings, save_settings
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.theme.tokens import TextSize
from domain.cases.intake import IntakeForm
from domain.queue.desk import GroupLine, HallView, TicketLine, TicketOrder, WindowLine
from domain.queue.model import Ticket, TicketState, Visitor
from domain.queue.statistics import QueueStatistics, figures
from services.cases import accept_case
from services.queue.local_desk import LocalQueueDesk
from services.scans import scan
from services.station import Station
from tests.ui.counter import Counter, counter_at
from tests.ui.desk import Desk, make_desk

SOUND = "91330100MA2H0KCB73"
NAME = "杭州蓝鲸智能装备有限公司"
LONG = "浙江省" + "杭州市钱塘区绿色低碳" * 5 + "有限公司"
PRESS_MS = 1_000


class Window:
    """The window of number 3 with a clerk at it who presses once a second."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.hall = LocalQueueDesk(counter.station)
        self.now = 0
        self.serving.ticks = lambda: self.now

    @property
    def queue(self) -> Any:
        return self.counter.desk.queue

    @property
    def serving(self) -> Any:
        return self.queue.serving

    @property
    def text(self) -> str:
        return self.serving.message.text if self.serving.message else ""

    def issue(self, count: int = 1, **order: Any) -> list[Ticket]:
        issued = [self.hall.issue(TicketOrder(**{"group": "A", **order})).ticket for _ in range(count)]
        self.settle()
        return issued

    def settle(self) -> None:
        self.counter.until(lambda: self.serving.view is not None and not self.serving.is_busy)
        self.counter.settle()

    def press(self, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
        self.now += PRESS_MS
        modifiers = Qt.KeyboardModifier.NoModifier
        for modifier in held:
            modifiers |= modifier
        self.counter.qtbot.keyClick(QApplication.focusWidget() or self.counter.desk.window, key, modifiers)
        self.settle()

    def ticket(self, issued: Ticket) -> TicketLine:
        return next(one for one in self.hall.tickets() if one.id == issued.id)

    def states(self, issued: list[Ticket]) -> list[str]:
        return [self.ticket(one).state.value for one in issued]


@pytest.fixture
def window(station_home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    save_settings(station_home, Settings(window="3"))
    with counter_at(station_home, qapp, qtbot) as counter:
        made = Window(counter)
        made.settle()
        yield made


def test_keys_act_while_somebody_types(window: Window) -> None:
    issued = window.issue(3)
    intake = window.counter.open("intake")
    intake.what.editor.setFocus()
    window.counter.type("ying")
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F5)
    assert window.ticket(issued[0]).recalls == 1
    window.press(Qt.Key.Key_F6)
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F2)
    assert window.states(issued) == ["missed", "serving", "waiting"]
    window.press(Qt.Key.Key_F7)
    assert issued[1].number in window.queue.bar.controls.groups.text()
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F8)
    assert window.states(issued) == ["missed", "held", "finished"]
    assert QApplication.focusWidget() is intake.what.editor
    assert intake.what.editor.toPlainText() == "ying"


def test_who_is_still_served_is_asked_about(window: Window) -> None:
    issued = window.issue(2)
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F2, Qt.Key.Key_F4):
        window.press(key)
    assert window.states(issued) == ["serving", "waiting"]
    assert issued[0].number in window.text
    assert QApplication.activeModalWidget() is None
    window.press(Qt.Key.Key_Escape)
    assert (window.text, window.serving.is_asking) == ("", False)
    for _ in range(2):
        window.press(Qt.Key.Key_F4)
    assert window.states(issued) == ["finished", "called"]


def test_another_press_takes_the_question_back(window: Window) -> None:
    issued = window.issue(2)
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F4):
        window.press(key)
    assert window.states(issued) == ["called", "waiting"]
    assert window.serving.is_asking


@pytest.mark.parametrize(("interval", "state"), [(400, "called"), (0, "serving")])
def test_a_double_click_is_one_effect(
    window: Window, monkeypatch: pytest.MonkeyPatch, interval: int, state: str
) -> None:
    """Without the interval, the second half of the double click meets a button that means something else by then."""
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: interval)
    issued = window.issue(1)
    big = window.queue.bar.controls.big
    for _ in range(2):
        QTest.mouseClick(big, Qt.MouseButton.LeftButton)
        window.settle()
        window.now += 100
    assert window.states(issued) == [state]


@pytest.mark.parametrize(("heard", "called"), [(False, 1), (True, 3)])
def test_presses_while_the_hall_answers_are_not_heard(
    window: Window, monkeypatch: pytest.MonkeyPatch, heard: bool, called: int
) -> None:
    """Were they heard, each would be about the hall as it was before the first."""
    issued = window.issue(3)
    if heard:
        monkeypatch.setattr(QueueBoard, "is_behind", False)
    for _ in range(3):
        window.now += PRESS_MS
        window.serving.press("next")
    window.counter.until(lambda: not window.serving._board.is_busy)
    window.settle()
    assert window.states(issued).count("waiting") == 3 - called


def test_a_held_key_presses_once(window: Window) -> None:
    assert [key.key().toString() for key in window.queue._keys if key.autoRepeat()] == []


def test_a_refusal_is_a_sentence_in_the_bar(window: Window) -> None:
    issued = window.issue(1)
    window.press(Qt.Key.Key_F4)
    for _ in range(4):
        window.press(Qt.Key.Key_F5)
    bar = window.queue.bar
    assert window.text == bar.controls.message.text()
    assert issued[0].number in window.text
    assert bar.middle.currentWidget() is bar.said
    assert QApplication.activeModalWidget() is None
    assert window.ticket(issued[0]).recalls == 3


def test_nobody_to_act_on_is_said(window: Window) -> None:
    window.press(Qt.Key.Key_F8)
    assert "F4" in window.text
    window.press(Qt.Key.Key_F4)
    assert window.text == "现在没有人等候。"


def test_keys_rest_while_something_covers_the_pages(window: Window) -> None:
    issued = window.issue(1)
    desk = window.counter.desk
    desk.window.lock(with_password=False)
    window.press(Qt.Key.Key_F4)
    desk.window.lock_sheet.unlock()
    window.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    window.press(Qt.Key.Key_F4)
    assert window.states(issued) == ["waiting"]
    window.press(Qt.Key.Key_Escape)
    window.press(Qt.Key.Key_F4)
    assert window.states(issued) == ["called"]


def test_several_cases_of_one_visit(window: Window) -> None:
    issued = window.issue(1, visitor=Visitor(SOUND, NAME))
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F3)
    intake = window.counter.front
    assert window.states(issued) == ["serving"]
    assert (intake.who.fields()["uscc"], intake.who.fields()["name"]) == (SOUND, NAME)
    accept_text(window, "补贴什么时候到账")
    window.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    window.counter.until(lambda: not intake.is_accepted)
    assert intake.who.fields()["uscc"] == SOUND
    accept_text(window, "还想问用电怎么扩容")
    window.press(Qt.Key.Key_F3)
    assert not intake.is_accepted
    accept_text(window, "第三件，按 F3 也是同一来访")
    intake.on_scan(window.counter.station.call(scan, SOUND))
    assert intake.who.visit.visit is not None
    assert len(window.ticket(issued[0]).cases) == 3
    window.counter.until(lambda: window.queue.bar._visit_cases.count() == 3)
    window.queue.bar._visit_cases.itemAt(2).widget().click()
    window.settle()
    assert window.counter.front.case.number.text() == intake.result.number.text()


def accept_text(window: Window, text: str) -> None:
    intake = window.counter.front
    window.counter.until(lambda: intake.keeper.form_id is not None)
    intake.what.editor.setFocus()
    intake.what.editor.insertPlainText(text)
    window.press(Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    window.counter.until(lambda: intake.is_accepted)
    window.settle()


def test_a_draft_keeps_its_visit(window: Window) -> None:
    issued = window.issue(1)
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F3)
    intake = window.counter.front
    intake.what.editor.insertPlainText("写到一半")
    window.counter.until(lambda: bool(intake.kept.text()))
    intake.next_visitor()
    assert intake.who.visit.visit is None
    window.counter.until(lambda: bool(intake.drafts._drafts))
    draft = intake.drafts._drafts[0][0]
    intake.restore(draft.id, draft.fields)
    assert intake.who.visit.visit.ticket == issued[0].id
    assert not intake.who.visit.isHidden()


def test_what_is_typed_for_nobody_yet_becomes_the_visitors(window: Window) -> None:
    window.issue(2)
    intake = window.counter.open("intake")
    intake.what.editor.insertPlainText("已经问了一句")
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F3)
    assert intake.what.editor.toPlainText() == "已经问了一句"
    for _ in range(2):
        window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F3)
    assert intake.what.editor.toPlainText() == ""


def test_the_queue_learns_who_came_during_intake(window: Window) -> None:
    window.counter.station.call(accept_case, IntakeForm(uscc=SOUND, name=NAME, text="补贴"))
    issued = window.issue(1)
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F3)
    window.counter.front.who.entry.editor.setText(SOUND)
    window.counter.until(lambda: window.ticket(issued[0]).uscc == SOUND)
    assert window.ticket(issued[0]).name == NAME
    assert window.ticket(issued[0]).cases == ()


def test_transfer_and_coming_back(window: Window) -> None:
    issued = window.issue(2)
    window.press(Qt.Key.Key_F4)
    window.serving.transfer("B")
    window.settle()
    assert (window.ticket(issued[0]).state, window.ticket(issued[0]).group) == (TicketState.TRANSFERRED, "B")
    window.press(Qt.Key.Key_F4)
    window.press(Qt.Key.Key_F6)
    window.serving.rejoin(window.ticket(issued[1]))
    window.settle()
    assert window.ticket(issued[1]).state is TicketState.WAITING


def test_pause_and_go_on(window: Window) -> None:
    window.serving.pause("午休")
    window.settle()
    controls = window.queue.bar.controls
    assert (controls.number.text(), controls.state.accessibleName()) == ("暂停", "午休")
    QTest.mouseClick(controls.big, Qt.MouseButton.LeftButton)
    window.settle()
    assert not window.serving.is_paused


def test_a_number_out_of_turn(window: Window) -> None:
    issued = window.issue(3)
    controls = window.queue.bar.controls
    before = QApplication.focusWidget()
    window.press(Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    window.counter.type(issued[2].number.lower())
    window.press(Qt.Key.Key_Return)
    assert window.states(issued) == ["waiting", "waiting", "called"]
    assert controls.entry.isHidden()
    window.press(Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    window.counter.type(issued[1].number)
    window.press(Qt.Key.Key_Return)
    assert window.serving.is_asking
    window.press(Qt.Key.Key_Escape)
    assert (controls.entry.isHidden(), window.serving.is_asking) == (True, False)
    assert QApplication.focusWidget() is before
    assert window.states(issued) == ["waiting", "waiting", "called"]


def test_the_bar_stays_low_and_fits_every_window(window: Window) -> None:
    window.issue(1, visitor=Visitor(name=LONG), priority="priority")
    window.press(Qt.Key.Key_F4)
    bar = window.queue.bar
    for width in (1366, 1024, 1920):
        window.counter.desk.window.resize(width, 768)
        QApplication.processEvents()
        assert bar.height() <= 56
        assert bar.open_row.layout().minimumSize().width() <= bar.width()
        assert window.counter.desk.window.width() == width
    assert LONG in bar.controls.name.toolTip()


def test_without_a_number_the_bar_leads_to_the_settings(window: Window) -> None:
    window.counter.desk.settings.change(window="")
    bar = window.queue.bar
    assert bar.open_row.isHidden()
    assert "窗口号" in bar.line.text()
    bar.link.click()
    window.counter.settle()
    assert type(window.counter.front).__name__ == "SettingsPage"
    window.counter.desk.settings.change(window="77")
    assert "77" in bar.line.text()


def test_the_folded_bar_still_hears_keys(window: Window) -> None:
    issued = window.issue(1)
    window.queue.bar.fold.click()
    assert window.queue.bar.open_row.isHidden()
    window.press(Qt.Key.Key_F4)
    assert window.states(issued) == ["called"]
    assert issued[0].number in window.queue.bar.line.text()
    assert window.counter.desk.settings.value.queue_folded


def test_the_strip_acts_and_remembers_its_place(window: Window) -> None:
    issued = window.issue(1)
    desk = window.counter.desk
    window.queue.bar.strip.click()
    strip = window.queue.strip
    assert strip.isVisible()
    assert strip.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    QTest.mouseClick(strip.controls.big, Qt.MouseButton.LeftButton)
    window.settle()
    assert window.states(issued) == ["called"]
    assert strip.controls.number.text() == issued[0].number
    start = strip.controls.number.geometry().center()
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    strip.move(-500, 9_000)
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=start)
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.contains(strip.frameGeometry())
    assert desk.settings.value.strip_place == f"{strip.x()},{strip.y()}"
    desk.window.lock(with_password=False)
    assert strip.isHidden()
    desk.window.lock_sheet.unlock()
    assert strip.isVisible()
    strip.shut.click()
    assert (strip.isHidden(), desk.settings.value.strip) == (True, False)


def test_a_place_off_the_screen_is_moved_in(qapp: QApplication) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert inside(QPoint(-10_000, 10_000), 100, 50) == QPoint(room.left(), room.bottom() - 49)


def test_a_number_taken_at_the_window_is_printed_and_found(window: Window) -> None:
    page = window.counter.open("queue")
    page.take.enterprise.set_text(SOUND)
    page.take.appointment.set_text("9:5x")
    page.take.take.click()
    assert page.take.appointment.error()
    page.take.appointment.set_text("23:30")
    page.take.take.click()
    window.counter.until(lambda: page.tables[lists.LINE].rows.rowCount() == 1)
    [row] = window.hall.tickets()
    assert (row.uscc, row.priority, row.appointment_at is not None) == (SOUND, "appointment", True)
    papers = window.counter.station.home / "papers"
    window.counter.until(lambda: any(papers.glob(f"{row.number}-*.pdf")))
    page.which.set_value(lists.ENDED)
    found = window.counter.station.call(scan, window.hall.issued(row.id).qr)
    assert page.on_scan(found)
    window.counter.until(lambda: page.which.value() == lists.LINE and page.table.row() is not None)
    assert page.table.row().id == row.id
    page.go.click()
    window.settle()
    assert window.ticket(window.hall.issued(row.id).ticket).state is TicketState.CALLED


VIEW = HallView(
    "2026-11-18",
    1_000_000_000,
    "Asia/Shanghai",
    "云溪",
    (GroupLine("A", "综合受理", 2_000, 0, 0, 1, 2_000),),
    (WindowLine("3", "", ("A",), open=True, since=0),),
    (),
)


class PaperHall:
    """A hall with 2,000 people waiting."""

    def __init__(self) -> None:
        self.people = tuple(
            TicketLine(
                f"id{n}", VIEW.day, f"A{n:04d}", "A", TicketState.WAITING, "normal", n, n, n, name=LONG
            )
            for n in range(2_000)
        )

    def view(self) -> HallView:
        return VIEW

    def line(self, group: str = "") -> tuple[TicketLine, ...]:
        return self.people

    def tickets(self, day: str = "") -> tuple[TicketLine, ...]:
        return self.people

    def statistics(self) -> QueueStatistics:
        return figures((), VIEW.day, VIEW.day)


@pytest.fixture
def paper_desk(
    station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot
) -> Iterator[tuple[Desk, PaperHall]]:
    hall = PaperHall()
    board = QueueBoard(lambda: hall, tasks)  # type: ignore[arg-type, return-value]
    desk = make_desk(station, tasks, notices, theme, qtbot)
    desk.context = replace(desk.context, queue=board)
    board.start()
    yield desk, hall
    board.stop()


def test_two_thousand_rows_are_not_all_looked_at(
    paper_desk: tuple[Desk, PaperHall], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, hall = paper_desk
    looked: set[int] = set()
    page = desk.show(QueuePage(desk.context))
    desk.until(lambda: page.table.rows.rowCount() == 2_000)
    assert page.count.text() == "2000 个号"
    model = page.table.rows
    data = type(model).data
    monkeypatch.setattr(
        type(model), "data", lambda self, index, role=0: looked.add(index.row()) or data(self, index, role)
    )
    page.table.choose("id1500")
    hall.people = tuple(replace(one, since=one.since + 1) for one in hall.people)
    page.refresh()
    desk.settle()
    page.table.viewport().grab()
    assert page.table.row().id == "id1500"
    assert len(looked) < 100
    page.search.setText("A1234")
    assert (page.table.rows.rowCount(), page.count.text()) == (1, "1 个号")
    page.search.setText("没有这一家")
    assert page.stack.currentWidget() is page.nothing[lists.LINE]


@pytest.mark.parametrize("size", list(TextSize))
@pytest.mark.parametrize("name", [name for name, _ in lists.LISTS])
def test_an_enterprise_can_be_told_in_every_list_and_text_size(
    window: Window, name: str, size: TextSize
) -> None:
    """On the smallest screen, where the lists are 890 pixels wide."""
    desk = window.counter.desk
    desk.settings.change(text_size=size)
    page = window.counter.open("queue")
    table = page.tables[name]
    page.stack.setCurrentWidget(table)
    table.resize(890, 500)
    table.fit()
    headers = [
        table.model().headerData(place, Qt.Orientation.Horizontal)
        for place in range(table.model().columnCount())
    ]
    em = table.fontMetrics().horizontalAdvance("国")
    assert table.columnWidth(headers.index("企业")) >= 7 * em
    assert table.horizontalHeader().length() <= 890


def test_a_list_of_groups_that_is_open_is_not_renewed_under_the_hand(window: Window) -> None:
    page = window.counter.open("queue")
    window.settle()
    choice = page.take.group.editor
    choice.showPopup()
    choice.view().setCurrentIndex(choice.model().index(2, 0))
    window.issue()
    window.counter.until(lambda: page.view.groups[0].waiting == 1)
    assert choice.view().currentIndex().row() == 2
    choice.hidePopup()
    window.issue()
    window.counter.until(lambda: choice.itemText(0).endswith("（等 2 人）"))
