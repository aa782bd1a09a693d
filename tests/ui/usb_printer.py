"""A USB socket of paper for pyusb: one device whose bulk endpoints lead to a thermal printer's firmware."""

from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

from tests.ui.thermal_printer import Firmware

VENDOR, PRODUCT = 0x04B8, 0x0E15
OUT, IN = 0x03, 0x84
PRINTER = 7


class UsbSocket(IBackend):
    """What pyusb asks of libusb. ``refusal`` is why it does not open, ``driver`` holds the interface, ``stuck`` takes
    nothing.
    """

    def __init__(self, firmware: Firmware, *, kind: int = PRINTER, driver: bool = True) -> None:
        self.firmware, self.kind, self.driver = firmware, kind, driver
        self.refusal: Exception | None = None
        self.stuck = False
        self.claimed: set[int] = set()
        self.opened = 0
        self._said = b""

    def enumerate_devices(self) -> Any:
        yield "printer"

    def get_device_descriptor(self, dev: Any) -> Any:
        names = "bLength bDescriptorType bcdUSB bDeviceClass bDeviceSubClass bDeviceProtocol bMaxPacketSize0"
        names += " bcdDevice iManufacturer iProduct iSerialNumber"
        zeros = dict.fromkeys(names.split(), 0)
        places = dict.fromkeys(("address", "bus", "port_number", "port_numbers", "speed"), None)
        return SimpleNamespace(**zeros, **places, idVendor=VENDOR, idProduct=PRODUCT, bNumConfigurations=1)

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config:
            raise IndexError
        zeros = dict.fromkeys(
            ("bLength", "bDescriptorType", "wTotalLength", "iConfiguration", "bMaxPower"), 0
        )
        return SimpleNamespace(
            **zeros, bNumInterfaces=1, bConfigurationValue=1, bmAttributes=0x80, extra_descriptors=[]
        )

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        zeros = dict.fromkeys(("bLength", "bDescriptorType", "bInterfaceSubClass", "bInterfaceProtocol"), 0)
        return SimpleNamespace(
            **zeros,
            iInterface=0,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=self.kind,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        zeros = dict.fromkeys(("bLength", "bDescriptorType", "bInterval", "bRefresh", "bSynchAddress"), 0)
        return SimpleNamespace(
            **zeros,
            bEndpointAddress=(OUT, IN)[ep],
            bmAttributes=2,
            wMaxPacketSize=64,
            extra_descriptors=[],
        )

    def open_device(self, dev: Any) -> Any:
        if self.refusal is not None:
            raise self.refusal
        self.opened += 1
        return "handle"

    def close_device(self, dev_handle: Any) -> None:
        self.opened -= 1

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def is_kernel_driver_active(self, dev_handle: Any, intf: int) -> bool:
        return self.driver

    def detach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self.driver = False

    def attach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self.driver = True

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        assert not self.driver
        self.claimed.add(intf)

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        self.claimed.discard(intf)

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, intf in self.claimed) == (OUT, True)
        if self.stuck:
            raise usb.core.USBTimeoutError("Operation timed out", -7, 110)
        # Fewer bytes than offered may be taken.
        taken = bytes(data)[:1000]
        self._said += self.firmware.feed(taken)
        return len(taken)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert ep == IN
        if not self._said:
            raise usb.core.USBTimeoutError("Operation timed out", -7, 110)
        buff[: len(self._said)] = type(buff)("B", self._said)
        said, self._said = len(self._said), b""
        return said
