"""No page flashes up a window of its own while it is made: that takes the focus from whoever is typing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.pages import PAGES
from desktop.sync.sections import SECTIONS
from services.setup import init_station
from tests.ui.counter import Counter, counter_at


class Watch(QObject):
    """Notes each widget that is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(target, QWidget) and target.isWindow():
            self.seen.append(repr(target))
        return False


def _open_all(counter: Counter, qapp: QApplication) -> list[str]:
    watch = Watch()
    qapp.installEventFilter(watch)
    try:
        for spec in PAGES:
            counter.open(spec.id)
        for section, _ in SECTIONS:
            counter.open("sync", section)
    finally:
        qapp.removeEventFilter(watch)
    return watch.seen


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_station(tmp_path / "home", demo=True)
    return tmp_path / "home"


def test_pages_are_made_without_a_window_of_their_own(home: Path, qapp: QApplication, qtbot: QtBot) -> None:
    with counter_at(home, qapp, qtbot) as counter:
        assert _open_all(counter, qapp) == []


def test_a_part_shown_before_it_has_its_place_is_found(qapp: QApplication) -> None:
    watch = Watch()
    qapp.installEventFilter(watch)
    part = QPushButton()
    part.setVisible(True)
    qapp.removeEventFilter(watch)
    part.close()
    part.deleteLater()
    assert len(watch.seen) == 1
