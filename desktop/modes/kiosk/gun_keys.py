"""What a gun types: on a ticket machine nobody else has a keyboard, so every key belongs to a code."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from domain.codes.profiles import MAX_TEXT_CHARS

PAUSE_MS = 200
"""A gun without a suffix ends by falling silent."""
SHORTEST = 4
"""Less is no code: somebody leant on a keyboard."""
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LINE_FEED = (Qt.Key.Key_J, Qt.Key.Key_M)


class GunKeys(QObject):
    """Gathers keys until Enter, a line feed or silence; ``scanned`` carries the text."""

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._end)

    def take(self, event: QKeyEvent) -> None:
        """One key."""
        fed = event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in _LINE_FEED
        if event.key() in _ENDS or fed:
            self._end()
        elif event.text().isprintable() and event.text() and len(self._text) <= MAX_TEXT_CHARS:
            self._text += event.text()
            self._pause.start()

    def _end(self) -> None:
        self._pause.stop()
        text, self._text = self._text, ""
        if len(text.strip()) >= SHORTEST:
            self.scanned.emit(text)
