"""Centres with many stored events, made fast: the log by ``benchmarks.filling``, its cases by ``case_copies``."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.big_store import schema_mark
from benchmarks.case_copies import fold_and_copy
from benchmarks.copying import careless
from benchmarks.filling import GAP_MS, fill
from benchmarks.measuring import Settings
from benchmarks.peers.peer import Server
from benchmarks.peers.processes import free_port, server
from benchmarks.simulated import SimulatedDevice
from db.log.scope_log import Head, ScopeLog
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from server.auth.tokens import make_token
from server.checking import check_node
from server.folding import fold_all
from server.making import make_node
from server.nodes import ServerNode, node_in
from services.clock import SystemClock
from services.devices import Applicant, enrol_device, invite
from services.sites import add_site
from services.station import reads
from sync.enrol_code import code_hash, new_code

FORMAT = 2
ROOT = Path(__file__).resolve().parent.parent
CENTRE = "hz"
HALLS = tuple(f"hall{number:02d}" for number in range(1, 11))
FILLING = 20
"""Devices whose chains a store is filled with."""
CHECKED = 100_000
"""Stores up to this size are checked once they are made: they are made like the large ones."""
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
            connection.exec_driver_sql("ANALYZE")
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
        span = GAP_MS * -(-stored // FILLING)
        devices = [_enrolled(node, HALLS[at % len(HALLS)], span) for at in range(FILLING)]
        fold_all(node)
        with careless(node.store.engine):
            if stored:
                fill(node.store.engine, devices, node.call(_heads), CENTRE, stored)
                fold_and_copy(node)
        if stored <= CHECKED and (found := check_node(node)).broken:
            raise RuntimeError(f"not whole: {found.broken[0]}")
    (home / "whole").touch()
    sys.stderr.write(f"{stored:,} events made in {time.perf_counter() - started:.0f} s\n")


def _enrolled(node: ServerNode, site: str, span_ms: int = 0) -> SimulatedDevice:
    """A new device of ``site``; one that writes for ``span_ms`` began so long ago that it ends a day ago."""
    one = SimulatedDevice(site, SystemClock().now_ms() - DAY_MS - span_ms)
    code = node.call(invite, code_hash(new_code()), site)
    node.call(enrol_device, code, Applicant(one.device, one.public_key, "window", "模拟窗口"))
    return one


@reads
def _heads(uow: UnitOfWork, clock: Clock, actor: Actor) -> dict[str, Head]:
    log = ScopeLog(uow.connection)
    return {site: log.head(site) for site in (*HALLS, CENTRE)}


def _events(home: Path) -> int:
    with node_in(home) as node:
        return node.call(_newest)


@reads
def _newest(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    return ScopeLog(uow.connection).head(CENTRE).pos
