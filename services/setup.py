"""Making a station: a stand-alone one, or the demonstration centre."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import resources
from db.store import keys
from domain.clock import Clock
from domain.errors import AppError
from services.clock import SystemClock
from services.documents import shipped
from services.station import STORE_NAME, InitResult, make_store, open_station

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


def init_demo_centre(
    home: Path, *, cases: bool = False, clock: Clock | None = None, ask: keys.Ask | None = None
) -> InitResult:
    """Make the demonstration centre with its codes and, with ``cases``, its made-up cases: the whole of it or nothing.

    Where it fails, ``home`` is as it was before. ``AppError`` as of ``init_station``.
    """
    before = set(home.iterdir()) if home.is_dir() else None
    made = init_station(home, demo=True, clock=clock, ask=ask)
    try:
        _fill(made, cases, clock, ask)
    except BaseException:
        remove_made(home, before)
        raise
    return made


def _fill(made: InitResult, cases: bool, clock: Clock | None, ask: keys.Ask | None) -> None:
    # A real station is made without what makes codes.
    from services.demo import fill_demo
    from services.demo_codes import fill_demo_codes
    from services.demo_queue import fill_demo_queue

    station = open_station(made.home, clock=clock, ask=ask)
    try:
        station.call(fill_demo_codes, made.home)
        if cases:
            station.call(fill_demo)
            station.call(fill_demo_queue)
    finally:
        station.close()


def remove_made(home: Path, before: set[Path] | None) -> None:
    """Take out what was not there ``before``; a store that a kill had left behind without a station goes, too."""
    for entry in list(home.iterdir()):
        if entry in (before or ()) and not entry.name.startswith(STORE_NAME):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    if before is None:
        home.rmdir()


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
            name = f"{board['name'].removesuffix('板块').removesuffix('服务')}{title}"
            staff.append({"id": board["code"] + suffix, "name": name, "role": role, "board": board["code"]})
    return staff
