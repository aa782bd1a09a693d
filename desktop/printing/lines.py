"""The ways to a thermal printer: network, USB, device file. Every wait has an end; call off the main thread.

Each raises ``printing.thermal_unreachable`` when it cannot be opened and ``printing.thermal_stalled`` when the
printer takes nothing more.
"""

import errno
import os
import select
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from domain.errors import AppError
from domain.printing.devices import Device, FileDevice, TcpDevice, UsbDevice

CONNECT_S = 3.0
_READ_BYTES = 64
_USB_CHUNK = 4096
_PRINTER_CLASS = 7


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
            return _UsbLine(device)
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
    usual = (
        os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    )
    made = 0 if path.startswith(("/dev/", "\\\\")) else os.O_CREAT
    if os.path.exists(path) and stat.S_ISCHR(os.stat(path).st_mode):
        with suppress(OSError):
            return os.open(path, os.O_RDWR | usual)
    return os.open(path, os.O_WRONLY | usual | made, 0o600)


class _UsbLine:
    def __init__(self, device: UsbDevice) -> None:
        import usb.core

        self._name = f"usb:{device.vendor:04x}:{device.product:04x}"
        self._device: Any = None
        self._detached = False
        try:
            self._device = usb.core.find(
                idVendor=device.vendor, idProduct=device.product, backend=usb_backend()
            )
            taken = self._device is not None and self._claim()
        except (usb.core.USBError, usb.core.NoBackendError) as error:
            self.close()
            denied = getattr(error, "errno", None) == errno.EACCES
            code = "printing.usb_denied" if denied else "printing.thermal_unreachable"
            raise AppError(code, device=self._name) from error
        if not taken:
            self.close()
            raise AppError("printing.thermal_unreachable", device=self._name)

    def _claim(self) -> bool:
        """Take the printer's interface from the system; False when the device is no printer."""
        import usb.util

        interface = next(filter(_is_printer, self._device[0]), None)
        if interface is None:
            return False
        self._interface = interface.bInterfaceNumber
        self._detached = _detach(self._device, self._interface)
        usb.util.claim_interface(self._device, self._interface)
        self._out = _bulk(interface, usb.util.ENDPOINT_OUT)
        self._in = _bulk(interface, usb.util.ENDPOINT_IN)
        self.speaks = self._in is not None
        return self._out is not None

    def write(self, data: bytes, within_s: float) -> None:
        import usb.core

        end = monotonic() + within_s
        try:
            while data:
                left_ms = int((end - monotonic()) * 1000)
                if left_ms <= 0:
                    raise usb.core.USBTimeoutError("no more room")
                data = data[self._out.write(data[:_USB_CHUNK], left_ms) :]
        except usb.core.USBError as error:
            raise AppError("printing.thermal_stalled", device=self._name) from error

    def read(self, wait_s: float) -> bytes:
        import usb.core

        try:
            return bytes(self._in.read(_READ_BYTES, max(1, int(wait_s * 1000))))
        except usb.core.USBError:
            return b""

    def close(self) -> None:
        import usb.core
        import usb.util

        if self._device is None:
            return
        with suppress(usb.core.USBError):
            if self._detached:
                usb.util.release_interface(self._device, self._interface)
                self._device.attach_kernel_driver(self._interface)
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)


def usb_backend() -> Any:
    """The libusb that comes with the program."""
    import libusb_package

    return libusb_package.get_libusb1_backend()


def _is_printer(interface: Any) -> bool:
    return bool(interface.bInterfaceClass == _PRINTER_CLASS and interface.bAlternateSetting == 0)


def _detach(device: Any, interface: int) -> bool:
    """Whether the system's own printer driver had to let go; Windows knows no such thing."""
    with suppress(NotImplementedError):
        if device.is_kernel_driver_active(interface):
            device.detach_kernel_driver(interface)
            return True
    return False


def _bulk(interface: Any, direction: int) -> Any:
    import usb.util

    def fits(endpoint: Any) -> bool:
        address, kind = endpoint.bEndpointAddress, usb.util.endpoint_type(endpoint.bmAttributes)
        return bool(usb.util.endpoint_direction(address) == direction and kind == usb.util.ENDPOINT_TYPE_BULK)

    matches: Callable[[Any], bool] = fits
    return usb.util.find_descriptor(interface, custom_match=matches)
