"""Eight windows press Next at once, on one store: nobody is called twice or forgotten, no number is given twice.

Every process is one of its own, as windows are; only the transaction stands between them.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import chain_check
from db.rows.ticket_refresh import agrees
from db.schema import conflict, ticket_call, ticket_row
from db.unit_of_work import UnitOfWork
from domain.queue.desk import TicketOrder
from domain.staff import Actor
from services.queue.tickets import issue_ticket, leave_ticket
from services.station import Station, open_station, reads
from tests.fixed import FixedClock

ROOT = Path(__file__).parents[2]
WINDOWS = 8
FULL_HALL = 500
"""People who wait at once: more have no room, and a line of ten thousand would measure the reading of the line."""
DRIVER = """
import json, os, random, signal, sys, time
from multiprocessing import get_context
from pathlib import Path
from threading import BrokenBarrierError
from db.store import engine
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue import decide
from domain.queue.desk import TicketOrder
from domain.queue.line import next_for
from services.queue import tickets
from services.queue.day import line_now
from services.queue.rules import queue_rules
from services.station import open_station, reads
from tests.fixed import FixedClock
home, work, count, kills = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
chance = random.Random(11)
meeting = get_context("fork").Barrier(8)

def meet():
    "For mutations: all eight have looked when the first of them acts, whatever turns the machine gives them."
    global meeting
    here, meeting = meeting, None
    if here is not None:
        try:
            here.wait(60)
        except BrokenBarrierError:
            pass  # somebody is kept out: nothing is wrong then, and nothing will be found

def take(station, window):
    called = station.call(tickets.call_next, window)
    return None if called is None else ["called", called.number, window]

def give(station, window):
    return ["issued", station.call(tickets.issue_ticket, TicketOrder(group=chance.choice("AB"))).ticket.number, window]

def end(station, window):
    at = station.call(reads(lambda uow, clock, actor: uow.tickets.at_window(window)))
    return None if at is None else ["finished", station.call(tickets.finish_ticket, at).number, window]

def mixed(station, window):
    return chance.choice((give, take, take, end))(station, window) or ["idle", "", window]

def careless_take(station, window):
    "The mutation: chosen in one transaction, claimed in another without looking again."
    one = station.call(reads(lambda uow, clock, actor: next_for(
        queue_rules(uow).window(window), line_now(uow, clock.now_ms()))))
    meet()
    if one is None:
        return None
    station.call(lambda uow, clock, actor: uow.append(
        one.id, [NewEvent("ticket_called", {"window": window})], actor="x", now_ms=clock.now_ms()))
    return ["called", one.number, window]

def careless_give(station, window):
    "The mutation: the number is read in one transaction and used in another."
    serial = station.call(reads(lambda uow, clock, actor: sum(uow.tickets.issued_of("2026-11-18").values()))) + 1
    meet()
    def issue(uow, clock, actor):
        rules = queue_rules(uow)
        event = decide.issue(rules, rules.group("A"), day="2026-11-18", serial=serial, now_ms=clock.now_ms())
        return uow.ticket(uow.append(None, [event], actor="x", now_ms=clock.now_ms())[0].stream).number
    return ["issued", station.call(issue), window]

def late_lock_take(station, window):
    def call(uow, clock, actor):
        uow.tickets.at_window(window)
        meet()
        called = tickets.call_next(uow, clock, actor, window)
        return None if called is None else called.number
    number = station.call(call)
    return None if number is None else ["called", number, window]

def run(out, place):
    global chance
    chance = random.Random(place)
    if work == "late_lock_take":  # the mutation: a transaction that locks only when it first writes
        engine._begin = lambda connection: connection.exec_driver_sql("BEGIN")
    station = open_station(home, clock=FixedClock())
    for _ in range(count):
        done = globals()[work](station, str(place % 8 + 1))
        if done is None:
            break
        os.write(out, (json.dumps(done) + "\\n").encode())
    station.close()

def started(place):
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(here)
        try:
            run(there, place)
        except AppError as error:
            os.write(there, (json.dumps(["refused", error.code, ""]) + "\\n").encode())
        except BaseException as error:
            os.write(there, (json.dumps(["error", repr(error), ""]) + "\\n").encode())
        os._exit(0)
    os.close(there)
    return pid, os.fdopen(here)

