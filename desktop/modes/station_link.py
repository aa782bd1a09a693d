"""The station as a screen of its own process uses it: opened, followed, and opened again when it was not there."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.gateway import Gateway
from desktop.queue.board import QueueBoard
from desktop.shell.page import SettingsBox
from desktop.shell.tasks import TaskRunner
from domain.errors import AppError

POLL_MS = 500
AGAIN_MS = 5_000


class StationLink(QObject):
    """``opened`` when station and board are there, ``failed`` carries why not (it is tried again), ``lost`` when a
    restored or wiped store takes the place of the one that was open.
    """

    opened = Signal()
    failed = Signal(object)
    lost = Signal()
    _changed = Signal(object)

    def __init__(
        self, home: Path, gateway: Gateway, tasks: TaskRunner, settings: SettingsBox, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._home, self._gateway, self._tasks, self._settings = home, gateway, tasks, settings
        self.station: Any = None
        self.board: QueueBoard | None = None
        self._file: tuple[int, int] | None = None
        self._polling = False
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self.begin)
        self._changed.connect(self._on_changes)

    def begin(self) -> None:
        """Open the station; until that succeeds, try again."""
        self._tasks.run(
            self._tasks.in_background, self._open, on_done=self._on_opened, on_error=self._on_failed
        )

    def close(self) -> None:
        """Let go of the station, waiting for what was asked of it."""
        self._poll.stop()
        self._again.stop()
        if self.board is not None:
            self.board.stop()
            self.board = None
        if self.station is not None:
            self.station.close()
            self.station = None

    def _open(self) -> Any:
        if not self._gateway.exists():
            raise AppError("station.missing", home=str(self._home))
        return self._gateway.open()

    def _on_opened(self, station: Any) -> None:
        self.station = station
        self._file = self._store_file()
        station.add_listener(self._changed.emit)
        self.board = QueueBoard(lambda: self._gateway.queue_desk(station), self._tasks, self)
        self.board.start()
        self._poll.start()
        self.opened.emit()

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(error)
        self._again.start()

    def _on_changes(self, changes: Any) -> None:
        if self.board is not None:
            self.board.on_changes(changes)

    def _on_poll(self) -> None:
        self._settings.reload()
        if self._store_file() != self._file:
            self.lost.emit()
            self.close()
            self._again.start(0)
        elif not self._polling and self.station is not None:
            self._polling = True
            self._tasks.run(self.station.poll, on_done=self._on_polled, on_error=self._on_polled)

    def _on_polled(self, _: Any) -> None:
        self._polling = False

    def _store_file(self) -> tuple[int, int] | None:
        """What tells one store's file from another in its place."""
        from services.station import STORE_NAME

        try:
            told = (self._home / STORE_NAME).stat()
        except OSError:
            return None
        return told.st_dev, told.st_ino
