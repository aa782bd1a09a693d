"""Where a thermal printer is: the address of a device as people type it.

``usb:04b8:0e15`` (vendor and product, hexadecimal), ``tcp:192.168.1.20:9100`` (the port may be left out, an IPv6
address stands in brackets), ``file:/dev/usb/lp0`` or the bare path of a file.
"""

import re
import unicodedata
from dataclasses import dataclass

from domain.errors import AppError

RAW_PORT = 9100
"""Port of raw printing ("JetDirect"), which thermal printers with a network socket listen at."""
_USB = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_TCP = re.compile(
    r"(?:\[([0-9a-f:.]+(?:%[a-z0-9]+)?)\]|([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?))(?::([0-9]{1,5}))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[0-9.]+")
_PATH = re.compile(r"/[^\0]+|\\\\[^\0]+|[A-Za-z]:[\\/][^\0]+")


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A printer at a USB socket of this machine, by its vendor and product numbers."""

    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class TcpDevice:
    """A printer in the network, or behind a print server."""

    host: str
    port: int = RAW_PORT


@dataclass(frozen=True, slots=True)
class FileDevice:
    """A device file (or any file) that takes what is to be printed."""

    path: str


Device = UsbDevice | TcpDevice | FileDevice


def device_of(address: str) -> Device:
    """Return the device that ``address`` names. ``printing.device_invalid``."""
    typed = address.strip()
    scheme, rest = _parted(typed)
    match scheme:
        case "usb":
            found = _usb(unicodedata.normalize("NFKC", rest))
        case "tcp":
            found = _tcp(unicodedata.normalize("NFKC", rest))
        case "file":
            found = _file(rest)
        case _:
            found = _file(typed)
    if found is None:
        raise AppError("printing.device_invalid", device=typed[:80])
    return found


def _parted(typed: str) -> tuple[str, str]:
    """What stands before and behind the first colon, which an input method may have made a full-width one."""
    at = next((at for at, char in enumerate(typed) if unicodedata.normalize("NFKC", char) == ":"), 0)
    return unicodedata.normalize("NFKC", typed[:at]).strip().lower(), typed[at + 1 :].strip()


def _usb(text: str) -> Device | None:
    match = _USB.fullmatch(text)
    return UsbDevice(int(match[1], 16), int(match[2], 16)) if match else None


def _tcp(text: str) -> Device | None:
    match = _TCP.fullmatch(text)
    if match is None:
        return None
    host, port = match[1] or match[2], int(match[3] or RAW_PORT)
    if not 0 < port < 65536 or (_NUMBERS.fullmatch(host) and not _is_ipv4(host)):
        return None
    return TcpDevice(host, port)


def _is_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(part and int(part) < 256 for part in parts)


def _file(text: str) -> Device | None:
    return FileDevice(text) if _PATH.fullmatch(text) else None
