"""督办提醒 while people work: what has fallen due is made every few minutes and told once to the one concerned."""

from collections import Counter
from typing import Any

from PySide6.QtCore import QObject, QTimer

from desktop.messages.supervision import LEVELS
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator
from desktop.shell.tasks import TaskRunner
from desktop.widgets import Tone

FIRST_MS = 15_000
AGAIN_MS = 300_000


class Reminding(QObject):
    """Looks a while after somebody has begun to work, and then every five minutes."""

    def __init__(self, tasks: TaskRunner, notices: Notices, navigator: Navigator, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._navigator = tasks, notices, navigator
        self._station: Any = None
        self._told: set[tuple[Any, ...]] = set()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)

    def start(self, station: Any) -> None:
        """Tell whoever is at the desk from now on; somebody new is told everything that is theirs."""
        self._station = station
        self._told = set()
        self._timer.start(FIRST_MS)

    def stop(self) -> None:
        """The station is being closed."""
        self._station = None
        self._timer.stop()

    def look(self) -> None:
        """Make what has fallen due and tell what is new."""
        from services.supervision.reminders import look_for_reminders

        if self._station is not None:
            run, submit = self._tasks.run, self._station.submit
            run(submit, look_for_reminders, on_done=self._on_found, on_error=self._go_on, receiver=self)

    def _on_found(self, found: Any) -> None:
        new = [one for one in found if _key(one) not in self._told]
        self._told = {_key(one) for one in found}
        if new:
            tone = Tone.WARN if any(one.level in ("yellow", "red", "sensitive") for one in new) else Tone.INFO
            self._notices.say(summary(new), tone, action="查看", act=lambda: self._navigator.open("today"))
        self._go_on()

    def _go_on(self, _: Any = None) -> None:
        if self._station is not None:
            self._timer.start(AGAIN_MS)


def summary(found: Any) -> str:
    """``督办提醒：1 件红牌，2 件预警``, the most urgent first."""
    counts = Counter(one.level.value for one in found)
    return "督办提醒：" + "，".join(
        f"{counts[level]} 件{name}" for level, name in LEVELS.items() if counts[level]
    )


def _key(one: Any) -> tuple[Any, ...]:
    return one.case_id, one.level, one.of_at
