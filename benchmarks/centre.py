"""A centre under load: 200 devices at one ``qifu-server serve`` on the PostgreSQL it brings along.

PostgreSQL, server and simulated devices share the machine. What a large store costs is told by ``centre_growth``.
"""

import json
import subprocess
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.centre_growth import expect_all_taken
from benchmarks.filled_centre import FilledCentre, filled_centre, served
from benchmarks.measuring import Measured, Settings
from benchmarks.peers.peer import Server
from benchmarks.simulated import SimulatedDevice

ROOT = Path(__file__).resolve().parent.parent
LOAD = "benchmarks.drivers.centre_load"
DEVICES = 200
BATCH, HELLO_EVERY = 20, 2
OFFERED_PER_S, OFFERED_BATCH = 500, 10
SAMPLE_S = 0.25
STORED, STORED_QUICK = 100_000, 10_000
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is sent: events offered at a rate, events as fast as they go; and how long folding is watched."""

    offered: int = 30_000
    pressed: int = 200_000
    folding_s: int = 30


QUICK = Sizes(offered=4_000, pressed=8_000, folding_s=5)


@dataclass(slots=True)
class Watch:
    """Memory of the server, in MiB, from the moment the load began."""

    pid: int
    samples: list[float] = field(default_factory=list)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Take samples of the resident set meanwhile."""
        over, process = threading.Event(), psutil.Process(self.pid)

        def look() -> None:
            while not over.wait(SAMPLE_S):
                self.samples.append(process.memory_info().rss / MIB)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @property
    def early(self) -> list[float]:
        """The second fifth: connections are open, caches are warm."""
        fifth = max(1, len(self.samples) // 5)
        return self.samples[fifth : 2 * fifth] or self.samples[:1]

    @property
    def late(self) -> list[float]:
        """The last fifth."""
        return self.samples[-max(1, len(self.samples) // 5) :]


def centre(settings: Settings) -> list[Measured]:
    """Events offered at a rate, then as fast as they go, then folded."""
    sizes = QUICK if settings.quick else Sizes()
    made = filled_centre(settings, STORED_QUICK if settings.quick else STORED, DEVICES)
    with served(made, settings.scratch / "load") as server:
        watch = Watch(server.pid)
        offered = _load(server, made, sizes.offered // DEVICES // OFFERED_BATCH, OFFERED_BATCH, OFFERED_PER_S)
        pressed = _load(server, made, sizes.pressed // DEVICES // BATCH, BATCH, 0, watch)
        expect_all_taken(server)
        folded = _folding(server, sizes.folding_s)
    at_rate = f"{OFFERED_PER_S} events/s offered by {DEVICES} devices"
    count, seconds = len(pressed["push_ms"]) * BATCH, pressed["seconds"]
    at_once = f"{DEVICES} devices at once"
    return [
        Measured(f"push of {OFFERED_BATCH} events, {at_rate}", offered["push_ms"]),
        Measured(f"hello, {at_rate}", offered["hello_ms"]),
        Measured(
            f"one event, {at_once} ({count / seconds:,.0f} events/s for {seconds:.0f} s)",
            _ms_an_event(pressed["ended_s"]),
            bar_ms=2,
        ),
        Measured(f"push of {BATCH} events, {at_once}", pressed["push_ms"]),
        Measured(f"hello, {at_once}", pressed["hello_ms"]),
        Measured("one case folded, nothing coming in", folded),
        Measured(
            "memory of the server at the load's end, MiB",
            watch.late,
            "soon after its begin",
            watch.early,
            bar_ratio=1.1,
        ),
    ]


def _load(
    server: Server, made: FilledCentre, pushes: int, batch: int, per_s: float, watch: Watch | None = None
) -> dict[str, Any]:
    """What the driver tells after every device has pushed ``pushes`` times; their chains go on from there."""
    load = {"port": server.port, "batch": batch, "pushes": pushes, "hello_every": HELLO_EVERY, "per_s": per_s}
    orders = {"load": load, "devices": [_orders(one, made) for one in made.devices]}
    child = subprocess.Popen(
        [sys.executable, "-m", LOAD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps(orders).encode() + b"\n")
    child.stdin.flush()
    child.stdout.readline()
    with watch.looking() if watch is not None else nullcontext():
        told: dict[str, Any] = json.loads(child.communicate(b"\n")[0])
    for one, (seq, head, hlc_ms) in zip(made.devices, told["chains"], strict=True):
        one.seq, one.head, one.hlc_ms = seq, b64decode(head), hlc_ms
    return told


def _orders(one: SimulatedDevice, made: FilledCentre) -> dict[str, Any]:
    """A device as the driver is told of it."""
    log = made.heads[one.site]
    return {
        "site": one.site,
        "hlc_ms": one.hlc_ms,
        "device": one.device,
        "seed": b64encode(one.seed).decode(),
        "seq": one.seq,
        "head": b64encode(one.head).decode(),
        "token": made.tokens[one.device],
        "pos": log.pos,
        "digest": b64encode(log.digest).decode(),
    }


def _folding(server: Server, seconds: int) -> list[float]:
    """What folding a case takes, second by second, once nothing comes in any more; the rest is not waited for."""
    found, last, at = [], _lag(server), time.perf_counter()
    for _ in range(seconds):
        time.sleep(1)
        lag, now = _lag(server), time.perf_counter()
        if lag < last:
            found.append((now - at) * 1000 / (last - lag))
            last, at = lag, now
    return found or [seconds * 1000.0]


def _lag(server: Server) -> int:
    """How many streams the server has still to fold."""
    answer = httpx.get(f"http://127.0.0.1:{server.port}/health", trust_env=False, timeout=60)
    return int(answer.raise_for_status().json()["lag"])


def _ms_an_event(ended_s: Sequence[float]) -> list[float]:
    """What an event took in each whole second of a load: so that a second in which all stood still is seen."""
    pushes = Counter(int(at) for at in ended_s)
    whole = range(max(1, int(max(ended_s))))
    return [1000 / (pushes[second] * BATCH) if pushes[second] else 1000.0 for second in whole]
