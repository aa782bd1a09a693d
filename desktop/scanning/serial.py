"""串口扫码枪: a gun in serial (USB-COM) mode, wherever the focus is. Lost and found again by itself."""

from PySide6.QtCore import QIODeviceBase, QObject, QTimer, Signal
from PySide6.QtSerialPort import QSerialPort, QSerialPortInfo

from desktop.scanning.lines import LineReader

AGAIN_MS = 2_000
PAUSE_MS = 120
"""A gun sends one code in a few milliseconds; a longer silence ends a text that has no end of its own."""
BAUDS = (9600, 19200, 38400, 57600, 115200)


def serial_ports() -> list[tuple[str, str]]:
    """(port, description) of what is plugged in."""
    return [
        (port.systemLocation(), port.description() or port.portName())
        for port in QSerialPortInfo.availablePorts()
    ]


class SerialGun(QObject):
    """Reads from one port. ``connected`` tells True or False when that changes."""

    scanned = Signal(str)
    connected = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = QSerialPort(self)
        self._port.readyRead.connect(self._on_bytes)
        self._port.errorOccurred.connect(self._on_error)
        self._lines = LineReader()
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._open)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)

    @property
    def is_connected(self) -> bool:
        """Whether the port is open."""
        return self._port.isOpen()

    def use(self, port: str, baud: int) -> None:
        """Read from ``port`` from now on; an empty name reads from none."""
        if (port, baud) == (self._port.portName(), self._port.baudRate()) and (
            self.is_connected or self._again.isActive()
        ):
            return
        self.stop()
        if port:
            self._port.setPortName(port)
            self._port.setBaudRate(baud)
            self._open()

    def stop(self) -> None:
        """Let go of the port."""
        self._again.stop()
        self._pause.stop()
        self._close()

    def _open(self) -> None:
        if self._port.open(QIODeviceBase.OpenModeFlag.ReadOnly):
            self._again.stop()
            self._port.clear()
            self.connected.emit(True)
        elif not self._again.isActive():
            self._again.start()

    def _close(self) -> None:
        if self._port.isOpen():
            self._port.close()
            self.connected.emit(False)

    def _on_error(self, error: QSerialPort.SerialPortError) -> None:
        lost = (QSerialPort.SerialPortError.ResourceError, QSerialPort.SerialPortError.ReadError)
        if error in lost and self._port.isOpen():
            self._close()
            self._again.start()

    def _on_bytes(self) -> None:
        data = bytes(self._port.readAll().data())
        for text in self._lines.feed(data):
            self.scanned.emit(text)
        self._pause.start()

    def _on_pause(self) -> None:
        for text in self._lines.flush():
            self.scanned.emit(text)
