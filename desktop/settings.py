"""What this machine remembers about its desk: looks, printers, window. No personal data, nothing of the business.

Kept in ``settings.json`` in the home. A file of an older version is upgraded step by step; one that cannot be read
is set aside as ``settings.broken.json``, never overwritten, and the defaults are used.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop.theme.tokens import Scheme, TextSize

FILE_NAME = "settings.json"
VERSION = 6
PAPERS = ("a5", "a4", "80mm", "58mm")
STRIPS = ("80mm", "58mm")
VOICE_PLACES = ("display", "window", "off")
VOICE_SOURCES = ("auto", "clips", "system")


@dataclass(frozen=True, slots=True)
class Settings:
    """本机设置. ``idle_minutes`` 0 never locks; ``printers`` names a printer per paper, absent = keep as PDF.

    ``scanner_port`` is the serial gun's, empty without one; at ``registry_address`` identifiers
    are verified online, empty asks nobody.

    Queue: tickets go to ``ticket_device`` (``usb:04b8:0e15``, ``tcp:192.168.1.20:9100``, ``file:/dev/usb/lp0``),
    or, where that is empty, to the system's printer of ``ticket_paper``. Calls are spoken by the hall display, by
    the window, or not at all (``voice_place``); ``voice_volume`` is 0–100, ``voice_rate`` a percentage of the usual
    speed, ``voice_quiet`` spans of silence such as ``12:00-13:30``. ``kiosk_pin`` is an Argon2id hash of the PIN
    that leaves the ticket machine, empty while none was chosen. ``display_groups`` are the groups that this machine's
    display shows, empty for all; ``strip`` keeps the small queue bar over other programs, ``strip_place`` is where it
    was left (``x,y``), and ``queue_folded`` keeps the bar of the window itself down to one line.

    After ``sync_warn_days`` without a word from the node above people are warned.
    """

    scheme: Scheme = Scheme.LIGHT
    text_size: TextSize = TextSize.NORMAL
    idle_minutes: int = 10
    window: str = ""
    printers: dict[str, str] = field(default_factory=dict)
    slip_paper: str = "a5"
    scanner_port: str = ""
    scanner_baud: int = 9600
    registry_address: str = ""
    ticket_paper: str = "80mm"
    ticket_device: str = ""
    voice_place: str = "display"
    voice_source: str = "auto"
    voice_volume: int = 80
    voice_rate: int = 100
    voice_quiet: str = ""
    kiosk_pin: str = ""
    display_groups: str = ""
    strip: bool = False
    strip_place: str = ""
    queue_folded: bool = False
    sync_warn_days: int = 3
    version: int = VERSION

    def changed(self, **values: Any) -> "Settings":
        """A copy with ``values``."""
        return replace(self, **values)


def load_settings(home: Path) -> Settings:
    """Read the settings of ``home``; defaults when there are none or the file is broken."""
    file = home / FILE_NAME
    try:
        return settings_from(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Settings()
    except (ValueError, TypeError, KeyError, AttributeError):
        file.replace(home / "settings.broken.json")
        return Settings()


def save_settings(home: Path, settings: Settings) -> None:
    """Write the settings so that a power cut leaves the old file or the new one."""
    home.mkdir(parents=True, exist_ok=True)
    target = home / FILE_NAME
    draft = home / f"{FILE_NAME}.{os.getpid()}.new"
    with draft.open("w", encoding="utf-8") as stream:
        json.dump(asdict(settings), stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(target)


def settings_from(document: dict[str, Any]) -> Settings:
    """Upgrade ``document`` to the present version and type it. Keys of a newer version are left out."""
    version = int(document["version"])
    for step in range(version, VERSION):
        document = UPGRADES[step](dict(document))
    return Settings(
        scheme=Scheme(document["scheme"]),
        text_size=TextSize(document["text_size"]),
        idle_minutes=max(0, int(document["idle_minutes"])),
        window=str(document["window"]),
        printers={str(paper): str(name) for paper, name in document["printers"].items() if paper in PAPERS},
        slip_paper=_one_of(PAPERS, document["slip_paper"], "a5"),
        scanner_port=str(document["scanner_port"]),
        scanner_baud=int(document["scanner_baud"]),
        registry_address=str(document["registry_address"]),
        ticket_paper=_one_of(STRIPS, document["ticket_paper"], "80mm"),
        ticket_device=str(document["ticket_device"]),
        voice_place=_one_of(VOICE_PLACES, document["voice_place"], "display"),
        voice_source=_one_of(VOICE_SOURCES, document["voice_source"], "auto"),
        voice_volume=min(100, max(0, int(document["voice_volume"]))),
        voice_rate=min(200, max(50, int(document["voice_rate"]))),
        voice_quiet=str(document["voice_quiet"]),
        kiosk_pin=str(document["kiosk_pin"]),
        display_groups=str(document["display_groups"]),
        strip=bool(document["strip"]),
        strip_place=str(document["strip_place"]),
        queue_folded=bool(document["queue_folded"]),
        sync_warn_days=min(30, max(1, int(document["sync_warn_days"]))),
    )


def _one_of(known: tuple[str, ...], value: Any, otherwise: str) -> str:
    return value if value in known else otherwise


def _from_1(document: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one printer for all paper and did not know the paper of the slip."""
    name = document.pop("printer", "")
    return document | {
        "printers": dict.fromkeys(PAPERS, name) if name else {},
        "slip_paper": "a5",
        "version": 2,
    }


def _from_2(document: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knew no serial gun and asked no registry."""
    return document | {"scanner_port": "", "scanner_baud": 9600, "registry_address": "", "version": 3}


def _from_3(document: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knew no queue: no tickets, no voice, no ticket machine, no display."""
    queue = {
        "ticket_paper": "80mm",
        "ticket_device": "",
        "voice_place": "display",
        "voice_source": "auto",
        "voice_volume": 80,
        "voice_rate": 100,
        "voice_quiet": "",
        "kiosk_pin": "",
        "display_groups": "",
        "strip": False,
    }
    return document | queue | {"version": 4}


def _from_4(document: dict[str, Any]) -> dict[str, Any]:
    """Version 4 did not remember where the small queue bar was left, nor that the large one was folded."""
    return document | {"strip_place": "", "queue_folded": False, "version": 5}


def _from_5(document: dict[str, Any]) -> dict[str, Any]:
    """Version 5 knew no node above."""
    return document | {"sync_warn_days": 3, "version": 6}


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _from_1,
    2: _from_2,
    3: _from_3,
    4: _from_4,
    5: _from_5,
}
