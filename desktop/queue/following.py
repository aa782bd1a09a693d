"""Follows a hall that is decided elsewhere: a thread that waits for news, so that no screen asks in vain."""

import threading
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.queue.hall_line import HallLine


class Following(QObject):
    """``news`` when the hall is to be read anew, ``failed`` with what went wrong for good."""

    news = Signal()
    failed = Signal(object)

    def __init__(self, line: HallLine, parent: QObject) -> None:
        super().__init__(parent)
        self._line = line
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="hall-news", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self) -> None:
        """End it; whoever waits on the line is woken."""
        self._stopped = True
        self._line.close()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopped:
                if self._line.follow() and not self._stopped and isValid(self):
                    self.news.emit()
        except Exception as error:
            self._tell(error)

    def _tell(self, error: Any) -> None:
        # The store is closed before the thread has ended: that is the end, and no fault.
        if not self._stopped and isValid(self):
            self.failed.emit(error)
