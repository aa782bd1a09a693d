"""The ways to a thermal printer: network, device file, USB (``usb_line``). Every wait has an end.

Call off the main thread. Each raises ``printing.thermal_unreachable`` when it cannot be opened and
``printing.thermal_stalled`` when the printer takes nothing more.
"""

import errno
import os
import select
import socket
import stat
from contextlib import suppress
from time import monotonic
from typing import Protocol

from domain.errors import AppError
from domain.printing.devices import Device, FileDevice, TcpDevice, UsbDevice

CONNECT_S = 3.0
_READ_BYTES = 64


class Line(Protocol):
    """An open way to a printer."""

    @property
    def speaks(self) -> bool:
        """Whether the printer could answer here."""

    def write(self, data: bytes, within_s: float) -> None:
        """Hand ``data`` over, all of it in ``within_s``."""

    def read(self, wait_s: float) -> bytes:
        """What the printer says within ``wait_s``; empty when it says nothing.

        ``printing.thermal_stalled`` when it has hung up.
        """

    def close(self) -> None:
        """Let go; what was written stays written."""


def open_line(device: Device) -> Line:
    """Open the way to ``device``."""
    match device:
        case TcpDevice():
            return _TcpLine(device)
        case UsbDevice():
            # Needs libusb, which other ways do not.
            from desktop.printing.usb_line import UsbLine

            return UsbLine(device)
        case FileDevice():
            return _FileLine(device)


class _TcpLine:
    speaks = True

    def __init__(self, device: TcpDevice) -> None:
        self._name = f"{device.host}:{device.port}"
        try:
            self._socket = socket.create_connection((device.host, device.port), timeout=CONNECT_S)
        except (OSError, UnicodeError) as error:
            raise AppError("printing.thermal_unreachable", device=self._name) from error

    def write(self, data: bytes, within_s: float) -> None:
        self._socket.settimeout(within_s)
        try:
            # The time-out of ``sendall`` is for the whole, so a printer that takes a byte now and then ends, too.
            self._socket.sendall(data)
        except OSError as error:
            raise AppError("printing.thermal_stalled", device=self._name) from error

    def read(self, wait_s: float) -> bytes:
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            heard = self._socket.recv(_READ_BYTES)
        except TimeoutError:
            return b""
        except OSError as error:
            raise AppError("printing.thermal_stalled", device=self._name) from error
        if not heard:
            raise AppError("printing.thermal_stalled", device=self._name)
        return heard

    def close(self) -> None:
        # Closing over unread answers resets the connection, and the printer would forget what it has not printed.
        with suppress(OSError):
            self._socket.settimeout(0)
            self._socket.recv(4096)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()


class _FileLine:
    def __init__(self, device: FileDevice) -> None:
        self._name = device.path
        try:
            self._file = _opened(device.path)
        except (OSError, ValueError) as error:
            raise AppError("printing.thermal_unreachable", device=self._name) from error
        self.speaks = os.name != "nt" and stat.S_ISCHR(os.fstat(self._file).st_mode)

    def write(self, data: bytes, within_s: float) -> None:
        end, rest = monotonic() + within_s, memoryview(data)
        try:
            while rest:
                self._wait_for_room(end)
                rest = rest[self._written(rest) :]
        except OSError as error:
            # Linux' usblp answers so when the printer has run out of paper.
            out = error.errno == errno.ENOSPC and self.speaks
            code = "printing.paper_out" if out else "printing.thermal_stalled"
            raise AppError(code, device=self._name) from error

    def _wait_for_room(self, end: float) -> None:
        if os.name == "nt":
            return
        _, ready, _ = select.select([], [self._file], [], max(0.0, end - monotonic()))
        if not ready:
            raise TimeoutError

    def _written(self, rest: memoryview) -> int:
        with suppress(BlockingIOError):
            return os.write(self._file, rest)
        return 0

    def read(self, wait_s: float) -> bytes:
        with suppress(OSError):
            ready, _, _ = select.select([self._file], [], [], max(0.0, wait_s))
            return os.read(self._file, _READ_BYTES) if ready else b""
        return b""

    def close(self) -> None:
        os.close(self._file)


def _opened(path: str) -> int:
    """Open without waiting; a device that is not there is not made as a file."""
    usual = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    made = 0 if path.startswith(("/dev/", "\\\\")) else os.O_CREAT | os.O_APPEND
    if os.path.exists(path) and stat.S_ISCHR(os.stat(path).st_mode):
        with suppress(OSError):
            return os.open(path, os.O_RDWR | usual)
    return os.open(path, os.O_WRONLY | usual | made, 0o600)
