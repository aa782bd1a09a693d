"""Pages of the desk over a real store, driven as a person drives them."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, PageContext, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.cases.model import Case
from services.cases import list_cases, show_case
from services.station import Station
from tests.ui.conftest import PaperGateway

SOUND = "91330100MA2H0KCB73"
WRONG_CHECK = "91330100MA2H0KCB74"
LETTER_O = "9133O100MA2H0KCB73"


@dataclass
class Desk:
    """A page's surroundings, and what it asked of them."""

    station: Station
    tasks: TaskRunner
    notices: Notices
    context: PageContext
    qtbot: QtBot
    opened: list[tuple[str, Any]] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    pages: list[QWidget] = field(default_factory=list)

    def show(self, page: QWidget) -> Any:
        self.qtbot.addWidget(page)
        # Qt's parent keeps a part alive, but nothing keeps the page itself.
        self.pages.append(page)
        page.resize(1290, 724)
        with self.qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        self.settle()
        return page

    def settle(self) -> None:
        """Until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.tasks.is_idle)
        assert self.crashes == []

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition)
        assert self.crashes == []

    def press(self, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(widget, key, held)

    def type(self, widget: QWidget, text: str) -> None:
        self.qtbot.keyClicks(widget, text)

    def cases(self) -> list[Any]:
        return list(self.station.call(list_cases).rows)

    def case(self, key: str) -> Case:
        return self.station.call(show_case, key)

    def focus(self) -> QWidget | None:
        return QApplication.focusWidget()


def make_desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Desk:
    """A desk over ``station``; what a page opens elsewhere is noted."""
    settings = SettingsBox(station.home, Settings())
    gateway = PaperGateway(station.home)
    context = PageContext(station, tasks, notices, Navigator(), theme, settings, gateway)
    desk = Desk(station, tasks, notices, context, qtbot)
    context.navigator.requested.connect(lambda page, argument: desk.opened.append((page, argument)))
    tasks.crashed.connect(desk.crashes.append)
    return desk
