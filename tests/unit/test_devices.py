"""Addresses of thermal printers, as people type them."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import AppError
from domain.printing.devices import FileDevice, TcpDevice, UsbDevice, device_of


@pytest.mark.parametrize(
    ("address", "device"),
    [
        ("usb:04b8:0e15", UsbDevice(0x04B8, 0x0E15)),
        (" USB:04B8:0E15 ", UsbDevice(0x04B8, 0x0E15)),
        ("usb：０４b8：0e15", UsbDevice(0x04B8, 0x0E15)),
        ("tcp:192.168.1.20:9100", TcpDevice("192.168.1.20", 9100)),
        ("tcp:192.168.1.20", TcpDevice("192.168.1.20", 9100)),
        ("tcp：192.168.1.20：9101", TcpDevice("192.168.1.20", 9101)),
        ("tcp:printer-1.hall.local", TcpDevice("printer-1.hall.local", 9100)),
        ("tcp:[fe80::1%eth0]:9100", TcpDevice("fe80::1%eth0", 9100)),
        ("file:/dev/usb/lp0", FileDevice("/dev/usb/lp0")),
        ("/dev/usb/lp0", FileDevice("/dev/usb/lp0")),
        ("file：/home/取号/票（一）.bin", FileDevice("/home/取号/票（一）.bin")),
        ("file:C:\\tickets\\out.bin", FileDevice("C:\\tickets\\out.bin")),
        ("C:\\tickets\\out.bin", FileDevice("C:\\tickets\\out.bin")),
        ("file:\\\\.\\LPT1", FileDevice("\\\\.\\LPT1")),
    ],
)
def test_an_address_names_a_device(address, device):
    assert device_of(address) == device


@pytest.mark.parametrize(
    "address",
    [
        *("", " ", "192.168.1.20", "printer", "http://192.168.1.20", "lp0", "file:", "file:lp0", "/"),
        *("usb:", "usb:04b8", "usb:04b8:0e15:1", "usb:4b8:e15", "usb:wxyz:0e15"),
        *("tcp:", "tcp::9100", "tcp:192.168.1.256", "tcp:192.168.1", "tcp:1.2.3.4:0", "tcp:1.2.3.4:65536"),
        *("tcp:fe80::1:9100", "tcp:a b:9100", "tcp:192.168.1.20:9100:1", "tcp:1.2.3.4:٩١"),
    ],
)
def test_what_names_no_device_is_refused(address):
    with pytest.raises(AppError) as error:
        device_of(address)
    assert error.value.code == "printing.device_invalid"


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["", "tcp:", "usb:", "file:", "file﹕", "tcp：["]), st.text(max_size=30))
def test_any_text_is_a_device_or_refused(scheme, text):
    with contextlib.suppress(AppError):
        assert device_of(scheme + text)
