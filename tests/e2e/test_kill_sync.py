"""Killed at any moment of syncing, window, hub or centre, over a line that fails: what was acknowledged is above, once.

Two windows, one under the hall's hub and one under the centre itself; the hub follows the centre; the centre's store is
PostgreSQL. Every command is a process, every line goes through the faulty proxy.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from db.schema import case_row
from db.unit_of_work import UnitOfWork
from server.embedded import FOLDER
from server.making import make_node
from server.nodes import EMBEDDED, node_in
from services.sites import add_site
from services.station import open_station, reads
from tests.e2e.above import Above, at_rest, cursor_of, events_of, head_of, until
from tests.e2e.nursery import QIFU, SERVER, Child, Nursery
from tests.faults.proxy import Way

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

KILLS = 20
VICTIMS = {"accept", "sync", "hub", "centre"}
SOAK = 1_000
ROUND_S = 0.6
"""How long a command or a run of sync may have come before the kill: short of what it takes at rest."""
FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"latency_ms": 15},
    {"rate_bytes_per_s": 8_000},
    {"cut_after_bytes": (150, 6_000)},
    {"cut_after_bytes": (100, 2_500), "cut_counts": Way.DOWN},
    {"latency_ms": 5, "rate_bytes_per_s": 8_000, "cut_after_bytes": (2_000, 20_000)},
    {"trickle": Way.DOWN, "trickle_s": 0.001},
    {"every_s": 0.4},
)
HEALTHY: dict[str, Any] = dict.fromkeys(("latency_ms",), 0) | {
    "rate_bytes_per_s": None,
    "cut_after_bytes": None,
    "cut_counts": None,
    "every_s": None,
    "trickle": None,
    "trickle_s": 1.0,
}


@dataclass
class Window:
    """A desk at ``home`` that syncs with ``above``."""

    home: Path
    above: Above
    told: list[Child] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {"QIFU_SYNC_URL": self.above.url}

    @property
    def acknowledged(self) -> set[str]:
        """Numbers that stood on stdout."""
        return {told["number"] for child in self.told if (told := child.told())}


@dataclass
class World:
    """All of it, and how often whom was killed."""

    nursery: Nursery
    hub: Above
    centre: Above
    windows: tuple[Window, ...]
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def accept(self, window: Window) -> Child:
        """Begin taking in a case."""
        text = f"第 {sum(len(one.told) for one in self.windows)} 件：想问设备更新补贴怎么申报。"
        child = self.nursery.start(
            QIFU, "case", "accept", "--home", window.home, "--json", "--name", "河畔科技有限公司", "--text", text,
            *(("--answer", "已当场答复") if self.chance.random() < 0.3 else ()),
        )  # fmt: skip
        window.told.append(child)
        return child

    def sync(self, window: Window) -> Child:
        """Begin a run of sync."""
        return self.nursery.start(QIFU, "sync", "now", "--home", window.home, "--json", **window.environment)

    def spoil(self) -> None:
        """Something else is wrong with every line."""
        for one in (self.hub, self.centre):
            one.proxy.set(**(HEALTHY | self.chance.choice(FAULTS)))
            if self.chance.random() < 0.3:
                one.proxy.lose_answers(
                    self.chance.randint(1, 3), to=self.chance.choice((b"POST /v1/push", b""))
                )

    def heal(self) -> None:
        """Nothing is wrong any more."""
        for one in (self.hub, self.centre):
            one.proxy.heal()

    def round(self) -> None:
        """Some work, and one process that does not live to see its end."""
        self.spoil()
        window = self.chance.choice(self.windows)
        victim = self.chance.choice(("accept", "sync", "sync", "hub", "centre"))
        busy = self.accept(window) if victim == "accept" else None
        runs = [self.sync(one) for one in self.windows if victim != "accept" or self.chance.random() < 0.5]
        more = [self.accept(one) for one in self.windows if self.chance.random() < 0.6]
        time.sleep(self.chance.random() * ROUND_S)
        if victim in ("hub", "centre"):
            node = self.hub if victim == "hub" else self.centre
            node.kill()
            node.start()
            self.kills[victim] += 1
        elif self._ended(busy or runs[self.chance.randrange(len(runs))]):
            self.kills[victim] += 1
        self._end([*more, *([busy] if busy else [])], runs)

    def _ended(self, child: Child) -> bool:
        """Kill it; whether it was still at work."""
        running = child.is_running
        child.kill()
        return running

    def _end(self, work: list[Child], runs: list[Child]) -> None:
        """What takes in cases comes to its end; runs that still try a bad line are killed as well."""
        for child in work:
            assert self.nursery.wait(child) in (0, -signal.SIGKILL), child.errors
        for child in runs:
            if self.chance.random() < 0.5 and self._ended(child):
                self.kills["sync"] += 1
            else:
                child.kill()
            assert self.nursery.wait(child) in (0, 4, -signal.SIGKILL), child.errors

    def come_to_rest(self) -> None:
        """Until nobody has anything to send or to take in; twice, since the second window brings news for the first."""
        self.heal()
        self.hub.kill()  # what it learnt of the bad line would have it rest for a minute
        self.hub.start()
        with node_in(self.hub.home) as hub, node_in(self.centre.home) as centre:
            for _ in range(2):
                for window in self.windows:
                    self.nursery.run(
                        QIFU, "sync", "now", "--home", window.home, "--json", **window.environment
                    )
                until(lambda: at_rest(hub, centre))


@reads
def numbers_of(uow: UnitOfWork, *_: Any) -> list[str]:
    return list(uow.connection.execute(sa.select(case_row.c.number)).scalars())


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "witness"))


@contextmanager
def served(folder: Path, database: str) -> Iterator[tuple[ExitStack, Above]]:
    """A centre with a site below it, served."""
    make_node(folder / "centre", "hz", "杭州中心", "HZ", database=database)
    with ExitStack() as stack:
        centre = Above(folder / "centre", stack.enter_context(Nursery(folder / "said")))
        stack.enter_context(centre.proxy)
        with node_in(centre.home) as node:
            node.call(add_site, "park", "园区站", "", "YQ", as_actor=node.operator)
        yield stack, centre.start()
        centre.stop()


def enrolled(home: Path, above: Above) -> Window:
    """A new desk of the site below the centre."""
    code = above.code("park")
    above.nursery.run(QIFU, "enrol", "--home", home, "--json", "--url", above.url, code)
    return Window(home, above)


@contextmanager
def world_of(folder: Path, database: str, seed: int) -> Iterator[World]:
    """Centre, hub and windows, enrolled and served."""
    with served(folder, database) as (stack, centre):
        make_node(folder / "hub", "park", "园区站", "YQ", hub=True)
        nursery, hub = centre.nursery, Above(folder / "hub", centre.nursery)
        stack.enter_context(hub.proxy)
        hub.environment["QIFU_SYNC_URL"] = centre.url
        nursery.run(SERVER, "join", "--home", hub.home, "--url", centre.url, centre.code("park", "hub"))
        hub.start()
        windows = (enrolled(folder / "w1", hub), enrolled(folder / "w2", centre))
        yield World(nursery, hub, centre, windows, random.Random(seed))
        hub.stop()


def assert_nothing_is_missing(world: World) -> None:
    """Everything that a clerk was told is at the centre once; chains are whole, digests equal, nothing waits."""
    world.come_to_rest()
    for one in (world.hub, world.centre):
        one.stop()
    for one in (world.hub, world.centre):
        assert one.check()["held"] == 0
    with node_in(world.centre.home) as centre, node_in(world.hub.home) as hub:
        numbers, known = centre.call(numbers_of), centre.call(events_of)
        heads = {
            one.home: node.call(head_of, "park") for one, node in ((world.hub, hub), (world.centre, centre))
        }
        at_hub = hub.call(events_of)
    assert len(numbers) == len(set(numbers))
    for window in world.windows:
        assert window.acknowledged <= set(numbers)
        station = open_station(window.home)
        try:
            here, own, cursor = (station.call(one) for one in (events_of, numbers_of, cursor_of))
        finally:
            station.close()
        assert sorted(own) == sorted(numbers)
        assert {place: known.get(place) for place in here} == here
        head = heads[window.above.home]
        assert (cursor.pos, cursor.digest) == (head.pos, head.digest)
        world.nursery.run(QIFU, "doctor", "--home", window.home, "--json")
        status = world.nursery.run(QIFU, "sync", "status", "--home", window.home, "--json")
        assert (status["waiting"], status["refused"], status["conflicts"]) == (0, 0, 0)
    assert {place: known.get(place) for place in at_hub} == at_hub
    assert len({one for one, _ in known.values()}) == len(known)


@pytest.mark.parametrize("kills", [KILLS, pytest.param(SOAK, marks=pytest.mark.soak)])
def test_killed_again_and_again(tmp_path: Path, pg_url: str, kills: int) -> None:
    with world_of(tmp_path, pg_url, seed=5) as world:
        # Whom a kill still finds at work is the machine's doing: it goes on until everyone was hit.
        while world.kills.total() < kills or len(world.kills) < len(VICTIMS):
            world.round()
        acknowledged = set.union(*(one.acknowledged for one in world.windows))
        assert len(acknowledged) >= kills // 4
        assert set(world.kills) == VICTIMS
        assert_nothing_is_missing(world)


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that the user whom PostgreSQL becomes may pass through, which pytest's own are not."""
    with TemporaryDirectory(prefix="qifu-kill-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_process_of_postgresql_is_killed(passable: Path) -> None:
    """The database ends all its processes then and recovers; whoever sends tries again, and loses nothing."""
    with served(passable, EMBEDDED) as (_, centre):
        window = enrolled(passable / "w", centre)
        world = World(centre.nursery, centre, centre, (window,), random.Random(1))
        for _ in range(4):
            assert centre.nursery.wait(world.accept(window)) == 0
        centre.proxy.set(rate_bytes_per_s=1_500)
        run = world.sync(window)
        until(lambda: centre.proxy.bytes_up > 1_000)
        until(lambda: a_backend_was_killed(centre.home))
        centre.proxy.heal()
        assert centre.nursery.wait(run) in (0, 4), run.errors
        until(lambda: centre.nursery.wait(world.sync(window)) == 0)  # it recovers as long as it needs
        centre.stop()
        assert centre.check()["cases"] == 4
        assert len(window.acknowledged) == 4


def a_backend_was_killed(home: Path) -> bool:
    """Kill a process of the embedded PostgreSQL that serves somebody; whether there was one."""
    postmaster = int((home / FOLDER / "postmaster.pid").read_text().split()[0])
    for one in psutil.Process(postmaster).children():
        with suppress(psutil.NoSuchProcess):  # others end by themselves at any moment
            if " qifu " in " ".join(one.cmdline()):
                one.kill()
                return True
    return False
