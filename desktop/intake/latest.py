"""A question asked again while somebody types: only the answer to the latest is heard."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.shell.tasks import Task, TaskRunner

Ask = Callable[[], "Future[Any] | None"]


class Latest(QObject):
    """``ask`` gives a future, or None when there is nothing to ask. ``answered`` carries its result."""

    answered = Signal(object)
    refused = Signal(object)

    def __init__(self, tasks: TaskRunner, ask: Ask, pause_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._ask = ask
        self._task: Task | None = None
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self.now)

    def soon(self) -> None:
        """Ask after a pause in the typing; what was asked before is not heard any more."""
        self.forget()
        self._pause.start()

    def now(self) -> None:
        """Ask at once."""
        self.forget()
        future = self._ask()
        if future is None:
            return
        self._task = self._tasks.run(
            lambda: future, on_done=self._on_done, on_error=self._on_error, receiver=self
        )

    def forget(self) -> None:
        """Hear nothing of what is under way."""
        self._pause.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_done(self, answer: Any) -> None:
        self._task = None
        self.answered.emit(answer)

    def _on_error(self, error: Any) -> None:
        self._task = None
        self.refused.emit(error)
