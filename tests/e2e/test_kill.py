"""Killed at any moment of accepting: what was acknowledged is there, the chain is whole, no number is used twice."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import chain_check
from db.schema import case_row
from db.unit_of_work import UnitOfWork
from domain.staff import Actor
from services.station import Station, open_station, reads

ROOT = Path(__file__).parents[2]
ROUNDS = 300 if os.environ.get("QIFU_SOAK") else 20
ACCEPTING = """
import sys
from pathlib import Path
from services.cases import accept_case
from services.station import open_station
from tests.fixed import form
station = open_station(Path(sys.argv[1]))
print("ready", flush=True)
for n in range(int(sys.argv[2])):
    print(station.call(accept_case, form(text=f"第 {n} 件", answer="好" if n % 2 else None)).number, flush=True)
station.close()
"""


@reads
def _look(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[list[str], list[str], int]:
    numbers = list(uow.connection.execute(sa.select(case_row.c.number)).scalars())
    return numbers, list(chain_check.broken(uow.connection)), uow.events.node.incarnation


def _accepting(home: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", ACCEPTING, str(home), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _killed_after(child: subprocess.Popen[str], lines: int, pause_s: float) -> list[str]:
    """Kill ``child`` a moment after its ``lines``-th acknowledgement; what it had acknowledged."""
    assert child.stdout is not None
    assert child.stderr is not None
    told = [child.stdout.readline().strip() for _ in range(lines + 1)][1:]
    time.sleep(pause_s)  # the moment of the kill is what is tried out
    child.kill()
    rest, _ = child.communicate()
    return [*told, *(line for line in rest.splitlines(keepends=False) if line)]


def _looked_at(home: Path) -> tuple[list[str], list[str], int]:
    station: Station = open_station(home)
    try:
        return station.call(_look)
    finally:
        station.close()


def test_kill_9_while_accepting(station_home: Path) -> None:
    chance = random.Random(7)
    acknowledged: list[str] = []
    before = _looked_at(station_home)[2]
    for _ in range(ROUNDS):
        child = _accepting(station_home, 10_000)
        acknowledged += _killed_after(child, chance.randint(0, 3), chance.random() * 0.02)
    numbers, broken, incarnation = _looked_at(station_home)
    whole = {number for number in acknowledged if len(number) == len(numbers[0])}
    assert whole <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert broken == []
    assert incarnation == before


def test_eight_processes_accept_on_one_store(station_home: Path) -> None:
    children = [_accepting(station_home, 12) for _ in range(8)]
    told: list[str] = []
    for child in children:
        out, err = child.communicate(timeout=120)
        assert (child.returncode, err) == (0, "")
        told += out.split()[1:]
    numbers, broken, _ = _looked_at(station_home)
    assert len(told) == 96
    assert sorted(told) == sorted(numbers)
    assert len(set(numbers)) == 96
    assert broken == []


def test_an_acknowledgement_before_the_commit_would_be_noticed(station_home: Path) -> None:
    """The mutation: a child that tells its number inside the transaction, and never gets to the commit."""
    early = """
import os, sys
from pathlib import Path
from services.cases import accept_case
from services.station import open_station
from tests.fixed import form
def accept(uow, clock, actor):
    print(accept_case(uow, clock, actor, form()).number, flush=True)
    os._exit(9)
open_station(Path(sys.argv[1])).call(accept)
"""
    done = subprocess.run(
        [sys.executable, "-c", early, str(station_home)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    numbers, broken, _ = _looked_at(station_home)
    assert done.returncode == 9
    assert done.stdout.strip()
    assert done.stdout.strip() not in numbers
    assert broken == []


@pytest.mark.soak
@pytest.mark.skipif("not os.environ.get('QIFU_SOAK')", reason="the long counts")
def test_eight_processes_for_long(station_home: Path) -> None:
    children = [_accepting(station_home, 500) for _ in range(8)]
    told = [line for child in children for line in child.communicate(timeout=1200)[0].split()[1:]]
    numbers, broken, _ = _looked_at(station_home)
    assert sorted(told) == sorted(set(numbers))
    assert broken == []
