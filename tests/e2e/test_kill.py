"""Killed at any moment of accepting: what was acknowledged is there, the chain is whole, no number is used twice."""

import json
import os
import subprocess
import sys
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
DRIVER = """
import json, os, random, signal, sys, time
from pathlib import Path
from services.cases import accept_case
from services.station import open_station
from tests.fixed import form
home, children, rounds, count = Path(sys.argv[1]), *map(int, sys.argv[2:5])
chance = random.Random(7)

def accept(out):
    station = open_station(home)
    for n in range(count):
        done = station.call(accept_case, form(text=f"第 {n} 件", answer="好" if n % 2 else None))
        os.write(out, (done.number + "\\n").encode())
    station.close()

def started():
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            accept(there)
        except BaseException as error:
            os.write(there, ("error " + repr(error) + "\\n").encode())
        os._exit(0)
    os.close(there)
    return pid, os.fdopen(here)

told = []
if rounds:
    for _ in range(rounds):
        pid, out = started()
        told += [out.readline() for _ in range(chance.randint(0, 3))]
        time.sleep(chance.random() * 0.05)  # the moment of the kill is what is tried out
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        told += out.readlines()
else:
    for pid, out in [started() for _ in range(children)]:
        told += out.readlines()
        os.waitpid(pid, 0)
print(json.dumps([line.strip() for line in told if line.endswith("\\n")]))
"""
"""Forks its children after the imports, so that a round costs little."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@reads
def _look(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[list[str], list[str], int]:
    numbers = list(uow.connection.execute(sa.select(case_row.c.number)).scalars())
    return numbers, list(chain_check.broken(uow.connection)), uow.events.node.incarnation


def _driven(home: Path, *, children: int = 0, rounds: int = 0, count: int = 10_000) -> list[str]:
    """Numbers that were acknowledged."""
    command = [sys.executable, "-c", DRIVER, str(home), str(children), str(rounds), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told: list[str] = json.loads(done.stdout)
    return told


def _looked_at(home: Path) -> tuple[list[str], list[str], int]:
    station: Station = open_station(home)
    try:
        return station.call(_look)
    finally:
        station.close()


def test_kill_9_while_accepting(station_home: Path) -> None:
    before = _looked_at(station_home)[2]
    acknowledged = _driven(station_home, rounds=ROUNDS)
    numbers, broken, incarnation = _looked_at(station_home)
    assert len(acknowledged) >= ROUNDS
    assert set(acknowledged) <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert broken == []
    assert incarnation == before


def test_eight_processes_accept_on_one_store(station_home: Path) -> None:
    told = _driven(station_home, children=8, count=5)
    numbers, broken, _ = _looked_at(station_home)
    assert len(told) == 40
    assert sorted(told) == sorted(set(numbers))
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
        [sys.executable, "-c", early, str(station_home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    numbers, broken, _ = _looked_at(station_home)
    assert done.returncode == 9
    assert done.stdout.strip()
    assert done.stdout.strip() not in numbers
    assert broken == []


@pytest.mark.soak
@pytest.mark.skipif("not os.environ.get('QIFU_SOAK')", reason="the long counts")
def test_eight_processes_for_long(station_home: Path) -> None:
    told = _driven(station_home, children=8, count=500)
    numbers, broken, _ = _looked_at(station_home)
    assert sorted(told) == sorted(set(numbers))
    assert broken == []
