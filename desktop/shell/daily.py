"""What the program sees to once a day while people work: the backup, the sweep of files. Quiet unless it fails."""

from typing import Any

from PySide6.QtCore import QObject, QTimer

from desktop.gateway import Gateway
from desktop.messages import sentence
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.widgets import Tone

FIRST_MS = 15_000
AGAIN_MS = 3_600_000


class Daily(QObject):
    """Looks a while after the pages are usable, and every hour, since a desk may run for days."""

    def __init__(self, gateway: Gateway, tasks: TaskRunner, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._gateway, self._tasks, self._notices = gateway, tasks, notices
        self._station: Any = None
        self._running = False
        self._said = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)

    def start(self, station: Any) -> None:
        """Look after ``station`` from now on."""
        self._station = station
        if not self._timer.isActive():
            self._timer.start(FIRST_MS)

    def stop(self) -> None:
        """The station is being closed."""
        self._station = None
        self._timer.stop()

    def look(self) -> None:
        """Do what is due."""
        if self._station is None or self._running:
            return
        self._running = True
        self._tasks.run(
            self._gateway.safety.daily,
            self._station,
            on_done=self._on_done,
            on_error=self._on_error,
            receiver=self,
        )

    def _on_done(self, _: Any) -> None:
        self._said = ""
        self._go_on()

    def _on_error(self, error: Any) -> None:
        text = f"今天的自动备份没有做成。{sentence(error)}"
        if text != self._said:
            self._said = text
            self._notices.say(text, Tone.WARN)
        self._go_on()

    def _go_on(self) -> None:
        self._running = False
        if self._station is not None:
            self._timer.start(AGAIN_MS)
