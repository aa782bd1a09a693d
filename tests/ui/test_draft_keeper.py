"""What is typed is kept at steady times, also while somebody types without a pause."""

from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.intake.drafts import PAUSE_MS, DraftKeeper


class _Tasks:
    def run(self, *_arguments: Any, **_keywords: Any) -> None:
        """Nothing is asked of a store here."""


class _Station:
    def submit(self, *_arguments: Any, **_keywords: Any) -> None:
        """Never reached: the tasks run nothing."""


def restarts_while_typing(keeper: DraftKeeper, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often ten keys in a row start the pause before a save."""
    starts: list[int] = []
    (pause,) = (timer for timer in keeper.findChildren(QTimer) if timer.interval() == PAUSE_MS)
    begin = pause.start

    def start() -> None:
        starts.append(1)
        begin()

    monkeypatch.setattr(pause, "start", start)
    for _ in range(10):
        keeper.soon()
    pause.stop()
    return len(starts)


@pytest.fixture
def keeper(qtbot: QtBot) -> Any:
    parent = QObject()
    yield DraftKeeper(_Station(), _Tasks(), dict, parent)  # type: ignore[arg-type]
    parent.deleteLater()


def test_typing_on_does_not_put_the_save_off(keeper: DraftKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    assert restarts_while_typing(keeper, monkeypatch) == 1


def test_a_pause_begun_anew_at_every_key_is_noticed(
    keeper: DraftKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DraftKeeper, "soon", lambda self: self._pause.start())
    assert restarts_while_typing(keeper, monkeypatch) > 1
