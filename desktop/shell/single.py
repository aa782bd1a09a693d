"""One window per home and mode: a second start brings the first to the front."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE_MS = 500


WINDOW = "window"


def channel(home: Path, what: str = WINDOW) -> str:
    """The name under which the window of ``home`` listens; ``what`` tells its modes apart."""
    place = str(home.resolve()) if what == WINDOW else f"{home.resolve()}|{what}"
    return f"qifu-desk-{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def call_first(home: Path, what: str = WINDOW) -> bool:
    """Ask the window that has ``home`` open to come to the front; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(channel(home, what))
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    socket.write(b"front")
    socket.waitForBytesWritten(PATIENCE_MS)
    socket.disconnectFromServer()
    return True


class FirstWindow(QObject):
    """Listens for later starts; ``called`` when one asks for the window."""

    called = Signal()

    def __init__(self, home: Path, parent: QObject | None = None, what: str = WINDOW) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_called)
        name = channel(home, what)
        if not self._server.listen(name):
            # A window that was killed leaves its socket file behind; nobody answered on it.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_called(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
        self.called.emit()
