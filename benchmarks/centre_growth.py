"""What an event costs a centre as its store grows, and what is asked of a large one.

Centres of several sizes are served side by side and pushed to in turn, so that a busy machine is unjust to none. Beside
the time by the clock stands that of the processor: of the server and its PostgreSQL together.
"""

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks.cpu_time import cluster_of, costs
from benchmarks.filled_centre import FilledCentre, filled_centre, served
from benchmarks.measuring import Measured, Settings, timed
from benchmarks.peers.peer import Server
from benchmarks.simulated import SimulatedDevice
from server.nodes import ServerNode, node_in
from services.case_lists import read_list
from services.cases import search_cases
from sync.frames import MEDIA_TYPE, encode
from sync.protocol import ChainHead, Hello, Pull, ScopeHead, Wait

ROOT = Path(__file__).resolve().parent.parent
SIZES, QUICK_SIZES, FULL_SIZES = (10_000, 100_000, 1_000_000), (10_000, 100_000), (10_000_000,)
LEAST_SHOWN = 1_000_000
"""Stores from this size on are asked questions, too."""
A_THOUSAND = 1_000
WORDS = ("有限公司", "社保", "数控车床")
BACK = 100
PAGE = 50
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Sizes:
    """Events of a push, how often it is repeated, how often a question is."""

    weighed: int = 2_000
    rounds: int = 11
    asked: int = 21


QUICK = Sizes(weighed=200, rounds=3, asked=5)


@dataclass(slots=True)
class Found:
    """Figures of one size, for a thousand events each: by the clock, on the processor, folding them."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    folded: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """A served centre and the one device that talks to it."""

    made: FilledCentre
    server: Server
    device: SimulatedDevice
    client: httpx.Client
    processes: tuple[int, int]

    def push(self, count: int) -> tuple[float, float, float]:
        """Milliseconds until ``count`` events are acknowledged, of the processor for it, and for folding them."""
        body = encode(self.device.push(count), level=9)
        wall, cpu = costs(self.processes, lambda: self.ask("push", body))
        _, folding = costs(self.processes, self.until_folded)
        return wall, cpu, folding

    def ask(self, what: str, body: bytes) -> httpx.Response:
        """The answer to a frame."""
        return self.client.post(f"/v1/{what}", content=body).raise_for_status()

    def until_folded(self) -> None:
        """Wait until no read model lags."""
        while self.client.get("/health").raise_for_status().json()["lag"]:
            time.sleep(POLL_S)


def centre_growth(settings: Settings) -> list[Measured]:
    """Pushes of all sizes by turns; then what a large centre is asked, and how long looking it over takes."""
    sizes = QUICK if settings.quick else Sizes()
    steps = QUICK_SIZES if settings.quick else SIZES + (FULL_SIZES if settings.full else ())
    found = {step: Found() for step in steps}
    with ExitStack() as stack:
        sides = {step: stack.enter_context(side(settings, step)) for step in steps}
        for turn in range(sizes.rounds + 1):
            for step, one in sides.items():
                wall, cpu, folded = (ms * A_THOUSAND / sizes.weighed for ms in one.push(sizes.weighed))
                if turn:
                    found[step].wall.append(wall)
                    found[step].cpu.append(cpu)
                    found[step].folded.append(folded)
        for one in sides.values():
            expect_all_taken(one.server)
        asked = [row for step, one in sides.items() for row in _asked(step, one, sizes)]
    return [*_rows(found), *asked]


def _rows(found: dict[int, Found]) -> list[Measured]:
    rows = []
    for what, name, bar in (
        ("1,000 events of a push, processor", "cpu", 1.05),
        ("1,000 events of a push, clock", "wall", 1.05),
        ("1,000 cases folded, processor", "folded", None),
    ):
        first, *rest = found
        floor: list[float] = getattr(found[first], name)
        rows.append(Measured(f"{what}, {first:,} stored", floor))
        rows += [
            Measured(
                f"{what}, {step:,} stored",
                getattr(found[step], name),
                f"{first:,} stored",
                floor,
                bar_ratio=bar,
            )
            for step in rest
        ]
        slope = _slope({step: getattr(one, name) for step, one in found.items()})
        sys.stderr.write(f"{what}: {slope:+.2f} ms for ten times as many stored\n")
    return rows


def _slope(found: dict[int, list[float]]) -> float:
    """How much more it costs for every ten times as many stored: least squares over the medians, ms."""
    points = [(math.log10(step), statistics.median(ms)) for step, ms in found.items()]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def _asked(step: int, one: Side, sizes: Sizes) -> Iterator[Measured]:
    """What devices ask of the server, and what a clerk of the centre asks of its store."""
    log = _head(one)
    told = one.device
    chain = ChainHead(device=told.device, inc=1, seq=told.seq, head=told.head)
    hello = Hello(now=told.hlc_ms, chains=(chain,), scopes=(log,), program="bench")
    behind = max(0, log.pos - BACK)
    frames = {
        "hello": ("hello", encode(hello)),
        f"pull of {BACK} changes": ("pull", encode(Pull(scope=log.scope, pos=behind))),
        "wait that has news": ("wait", encode(Wait(scopes=(log,), s=0))),
    }
    for name, (route, body) in frames.items():
        yield Measured(f"{name}, {step:,} stored", _repeated(sizes.asked, partial(one.ask, route, body)))
    with node_in(one.made.home) as node:
        for name, ask in _questions(node):
            yield Measured(f"{name}, {step:,} stored", _repeated(sizes.asked, ask))


def _head(one: Side) -> ScopeHead:
    with node_in(one.made.home) as node, node.store.read() as uow:
        known = uow.connection.exec_driver_sql(
            "SELECT head, digest FROM scope_head WHERE scope = %s", (one.device.site,)
        ).one()
    return ScopeHead(scope=one.device.site, pos=int(known[0]), digest=bytes(known[1]))


def _questions(node: ServerNode) -> Iterator[tuple[str, Callable[[], Any]]]:
    with node.store.read() as uow:
        newest = uow.cases.rows(limit=1)[0]
    yield "list of all cases, first page", partial(node.call, read_list, "all", limit=PAGE)
    yield "list of open cases, first page", partial(node.call, read_list, "open", limit=PAGE)
    for words in (newest.number, *WORDS):
        shown = "a number" if words == newest.number else words
        yield f"search for {shown}", partial(node.call, search_cases, words)


def _repeated(times: int, ask: Callable[[], object]) -> list[float]:
    ask()
    return [timed(ask) for _ in range(times)]


@contextmanager
def side(settings: Settings, stored: int) -> Iterator[Side]:
    """A centre with ``stored`` events, served."""
    made = filled_centre(settings, stored, 1)
    device = made.devices[0]
    with served(made, settings.scratch / f"side-{stored}") as server:
        headers = {"authorization": f"Bearer {made.tokens[device.device]}", "content-type": MEDIA_TYPE}
        url = f"http://127.0.0.1:{server.port}"
        with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=600) as client:
            yield Side(made, server, device, client, (server.pid, cluster_of(made.home)))


def expect_all_taken(server: Server) -> None:
    """Events that are refused cost little: a figure made with them is none."""
    told = httpx.get(f"http://127.0.0.1:{server.port}/metrics", trust_env=False, timeout=60).text
    if "\nqifu_refused 0\n" not in told:
        raise RuntimeError("events were refused")
