"""The main job through the real window, offscreen, on a real store (acceptance.md, journeys 1 and 3)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from desktop.app import Desk
from desktop.intake.page import IntakePage
from desktop.theme.fonts import load_fonts
from domain.cases.model import Case, CaseState
from services.cases import show_case

SOUND = "91330100MA2H0KCB73"
NAME = "杭州蓝鲸智能装备有限公司"


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


class Window:
    """The desk as a person meets it."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot

    @property
    def station(self) -> Any:
        return self.desk.startup.station

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition)

    def begin_intake(self) -> IntakePage:
        """To the intake page."""
        self.desk.window.open_page("intake")
        page: IntakePage = self.page(IntakePage)
        self.until(lambda: page.keeper.form_id is not None)
        return page

    def page(self, kind: type) -> Any:
        stack = self.desk.window.frame.pages
        self.until(lambda: isinstance(stack.currentWidget(), kind))
        return stack.currentWidget()

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.desk.window, key, held)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def case(self, intake: IntakePage) -> Case:
        """The case that the page says it accepted, as the store has it."""
        return self.station.call(show_case, intake.result.number.text())


@pytest.fixture
def window(station_home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    load_fonts()
    desk = Desk(qapp, station_home)
    crashes: list[BaseException] = []
    desk.tasks.crashed.connect(crashes.append)
    ready: list[bool] = []
    desk.startup.ready.connect(lambda: ready.append(True))
    with qtbot.waitActive(desk.window):
        desk.begin()
        desk.window.activateWindow()
    qtbot.waitUntil(lambda: bool(ready))
    yield Window(desk, qtbot)
    qtbot.waitUntil(lambda: desk.tasks.is_idle)
    desk.window.close()
    desk.end()
    desk.window.deleteLater()
    assert crashes == []


def test_scan_to_slip(window: Window) -> None:
    """Journey 1: a scanned code, the matter, F9, a slip; then the case is found and shows its slip."""
    intake = window.begin_intake()
    window.until(lambda: QApplication.focusWidget() is intake.who.entry.editor)
    window.type(SOUND)
    window.press(Qt.Key.Key_Return)
    window.until(lambda: QApplication.focusWidget() is intake.who.name.editor)
    QApplication.focusWidget().insert(NAME)  # type: ignore[union-attr]
    intake.what.editor.setFocus()
    intake.what.editor.insertPlainText("租了厂房，想扩一条产线，环评手续怎么办")
    window.press(Qt.Key.Key_F9)
    window.until(lambda: intake.is_accepted)
    row = window.case(intake)
    slip = window.station.home / "papers" / f"{row.number}-case_slip-a5-1.pdf"
    window.until(slip.exists)
    window.until(lambda: window.desk.tasks.is_idle)
    window.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    window.type(row.number)
    window.press(Qt.Key.Key_Return)
    from desktop.cases.page import CasesPage

    cases = window.page(CasesPage)
    window.until(lambda: cases.case.number.text() == row.number)
    assert window.station.call(show_case, row.id).prints == {"case_slip": 1}
    assert row.applicant.uscc == SOUND


def test_package_to_three_boards(window: Window) -> None:
    """Journey 3 up to assignment: basic and value-added items of a package go to the boards that answer for them."""
    intake = window.begin_intake()
    intake.who.entry.editor.setText(NAME)
    intake.what.editor.setPlainText("招了一批新员工，录用手续一起办")
    window.until(lambda: "员工录用一类事" in [offer.code for offer in intake.offers.offers()])
    number = 7 + [o.code for o in intake.offers.offers() if o.group == "package"].index("员工录用一类事")
    intake.what.editor.setFocus()
    window.press(Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.AltModifier)
    assert intake.what.ticks.package == "员工录用一类事"
    for chip in intake.what.ticks.basic.chips()[4:]:
        chip.click()
    wanted = value_added_of_boards(intake)
    for chip in intake.what.ticks.value_added.chips():
        if chip.accessibleName() in wanted:
            chip.click()
    window.press(Qt.Key.Key_F9)
    window.until(lambda: intake.is_accepted)
    case = window.case(intake)
    assert case.state is CaseState.ASSIGNED
    assert len(case.package_items) == 4 + len(wanted)
    assert set(case.boards) == boards_of(intake, case.package_items)
    assert len(case.boards) >= 2
    window.until(lambda: bool(list((window.station.home / "papers").glob("*.pdf"))))


def value_added_of_boards(intake: IntakePage) -> set[str]:
    """Three value-added items, of as many boards as the package has."""
    entries = list(intake.live.book.packages["员工录用一类事"].value_added)
    by_board = {entry.board: entry.name for entry in entries}
    names = [*by_board.values(), *(entry.name for entry in entries)]
    return set(list(dict.fromkeys(names))[:3])


def boards_of(intake: IntakePage, ticks: tuple[str, ...]) -> set[str]:
    package = intake.live.book.packages["员工录用一类事"]
    answering = {e.board for e in (*package.basic, *package.value_added) if e.name in ticks}
    return answering | {package.boards[0]}


def test_a_killed_window_gives_back_what_was_typed(
    window: Window, qapp: QApplication, qtbot: QtBot, station_home: Path
) -> None:
    intake = window.begin_intake()
    intake.what.editor.setPlainText("写到一半")
    window.until(lambda: bool(intake.kept.text()))
    # Another window opens the same store without this one having been closed.
    second = Desk(qapp, station_home)
    second.begin()
    stack = second.window.frame.pages
    qtbot.waitUntil(lambda: stack.currentWidget() is not None)
    second.window.open_page("intake")
    qtbot.waitUntil(lambda: isinstance(stack.currentWidget(), IntakePage))
    again = stack.currentWidget()
    qtbot.waitUntil(lambda: again.what.editor.toPlainText() == "写到一半")
    qtbot.waitUntil(lambda: second.tasks.is_idle)
    second.window.close()
    second.end()
    second.window.deleteLater()
