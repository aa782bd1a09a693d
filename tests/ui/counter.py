"""The whole window with a clerk and scanners at it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.theme.fonts import load_fonts
from domain.codes.revocation import sign_revocation_list
from domain.codes.trust import sign_trust_list
from services.scans import Scan
from tests.code_minting import ISSUERS, REVOCATIONS, ROOT, public

TRUSTED = json.dumps(
    {
        "root": base64.b64encode(public(ROOT).raw).decode(),
        "trust_list": sign_trust_list(ISSUERS, ROOT),
        "revocation_list": sign_revocation_list(REVOCATIONS, ROOT),
    }
).encode()
"""A trust file for the tests' issuers."""


class Counter:
    """The window with a clerk at it."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot
        self.answers: list[Scan] = []
        desk.scanning.scanner.answered.connect(self.answers.append)

    @property
    def strip(self) -> Any:
        return self.desk.scanning.strip

    @property
    def station(self) -> Any:
        return self.desk.startup.station

    @property
    def front(self) -> Any:
        return self.desk.window.frame.pages.currentWidget()

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition)

    def open(self, page: str, argument: Any = None) -> Any:
        self.desk.window.open_page(page, argument)
        self.settle()
        return self.front

    def settle(self) -> None:
        self.until(lambda: self.desk.tasks.is_idle)

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.desk.window, key)

    def type(self, text: str) -> None:
        for character in text:
            focused = QApplication.focusWidget()
            assert focused is not None, (
                "nothing has the focus"
            )  # Qt ends the interpreter over a key for nobody
            self.qtbot.keyClicks(focused, character)

    def gun(self, text: str, *, ends: int = 1) -> None:
        """A keyboard gun set to send F12 first."""
        self.press(Qt.Key.Key_F12)
        self.type(text)
        for _ in range(ends):
            self.press(Qt.Key.Key_Return)

    def answered(self, count: int = 1) -> Scan:
        self.until(lambda: len(self.answers) >= count)
        self.settle()
        return self.answers[-1]

    def notices(self) -> str:
        return " ".join(notice.text for notice in self.desk.notices._list)


@contextmanager
def counter_at(home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Counter]:
    """The desk of the station in ``home``, open and idle."""
    load_fonts()
    desk = Desk(qapp, home)
    crashes: list[BaseException] = []
    ready: list[bool] = []
    desk.tasks.crashed.connect(crashes.append)
    desk.startup.ready.connect(lambda: ready.append(True))
    with qtbot.waitActive(desk.window):
        desk.begin()
        desk.window.activateWindow()
    qtbot.waitUntil(lambda: bool(ready))
    yield Counter(desk, qtbot)
    qtbot.waitUntil(lambda: desk.tasks.is_idle)
    desk.window.close()
    desk.end()
    desk.window.deleteLater()
    assert crashes == []
