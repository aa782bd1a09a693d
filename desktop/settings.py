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
VERSION = 3
PAPERS = ("a5", "a4", "80mm", "58mm")


@dataclass(frozen=True, slots=True)
class Settings:
    """本机设置. ``idle_minutes`` 0 never locks; ``printers`` names a printer per paper, absent = keep as PDF.

    ``scanner_port`` is the serial gun's, empty without one; at ``registry_address`` identifiers
    are verified online, empty asks nobody.
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
        slip_paper=document["slip_paper"] if document["slip_paper"] in PAPERS else "a5",
        scanner_port=str(document["scanner_port"]),
        scanner_baud=int(document["scanner_baud"]),
        registry_address=str(document["registry_address"]),
    )


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


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}
