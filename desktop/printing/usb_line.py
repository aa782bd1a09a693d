"""A thermal printer at a USB socket, by the libusb that comes with the program. Call off the main thread.

On Windows the device needs the WinUSB driver; one with a printer driver is the system's printer instead.
"""

import errno
from contextlib import suppress
from time import monotonic
from typing import Any

import libusb_package
import usb.core
import usb.util

from domain.errors import AppError
from domain.printing.devices import UsbDevice

_CHUNK = 4096
_READ_BYTES = 64
_PRINTER_CLASS = 7


class UsbLine:
    """An open way to a printer (``lines.Line``) at a USB socket."""

    def __init__(self, device: UsbDevice) -> None:
        self._name = f"usb:{device.vendor:04x}:{device.product:04x}"
        self._device: Any = None
        self._detached = False
        try:
            self._device = usb.core.find(
                idVendor=device.vendor, idProduct=device.product, backend=usb_backend()
            )
            taken = self._device is not None and self._claim()
        except (usb.core.USBError, usb.core.NoBackendError, NotImplementedError) as error:
            self.close()
            raise AppError(_code_of(error), device=self._name) from error
        if not taken:
            self.close()
            raise AppError("printing.thermal_unreachable", device=self._name)

    def _claim(self) -> bool:
        """Take the printer's interface from the system; False when the device is no printer."""
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
        end = monotonic() + within_s
        try:
            while data:
                left_ms = int((end - monotonic()) * 1000)
                if left_ms <= 0:
                    raise usb.core.USBTimeoutError("no more room")
                data = data[self._out.write(data[:_CHUNK], left_ms) :]
        except usb.core.USBError as error:
            raise AppError("printing.thermal_stalled", device=self._name) from error

    def read(self, wait_s: float) -> bytes:
        try:
            return bytes(self._in.read(_READ_BYTES, max(1, int(wait_s * 1000))))
        except usb.core.USBError:
            return b""

    def close(self) -> None:
        if self._device is None:
            return
        with suppress(usb.core.USBError):
            if self._detached:
                usb.util.release_interface(self._device, self._interface)
                self._device.attach_kernel_driver(self._interface)
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)


def usb_printers() -> tuple[tuple[str, str], ...]:
    """(address, name) of the printers at this machine's USB sockets; a name that may not be read is empty."""
    try:
        found = usb.core.find(find_all=True, backend=usb_backend(), custom_match=_has_printer)
        return tuple((f"usb:{one.idVendor:04x}:{one.idProduct:04x}", _name(one)) for one in found)
    except (usb.core.USBError, usb.core.NoBackendError):
        return ()


def usb_backend() -> Any:
    """The libusb that comes with the program."""
    return libusb_package.get_libusb1_backend()


def _code_of(error: Exception) -> str:
    """Why a device could not be opened. Windows' libusb supports none that a printer driver holds."""
    if isinstance(error, NotImplementedError):
        return "printing.usb_driver"
    denied = getattr(error, "errno", None) == errno.EACCES
    return "printing.usb_denied" if denied else "printing.thermal_unreachable"


def _has_printer(device: Any) -> bool:
    with suppress(usb.core.USBError, NotImplementedError):
        return any(map(_is_printer, device[0]))
    return False


def _name(device: Any) -> str:
    try:
        return str(device.product or "")
    except (usb.core.USBError, NotImplementedError, ValueError):
        return ""
    finally:
        usb.util.dispose_resources(device)


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
    def fits(endpoint: Any) -> bool:
        address, kind = endpoint.bEndpointAddress, usb.util.endpoint_type(endpoint.bmAttributes)
        return bool(usb.util.endpoint_direction(address) == direction and kind == usb.util.ENDPOINT_TYPE_BULK)

    return usb.util.find_descriptor(interface, custom_match=fits)
