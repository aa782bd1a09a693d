"""Centres with many stored events, made fast: the very rows that taking them in writes, in large transactions.

Events, private parts, chains, marks and logs of scopes are what pushes would have left: chains and digests hold. The
rows of cases are copies of some folded ones that belong to no events, since folding a million takes hours.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from benchmarks.big_store import schema_mark
from benchmarks.measuring import Settings
from benchmarks.peers.peer import Server
from benchmarks.peers.processes import free_port, server
from benchmarks.simulated import SimulatedDevice
from db.log.chains import ChainMark
from db.log.ingest import Taken, chain_hashes
from db.log.scope_log import Head, ScopeLog
from db.schema import case_row
from db.schema.sync import unfolded
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.events.event import genesis
from domain.staff import Actor
from server.auth.tokens import make_token
from server.making import make_node
from server.nodes import ServerNode, node_in
from services.clock import SystemClock
from services.devices import Applicant, enrol_device, invite
from services.sites import add_site
from services.station import reads
from sync.enrol_code import code_hash, new_code

FORMAT = 1
ROOT = Path(__file__).resolve().parent.parent
CENTRE = "hz"
HALLS = tuple(f"hall{number:02d}" for number in range(1, 11))
FILLING = 20
"""Devices whose chains a store is filled with."""
FOLDED = 200
CHUNK = 10_000
GROWTH = 1.2
"""A kept store that has grown by more is made anew."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class FilledCentre:
    """A centre in ``home`` with ``stored`` events and a device that is measured with, whose token is in ``tokens``."""

    home: Path
    stored: int
    devices: tuple[SimulatedDevice, ...]
    tokens: dict[str, str]
    heads: dict[str, Head]
    """Site → how far its log goes."""


def filled_centre(settings: Settings, stored: int, devices: int) -> FilledCentre:
    """A centre with ``stored`` events and ``devices`` new devices; large ones are kept in the cache."""
    kept = stored >= 1_000_000
    folder = settings.cache if kept else settings.scratch
    home = folder / f"centre-{FORMAT}-{schema_mark()}-{stored}"
    if not (home / "whole").exists() or _events(home) > stored * GROWTH:
        shutil.rmtree(home, ignore_errors=True)
        _make(home, stored)
    with node_in(home) as node:
        made = tuple(_enrolled(node, HALLS[at % len(HALLS)]) for at in range(devices))
        now_ms = node.clock.now_ms()
        tokens = {one.device: make_token(node.token_key, one.device, now_ms)[0] for one in made}
        heads = node.call(_heads)
        # What was stored first is weighed by the planner before anything is measured.
        with node.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return FilledCentre(home, stored, made, tokens, heads)


@contextmanager
def served(centre: FilledCentre, folder: Path) -> Iterator[Server]:
    """The centre as ``qifu-server serve`` serves it: one process, on loopback."""
    port = free_port()
    command = [sys.executable, "-m", "server.main", "serve", "--embedded"]
    command += ["--home", str(centre.home), "--port", str(port)]
    with server(command, folder, port, PYTHONPATH=str(ROOT)) as running:
        yield running


def _make(home: Path, stored: int) -> None:
    started = time.perf_counter()
    make_node(home, CENTRE, "河畔中心")
    with node_in(home) as node:
        for number, code in enumerate(HALLS, 1):
            node.call(add_site, code, f"{number}号大厅", as_actor=node.operator)
        devices = [_enrolled(node, HALLS[at % len(HALLS)], stored) for at in range(FILLING)]
        done = 0
        while done < stored:
            count = min(CHUNK, stored - done)
            node.gather(_fill, devices[done // CHUNK % FILLING], count)
            done += count
        if stored:
            node.call(_fold_and_copy, stored)
    (home / "whole").touch()
    sys.stderr.write(f"{stored:,} events made in {time.perf_counter() - started:.0f} s\n")


def _enrolled(node: ServerNode, site: str, writes: int = 0) -> SimulatedDevice:
    """A new device of ``site``; one that ``writes`` began long enough ago that its clock never runs ahead."""
    one = SimulatedDevice(site, SystemClock().now_ms() - DAY_MS - writes)
    code = node.call(invite, code_hash(new_code()), site)
    node.call(enrol_device, code, Applicant(one.device, one.public_key, "window", "模拟窗口"))
    return one


def _fill(uow: UnitOfWork, clock: Clock, actor: Actor, device: SimulatedDevice, count: int) -> None:
    """The next ``count`` events of ``device``, as a push leaves them."""
    chain, now_ms = (device.device, 1, 0), clock.now_ms()
    prev = device.head or genesis(device.device, 1)
    events = device.incoming(count, now_ms)
    ingest, taken = uow.ingest(now_ms), Taken(0, b"")
    ingest.chains.lock(chain)
    heads = chain_hashes(prev, events)[1:]
    ingest.keep(
        [(one, one.event, head) for one, head in zip(events, heads, strict=True) if one.event is not None],
        None,
        taken,
    )
    ingest.chains.advance(chain, device.seq, device.head)
    ingest.chains.add_mark(ChainMark(*chain, device.seq, device.head, device.signature()))


def _fold_and_copy(uow: UnitOfWork, clock: Clock, actor: Actor, stored: int) -> None:
    """Fold some streams, and give the others copies of their rows: what is measured later meets indexes as large."""
    some = list(uow.connection.execute(sa.select(unfolded.c.stream).limit(min(FOLDED, stored))).scalars())
    uow.refold(some, clock.now_ms())
    uow.connection.execute(sa.delete(unfolded))
    told = [column for column in case_row.c if column.name != "rowid_"]
    turn: sa.ColumnElement[int] = sa.literal_column("turn", sa.Integer)
    values = [
        sa.func.concat(column, "-", turn) if column.name in ("id", "number", "short")
        else column + turn if column.name == "accepted_at"
        else column
        for column in told
    ]  # fmt: skip
    copies = max(0, stored // len(some) - 1)
    turns = sa.select(sa.func.generate_series(1, copies).label("turn")).subquery()
    rows = sa.select(*values).select_from(case_row.join(turns, sa.true()))
    if copies:
        uow.connection.execute(sa.insert(case_row).from_select([column.name for column in told], rows))


@reads
def _heads(uow: UnitOfWork, clock: Clock, actor: Actor) -> dict[str, Head]:
    log = ScopeLog(uow.connection)
    return {site: log.head(site) for site in HALLS}


def _events(home: Path) -> int:
    with node_in(home) as node:
        return node.call(_newest)


@reads
def _newest(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    return ScopeLog(uow.connection).head(CENTRE).pos