told = []
children = [started(place) for place in range(8)]
for round in range(kills):
    # The one that is killed has done something, and is in the middle of the next.
    pid, out = children.pop(0)
    told.append(out.readline())
    time.sleep(chance.random() * 0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    told += out.readlines()
    children.append(started(8 + round))
for pid, out in children:
    told += out.readlines()
    os.waitpid(pid, 0)
print("[" + ",".join(line for line in told if line.endswith("\\n")) + "]")
"""
"""Forks its windows after the imports, so that a run costs little."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def pressed(home: Path, work: str, count: int, kills: int = 0) -> list[tuple[str, str, str]]:
    """What eight processes were told, each doing ``work`` up to ``count`` times: (what, number, window)."""
    command = [sys.executable, "-c", DRIVER, str(home), work, str(count), str(kills)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [(what, number, window) for what, number, window in json.loads(done.stdout)]


def filled(home: Path, people: int) -> None:
    """A hall in which ``people`` wait, in two groups."""
    station = open_station(home, clock=FixedClock())
    station.call(_fill, people)
    station.close()


def _fill(uow: UnitOfWork, clock: FixedClock, actor: Actor, people: int) -> None:
    for place in range(people):
        issue_ticket(uow, clock, actor, TicketOrder(group="AB"[place % 2]))


def emptied(home: Path) -> None:
    """Everybody who waits goes home, so that the next round finds a hall with room."""
    station = open_station(home, clock=FixedClock())
    station.call(_empty)
    station.close()


def _empty(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> None:
    waiting = sa.select(ticket_row.c.id).where(ticket_row.c.state == "waiting")
    for ticket in uow.connection.execute(waiting).all():
        leave_ticket(uow, clock, actor, ticket.id)


@reads
def _look(uow: UnitOfWork, clock: object, actor: Actor) -> dict[str, Any]:
    rows = uow.connection.execute(sa.select(ticket_row)).all()
    return {
        "numbers": [row.number for row in rows],
        "serials": {(row.first_group, row.serial) for row in rows},
        "called": Counter(uow.connection.execute(sa.select(ticket_call.c.number)).scalars()),
        "windows": Counter(row.window for row in rows if row.state in ("called", "serving")),
        "waiting": [row.number for row in rows if row.state == "waiting"],
        "conflicts": list(uow.connection.execute(sa.select(conflict.c.code)).scalars()),
        "disagreeing": [
            row.number for row in rows if not agrees(uow.connection, uow.ticket(row.id), row.site)
        ],
        "broken": list(chain_check.broken(uow.connection)),
    }


def looked_at(home: Path) -> dict[str, Any]:
    """What the store says afterwards."""
    station: Station = open_station(home, clock=FixedClock())
    try:
        return station.call(_look)
    finally:
        station.close()


def faults(home: Path, told: list[tuple[str, str, str]], *, killed: int = 0) -> list[str]:
    """All that must never be; with ``killed`` windows as many answers may have been lost, but never the work."""
    seen = looked_at(home)
    said = Counter(what for what, _, _ in told)
    called = Counter(number for what, number, _ in told if what == "called")
    issued = Counter(number for what, number, _ in told if what == "issued")
    untold = {number for number in seen["called"] if number not in called}
    found = {
        "refused": said["refused"] + said["error"],
        "called twice": [n for n, times in (seen["called"] + called).items() if times > 2 or called[n] > 1],
        "given twice": [n for n, times in (Counter(seen["numbers"]) | issued).items() if times > 1],
        "skipped": skipped(seen["serials"]),
        "told and not done": (called - seen["called"]) + (issued - Counter(seen["numbers"])),
        "done and not told": len(untold) > killed,
        "two at a window": [window for window, busy in seen["windows"].items() if busy > 1],
        "kept apart": seen["conflicts"] + seen["disagreeing"] + seen["broken"],
    }
    return [what for what, that in found.items() if that]


def skipped(serials: set[tuple[str, int]]) -> list[str]:
    """Groups whose numbers are not 1, 2, 3, …"""
    by_group: dict[str, list[int]] = {}
    for group, serial in serials:
        by_group.setdefault(group, []).append(serial)
    return [group for group, own in by_group.items() if sorted(own) != list(range(1, len(own) + 1))]


def long_also(ordinary: int, long: int) -> pytest.MarkDecorator:
    """The count of every run, and the long one of ``bootstrap.py soak``."""
    return pytest.mark.parametrize("count", [ordinary, pytest.param(long, marks=pytest.mark.soak)])


@long_also(500, 10_000)
def test_eight_windows_press_next_at_once(station_home: Path, count: int) -> None:
    told = []
    for _ in range(count // FULL_HALL):
        filled(station_home, FULL_HALL)
        told += pressed(station_home, "take", FULL_HALL)
    assert faults(station_home, told) == []
    assert len(told) == count
    assert looked_at(station_home)["waiting"] == []


@long_also(20, 1250)
def test_eight_machines_give_numbers_at_once(station_home: Path, count: int) -> None:
    told, each = [], FULL_HALL // WINDOWS
    for done in range(0, count, each):
        told += pressed(station_home, "give", min(each, count - done))
        emptied(station_home)
    assert faults(station_home, told) == []
    assert len(told) == WINDOWS * count


@long_also(20, 1250)
def test_giving_calling_and_finishing_at_once(station_home: Path, count: int) -> None:
    told = pressed(station_home, "mixed", count)
    assert faults(station_home, told) == []
    assert {what for what, _, _ in told} >= {"issued", "called", "finished"}


@long_also(8, 200)
def test_windows_are_killed_in_the_middle(station_home: Path, count: int) -> None:
    people = 12 * count
    filled(station_home, people)
    told = pressed(station_home, "take", people, count)
    assert faults(station_home, told, killed=count) == []
    assert looked_at(station_home)["waiting"] == []
    assert len(told) >= people - count


@pytest.mark.parametrize(
    ("careless", "what"),
    [
        ("careless_take", "called twice"),
        ("careless_give", "given twice"),
        ("late_lock_take", "refused"),
    ],
)
def test_without_one_transaction_it_would_be_noticed(station_home: Path, careless: str, what: str) -> None:
    """The mutations: eight windows that look first and act afterwards; and a lock that comes with the first write."""
    filled(station_home, 0 if "give" in careless else 40)
    assert what in faults(station_home, pressed(station_home, careless, 10))
