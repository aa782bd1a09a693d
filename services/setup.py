"""Making a station: a stand-alone one, or the demonstration centre."""

import json
import re
from pathlib import Path
from typing import Any

import resources
from db import keys
from domain.clock import Clock
from domain.errors import AppError
from services.clock import SystemClock
from services.documents import shipped
from services.station import InitResult, make_store

_LETTERS = re.compile(r"[A-Z]{2,4}")
MAX_NAME = 60


def init_station(
    home: Path,
    *,
    demo: bool = False,
    site_name: str | None = None,
    site_letters: str | None = None,
    clock: Clock | None = None,
    ask: keys.Ask | None = None,
) -> InitResult:
    """Make a station in ``home``. ``AppError``: ``station.*`` for bad input or where there is one already."""
    clock = clock or SystemClock()
    if demo:
        site, staff = demo_site(), demo_staff()
    else:
        site, staff = _own_site(site_name or "", site_letters or ""), []
    return make_store(home, site=site, staff=staff, clock=clock, ask=ask)


def _own_site(name: str, letters: str) -> dict[str, Any]:
    name, letters = " ".join(name.split()), letters.strip().upper()
    if not name:
        raise AppError("station.name_missing")
    if len(name) > MAX_NAME:
        raise AppError("station.name_too_long", count=len(name), limit=MAX_NAME)
    if not _LETTERS.fullmatch(letters):
        raise AppError("station.letters_invalid")
    return {"code": letters.lower(), "name": name, "letters": letters, "windows": 1}


def demo_site() -> dict[str, Any]:
    """The site document of the demonstration centre."""
    document: dict[str, Any] = json.loads(resources.path("demo/site.json").read_text("utf-8"))
    return document


def demo_staff() -> list[dict[str, Any]]:
    """Staff of the demonstration centre: clerk, supervisor, admin, and two for every board; no passwords."""
    document = json.loads(resources.path("demo/staff.json").read_text("utf-8"))
    staff: list[dict[str, Any]] = list(document["entries"])
    for board in shipped("boards")["entries"]:
        for role, suffix, title in (("specialist", "", "服务专员"), ("chief", "-chief", "首席服务专员")):
            name = f"{board['name'].removesuffix('板块')}{title}"
            staff.append({"id": board["code"] + suffix, "name": name, "role": role, "board": board["code"]})
    return staff
