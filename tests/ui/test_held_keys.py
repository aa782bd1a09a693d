"""What is typed before the pages are there reaches the page it was meant for, and nothing else."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.gateway import StationFacts
from desktop.shell import held_keys
from desktop.shell.held_keys import HeldKeys
from desktop.shell.notices import Notices
from desktop.shell.opening_screen import OpeningScreen
from desktop.shell.page import PageContext, PageSpec, SettingsBox
from desktop.shell.rescue import RescueScreen
from desktop.shell.startup import Startup
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.theme.theme import Theme
from desktop.wizard.wizard import Wizard
from domain.errors import AppError
from tests.ui.conftest import CLERK, NOW, PaperGateway, PaperStation, PlainPage
from tests.ui.desk import SOUND

CTRL = Qt.KeyboardModifier.ControlModifier


class LinePage(PlainPage):
    """A page with one line to type in."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.line = QLineEdit(self)

    def on_shown(self) -> None:
        self.line.setFocus()


PAGES = [PageSpec("first", "工作台", "house", LinePage), PageSpec("second", "受理", "note-pencil", LinePage)]


class SlowGateway(PaperGateway):
    """Says what the station is only when it is told to."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.answer: Future[StationFacts] = Future()

    def facts(self, station: Any) -> "Future[StationFacts]":
        return self.answer


class Ahead:
    """The window at the moment when the store opens."""

    def __init__(self, window: MainWindow, startup: Startup, gateway: SlowGateway, qtbot: QtBot) -> None:
        self.window, self.startup, self.gateway, self.qtbot = window, startup, gateway, qtbot

    def screen(self) -> Any:
        return self.window.frame.screens.currentWidget()

    def begin(self) -> None:
        self.startup.begin()
        assert isinstance(self.window.focusWidget(), OpeningScreen)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.focusWidget(), text)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window.focusWidget(), key, held)

    def open(self, **facts: Any) -> Any:
        """Let the store be open; the page that is in front then."""
        self.gateway.answer.set_result(replace(self.gateway.facts_now, **facts))
        self.qtbot.waitUntil(lambda: not isinstance(self.screen(), OpeningScreen))
        return self.window.frame.pages.currentWidget()


@pytest.fixture
def ahead(
    qtbot: QtBot, tasks: TaskRunner, notices: Notices, theme: Theme, settings: SettingsBox, tmp_path: Path
) -> Iterator[Ahead]:
    gateway = SlowGateway(tmp_path / "home")
    window = MainWindow(tasks, notices, theme, lambda: NOW)
    startup = Startup(window, gateway, tasks, notices, settings, theme, PAGES)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield Ahead(window, startup, gateway, qtbot)
    startup.close()
    window.close()
    window.deleteLater()


def type_ahead(ahead: Ahead) -> tuple[str, str]:
    """Page and text after a page was asked for and a code typed while the store opened."""
    ahead.begin()
    ahead.press(Qt.Key.Key_2, CTRL)
    ahead.type(SOUND)
    ahead.press(Qt.Key.Key_Backspace)
    page = ahead.open()
    return ahead.window.frame.rail._group.checkedButton().text(), page.line.text()


def test_keys_reach_the_page_they_ask_for_in_order(ahead: Ahead) -> None:
    assert type_ahead(ahead) == ("受理", SOUND[:-1])


def test_without_holding_they_would_be_lost(ahead: Ahead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldKeys, "hold_key", lambda self, event: None)
    assert type_ahead(ahead) == ("工作台", "")


def test_enter_and_input_method_text_are_kept(ahead: Ahead) -> None:
    ahead.begin()
    chosen = QInputMethodEvent()
    chosen.setCommitString("云溪机械")
    QApplication.sendEvent(ahead.window.focusWidget(), chosen)
    ahead.press(Qt.Key.Key_Tab)
    ahead.type("x")
    page = ahead.open()
    assert (page.line.text(), page.line.hasFocus()) == ("云溪机械", False)


def test_keys_that_find_or_lock_wait_for_the_pages(ahead: Ahead) -> None:
    ahead.begin()
    ahead.press(Qt.Key.Key_K, CTRL)
    ahead.type("sl")
    page = ahead.open()
    assert ahead.window.palette_sheet.isVisible()
    assert page.line.text() == ""


def test_nothing_goes_on_beneath_a_lock(ahead: Ahead) -> None:
    ahead.begin()
    ahead.press(Qt.Key.Key_L, CTRL)
    ahead.type("secret")
    assert ahead.open().line.text() == ""
    assert ahead.window.lock_sheet.isVisible()
    ahead.window.lock_sheet.unlock()


def test_a_password_typed_ahead_reaches_the_sign_in_and_nothing_else(ahead: Ahead) -> None:
    ahead.begin()
    ahead.press(Qt.Key.Key_Return)
    ahead.type("open sesame")
    ahead.press(Qt.Key.Key_Return)
    ahead.type("open sesame")
    ahead.press(Qt.Key.Key_Return)
    ahead.open(staff=(CLERK,))
    ahead.qtbot.waitUntil(lambda: ahead.screen() is ahead.window.frame.pages)
    assert ahead.window.frame.header._person.text() == "林窗口 · 窗口"
    assert ahead.window.frame.pages.currentWidget().line.text() == ""


def test_a_wizard_takes_no_key_typed_before(ahead: Ahead) -> None:
    ahead.gateway.there = False
    ahead.begin()
    ahead.press(Qt.Key.Key_Return)
    ahead.qtbot.waitUntil(lambda: isinstance(ahead.screen(), Wizard))
    assert (ahead.screen().step(), ahead.gateway.made) == (0, [])


def test_a_failed_opening_takes_no_key_typed_before(ahead: Ahead, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(passphrase: str = "") -> PaperStation:
        raise AppError("storage.damaged")

    with monkeypatch.context() as broken:
        broken.setattr(ahead.gateway, "open", refuse)
        ahead.begin()
        ahead.type("abc")
        ahead.press(Qt.Key.Key_Return)
        ahead.qtbot.waitUntil(lambda: isinstance(ahead.screen(), RescueScreen))
    ahead.screen().retry.click()
    assert ahead.open().line.text() == ""


@pytest.mark.parametrize(("typed", "kept"), [("abc", "abc"), ("abcd", "")])
def test_too_much_is_not_cut_but_dropped(
    ahead: Ahead, monkeypatch: pytest.MonkeyPatch, typed: str, kept: str
) -> None:
    monkeypatch.setattr(held_keys, "MOST", 3)
    ahead.begin()
    ahead.type(typed)
    assert ahead.open().line.text() == kept


@pytest.mark.parametrize("by_gun", [True, False])
def test_a_code_is_taken_by_intake(
    qapp: QApplication, qtbot: QtBot, theme: Theme, station_home: Path, by_gun: bool
) -> None:
    """The whole desk: typed by hand into the field of intake, or by a gun that sends F12 first."""
    desk = Desk(qapp, station_home)
    try:
        with qtbot.waitActive(desk.window):
            desk.begin()
            desk.window.activateWindow()
        opening = desk.window.focusWidget()
        assert isinstance(opening, OpeningScreen)
        qtbot.keyClick(opening, Qt.Key.Key_2, CTRL)
        if by_gun:
            qtbot.keyClick(opening, Qt.Key.Key_F12)
        qtbot.keyClicks(opening, SOUND)
        qtbot.keyClick(opening, Qt.Key.Key_Return)
        pages = desk.window.frame.pages
        qtbot.waitUntil(lambda: desk.window.frame.screens.currentWidget() is pages)
        who: Any = pages.currentWidget().who
        qtbot.waitUntil(lambda: who.fields()["uscc"] == SOUND)
        qtbot.waitUntil(lambda: desk.tasks.is_idle)
        assert who.entry.text() == SOUND
    finally:
        desk.window.close()
        desk.end()
        desk.window.deleteLater()
