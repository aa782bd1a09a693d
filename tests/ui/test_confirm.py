"""What cannot be taken back is asked about, and a double click is no answer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from pytestqt.qtbot import QtBot

from desktop.widgets.confirm import ConfirmButton


@pytest.fixture
def button(qtbot: QtBot) -> ConfirmButton:
    made = ConfirmButton("日结", "确认日结")
    qtbot.addWidget(made)
    made.show()
    return made


def double_click(qtbot: QtBot, button: ConfirmButton) -> list[bool]:
    confirmed: list[bool] = []
    button.confirmed.connect(lambda: confirmed.append(True))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    return confirmed


def test_two_presses_mean_it(qtbot: QtBot, button: ConfirmButton) -> None:
    with qtbot.waitSignal(button.confirmed):
        button.click()
        button.click()


def test_a_double_click_does_not(qtbot: QtBot, button: ConfirmButton) -> None:
    assert double_click(qtbot, button) == []


class Hasty(ConfirmButton):
    """Without the guard."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)


def test_without_that_it_would(qtbot: QtBot) -> None:
    hasty = Hasty("日结", "确认日结")
    qtbot.addWidget(hasty)
    hasty.show()
    assert double_click(qtbot, hasty) == [True]
