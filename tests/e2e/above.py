"""Hubs and centres as desks meet them: served by processes of their own, behind a line as bad as a test says."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.folding import lagging
from db.log.pulling import Cursor, Pulling
from db.log.scope_log import Head, ScopeLog
from db.schema import event
from db.unit_of_work import UnitOfWork
from server.nodes import NodeFile, ServerNode, node_in
from services.devices import invite
from services.station import Station, reads
from sync.engine.synchronise import read_left
from sync.enrol_code import code_hash, new_code, shown
from tests.e2e.nursery import SERVER, Child, Nursery
from tests.faults.proxy import HOST, FaultyProxy

PATIENCE_S = 90
Place = tuple[str, int, int, int]


def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What ``condition`` says once it is anything. It looks at other processes, which send no signals."""
    end = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return found


@dataclass
class Above:
    """A hub or centre in ``home``, served by a process, or by several under it, and reached through ``proxy``."""

    home: Path
    nursery: Nursery
    proxy: FaultyProxy = field(init=False)
    environment: dict[str, str] = field(default_factory=dict)
    process: Child | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.proxy = FaultyProxy(HOST, 1, seed=5)

    @property
    def site(self) -> str:
        return NodeFile.read(self.home).site

    @property
    def url(self) -> str:
        """Its address, through the proxy."""
        return self.proxy.url

    def start(self, *more: str) -> "Above":
        """Serve it at any free port, to which the proxy then leads."""
        process = self.nursery.start(
            SERVER, "serve", "--home", self.home, "--port", "0", *more, **self.environment
        )
        self.process, self.port = process, until(lambda: _port_of(process))
        self.proxy.target = (HOST, self.port)
        return self

    def kill(self) -> None:
        """SIGKILL, as when the machine loses its power."""
        assert self.process is not None
        self.process.kill()
        self.nursery.wait(self.process)
        self.process = None

    def stop(self) -> None:
        """As an operator does."""
        if self.process is not None:
            self.process.stop()
            code = self.nursery.wait(self.process)
            assert code == 0, (code, self.process.errors[-2000:])
            self.process = None

    def code(self, site: str = "", role: str = "window") -> str:
        """A code to enrol by, as ``qifu-server enrol`` tells it."""
        code = new_code()
        with node_in(self.home) as node:
            node.call(invite, code_hash(code), site or node.site, role, 15, as_actor=node.operator)
        return shown(code)

    def check(self) -> dict[str, Any]:
        """``qifu-server check``, which must find everything whole."""
        found: dict[str, Any] = self.nursery.run(SERVER, "check", "--home", self.home, **self.environment)
        assert found["ok"], found
        return found


def _port_of(process: Child) -> int:
    text = process.errors
    for line in text.splitlines()[: text.count("\n")]:
        if line.startswith("{"):
            told = json.loads(line)
            if told["event"] == "listening":
                return int(told["port"])
    assert process.is_running, text
    return 0


def at_rest(node: ServerNode | Station, above: ServerNode) -> bool:
    """Whether ``node`` has nothing to send, to take in or to fold."""
    left, behind, cursor = node.call(read_left), node.call(lags), node.call(cursor_of)
    head = above.call(head_of, node.call(site_of))
    return not any(left) and not behind and (cursor.pos, cursor.digest) == (head.pos, head.digest)


@reads
def site_of(uow: UnitOfWork, *_: Any) -> str:
    return uow.events.node.site


@reads
def lags(uow: UnitOfWork, *_: Any) -> int:
    """How many read models are behind."""
    return lagging(uow)


@reads
def cursor_of(uow: UnitOfWork, *_: Any) -> Cursor:
    """How far a node has taken in the log above it."""
    return Pulling(uow.ingest(0), uow.events.node).cursor(uow.events.node.site)


@reads
def head_of(uow: UnitOfWork, clock: Any, actor: Any, scope: str) -> Head:
    """How far a server's log of a scope goes."""
    return ScopeLog(uow.connection).head(scope)


@reads
def events_of(uow: UnitOfWork, *_: Any) -> dict[Place, tuple[str, bytes]]:
    """Every event of a store by its place: its id and its bytes."""
    e = event.c
    rows = uow.connection.execute(sa.select(e.device, e.incarnation, e.branch, e.seq, e.id, e.body))
    return {(r.device, r.incarnation, r.branch, r.seq): (r.id, bytes(r.body)) for r in rows}
