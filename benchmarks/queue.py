"""The queue: a call alone and with eight windows at once, what a display reads, and a whole day of 2,000 visitors."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.big_store import SEED
from benchmarks.measuring import Measured, Settings, in_turn, percentile, timed
from benchmarks.store_work import bare_commit
from db.schema import ticket_call, ticket_period, ticket_row
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.queue.desk import TicketOrder
from domain.staff import Actor
from services.queue import tickets, views
from services.setup import init_station
from services.station import Station, open_station

OLD_TICKETS = 500_000
DAY = 2_000
IN_LINE = 200
WINDOWS = 8
ROOT = Path(__file__).resolve().parent.parent
PRESSES = "benchmarks.drivers.presses"
HUB, HUB_PRESSES = "benchmarks.drivers.hub", "benchmarks.drivers.hub_presses"
HOUR_MS = 3_600_000


class DayClock:
    """A Wednesday at 10:00 at the site that moves on by what it is told."""

    def __init__(self) -> None:
        self.at_ms = 1_794_967_200_000

    def now_ms(self) -> int:
        """The moment."""
        return self.at_ms


def queue(settings: Settings) -> list[Measured]:
    """Calls, displays and a day, in a store that holds 500,000 tickets of earlier days."""
    home = _home(settings)
    presses = settings.rounds(50)
    with _opened(home) as station, bare_commit(home) as commit:
        _arrive(station, IN_LINE)
        alone, floor = in_turn(settings.rounds(IN_LINE - 1), _caller(station), commit)
        visitors = settings.rounds(DAY)
        steps = _day(station, visitors)
        _arrive(station, presses * WINDOWS)
        together = _together(home, presses)
        _arrive(station, DAY)
        shown = [timed(lambda: station.call(views.read_hall)) for _ in range(settings.rounds(100))]
    bare = "one bare encrypted FULL commit"
    return [
        Measured(f"next, {IN_LINE} in line", alone, bare, floor, bar_ms=10),
        *(Measured(f"{name}, in a day of {visitors:,}", steps[name], bare, floor) for name in steps),
        Measured(_at_once(together), together, bare, floor, p95_bar_ms=500),
        Measured(f"what a display reads, {DAY:,} of the day waiting", shown, p95_bar_ms=100),
    ]


def hub(settings: Settings) -> list[Measured]:
    """Calls through a hub: eight windows at once, a process each; each reads the hall after its press."""
    home, presses = _home(settings), settings.rounds(50)
    with _opened(home) as station:
        _arrive(station, (presses + 5) * (WINDOWS + 1))
        floor = [timed(lambda: station.call(tickets.call_next, "1")) for _ in range(20)]
    serving = subprocess.Popen(
        [sys.executable, "-m", HUB, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert serving.stdout is not None
    url = serving.stdout.readline().decode().strip()
    try:
        one = _pressed([HUB_PRESSES, url, str(presses)], windows=1)
        all_of_them = _pressed([HUB_PRESSES, url, str(presses)], windows=WINDOWS)
    finally:
        serving.communicate(timeout=60)
    bare = "next in the store alone"
    at_once = f"next through the hub, {WINDOWS} windows at once (p99 {percentile(all_of_them, 99):.0f} ms)"
    return [
        Measured("next through the hub, one window", one, bare, floor),
        Measured(at_once, all_of_them, bare, floor, p99_bar_ms=50),
    ]


def _at_once(taken: list[float]) -> str:
    return f"next, {WINDOWS} windows at once, a process each (p99 {percentile(taken, 99):.0f} ms)"


def _home(settings: Settings) -> Path:
    """A store with old tickets, kept in the cache; a copy of it."""
    kept = settings.cache / f"queue-{OLD_TICKETS}"
    if not (kept / "made").exists():
        shutil.rmtree(kept, ignore_errors=True)
        init_station(kept, demo=True, clock=DayClock())
        with _opened(kept) as station:
            station.call(_old_tickets, OLD_TICKETS)
        (kept / "made").touch()
    return Path(shutil.copytree(kept, settings.scratch / "queue"))


@contextmanager
def _opened(home: Path) -> Iterator[Station]:
    station = open_station(home, clock=DayClock())
    try:
        yield station
    finally:
        station.close()


def _old_tickets(uow: UnitOfWork, clock: Clock, actor: Actor, count: int) -> None:
    """Rows of finished tickets of earlier years. Events are left out: nothing of a call reads them."""
    chance = random.Random(SEED)
    for first in range(0, count, 10_000):
        rows = [_old_row(place, chance) for place in range(first, min(count, first + 10_000))]
        uow.connection.execute(sa.insert(ticket_row), [row for row, _ in rows])
        uow.connection.execute(
            sa.insert(ticket_period), [period for _, periods in rows for period in periods]
        )
        uow.connection.execute(sa.insert(ticket_call), [_old_call(row) for row, _ in rows])


def _old_row(place: int, chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    day, serial = divmod(place, DAY)
    at = DayClock().at_ms - (OLD_TICKETS // DAY - day) * 24 * HOUR_MS + serial * 14_000
    called, ended = at + chance.randrange(60_000, 1_800_000), at + chance.randrange(1_900_000, 3_600_000)
    group, window = "ABCD"[serial % 4], str(serial % WINDOWS + 1)
    key = f"old-{place:07d}"
    shared = {"grp": group, "window": window, "staff": "clerk"}
    row = {
        **shared,
        "id": key,
        "site": "demo",
        "day": f"old-{day:04d}",
        "number": f"{group}{serial:03d}",
        "serial": serial,
        "first_group": group,
        "state": "finished",
        "source": "kiosk",
        "priority": "normal",
        "issued_at": at,
        "line_at": at,
        "came": at << 16,
        "since": ended,
        "target": "",
        "recalls": 0,
        "ended_at": ended,
        "end_reason": "served",
        "uscc": "",
        "name": "",
        "cases": "",
        "time_wrong": 0,
    }
    periods = [
        {**shared, "ticket": key, "place": 0, "state": "waiting", "from_at": at, "to_at": called},
        {**shared, "ticket": key, "place": 1, "state": "serving", "from_at": called, "to_at": ended},
    ]
    return row, periods


def _old_call(row: dict[str, Any]) -> dict[str, Any]:
    shared = {"event": f"call-{row['id']}", "ticket": row["id"], "order": row["came"], "at": row["issued_at"]}
    return {**shared, "number": row["number"], "window": row["window"], "grp": row["grp"]}


def _arrive(station: Station, people: int) -> None:
    station.call(_fill, people)


def _fill(uow: UnitOfWork, clock: Clock, actor: Actor, people: int) -> None:
    for place in range(people):
        tickets.issue_ticket(uow, clock, actor, TicketOrder(group="ABCD"[place % 4]))


def _caller(station: Station) -> Callable[[], object]:
    """Presses Next at one window after the other; for each who is called somebody comes, off the clock."""
    turn = iter(range(1 << 30))

    def press() -> object:
        return station.call(tickets.call_next, str(next(turn) % WINDOWS + 1))

    return press


def _day(station: Station, visitors: int) -> dict[str, list[float]]:
    """Times of each step of a day in which a visitor comes, is called, served and finished, one after the other."""
    taken: dict[str, list[float]] = {"issue": [], "next": [], "serve": [], "finish": []}
    for place in range(visitors):
        window, group = str(place % WINDOWS + 1), "ABCD"[place % 4]
        order = TicketOrder(group=group)
        told: dict[str, Any] = {}
        taken["issue"].append(timed(lambda order=order: station.call(tickets.issue_ticket, order)))

        def press(window: str = window, told: dict[str, Any] = told) -> None:
            told["ticket"] = station.call(tickets.call_next, window)

        taken["next"].append(timed(press))
        key = told["ticket"].id
        taken["serve"].append(timed(lambda key=key: station.call(tickets.serve_ticket, key)))
        taken["finish"].append(timed(lambda key=key: station.call(tickets.finish_ticket, key)))
    return taken


def _together(home: Path, presses: int) -> list[float]:
    """Times of Next in eight processes that press at once, ``presses`` times each."""
    return _pressed([PRESSES, str(home), str(presses)], windows=WINDOWS)


def _pressed(arguments: list[str], windows: int) -> list[float]:
    """Times told by ``windows`` processes of a driver that begin together, each for a window of its own."""
    command = [sys.executable, "-m", *arguments]
    children = [
        subprocess.Popen([*command, str(place + 1)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for place in range(windows)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
    return [ms for child in children for ms in json.loads(child.communicate()[0])]
