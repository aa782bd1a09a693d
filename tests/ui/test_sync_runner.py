"""The runner of sync: one run at a time, by timer, on a change and by hand; cancelled and ended without harm."""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from db.changes import Changes
from desktop.shell.tasks import TaskRunner
from desktop.sync import runner as module
from desktop.sync.runner import Engine, SyncRunner
from domain.errors import AppError
from services.cases import accept_case
from services.station import Station
from sync.engine.run import Outcome, Progress
from tests.fixed import form
from tests.patience import PATIENCE_S
from tests.sync_tables import confirm, join


@dataclass
class PaperEngine:
    """Runs that end when they are told to."""

    outcome: Outcome = field(default_factory=lambda: Outcome(pulled=1))
    error: AppError | None = None
    goes_on: threading.Event = field(default_factory=threading.Event)
    runs: int = 0
    at_once: int = 0
    most_at_once: int = 0
    news: list[bool] = field(default_factory=list)
    listened: int = 0

    def synchronise(self, station: Any, *, progress: Any, cancel: threading.Event) -> Outcome:
        self.runs += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        progress(Progress("push", 1, 4))
        while not self.goes_on.wait(0.01):
            if cancel.is_set():
                break
        self.at_once -= 1
        if self.error is not None:
            raise self.error
        return Outcome(failure="sync.cancelled") if cancel.is_set() else self.outcome

    def await_news(self, station: Any, seconds: int, cancel: threading.Event) -> bool:
        self.listened += 1
        if self.news:
            return self.news.pop()
        cancel.wait(PATIENCE_S)
        return False


@pytest.fixture
def paper() -> PaperEngine:
    made = PaperEngine()
    made.goes_on.set()
    return made


@pytest.fixture
def sync(tasks: TaskRunner, paper: PaperEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncRunner]:
    for name in ("SOON_MS", "READ_MS"):
        monkeypatch.setattr(module, name, 10)
    made = SyncRunner(
        tasks,
        find_engine=lambda: Engine(paper.synchronise, paper.await_news),
        chance=random.Random(1),
    )
    made._read.setInterval(10)
    made._ears.setInterval(10)
    yield made
    made.stop()


def _until(qtbot: QtBot, condition: Any) -> None:
    qtbot.waitUntil(condition)


def test_a_lone_station_is_never_synchronised(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(sync.state_read):
        sync.start(station)
    sync.now()
    assert (sync.run, paper.runs, sync._next.isActive(), sync._pool) == (None, 0, False, None)


def test_a_joined_station_is_synchronised_soon_after_the_start(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    _until(qtbot, lambda: paper.listened == 1)
    assert (sync._next.isActive(), sync._next.interval()) == (True, module.IDLE_MS)


def test_a_change_brings_a_run_soon(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    sync.on_changes(Changes(frozenset({"cases"})))
    qtbot.waitSignal(sync.state_read).wait()
    assert paper.runs == 1
    station.call(accept_case, form())
    sync.on_changes(Changes(frozenset({"cases"})))
    _until(qtbot, lambda: paper.runs == 2)


def test_news_from_above_bring_a_run(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    paper.news = [True]
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 2 and paper.listened == 2)


def test_news_that_are_none_bring_no_storm(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    paper.outcome, paper.news = Outcome(), [True] * 50
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 2 and sync.run is None)
    assert not sync._ears.isActive()
    assert (paper.listened, sync._next.isActive(), sync._next.interval()) == (1, True, module.IDLE_MS)


def test_a_wait_that_is_answered_at_once_is_asked_in_peace(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    paper.news = [False] * 50
    sync._ears.setInterval(60_000)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    sync._listen()
    _until(qtbot, lambda: paper.listened == 1 and sync._ears.isActive())
    assert sync._ears.interval() == 60_000


def test_runs_never_overlap_and_tell_how_far_they_are(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    paper.goes_on.clear()
    sync.start(station)
    _until(qtbot, lambda: sync.run is not None and sync.run.total == 4)
    for _ in range(3):
        sync.now()
    sync.on_changes(Changes(frozenset({"cases"})))
    with qtbot.waitSignal(sync.ended):
        paper.goes_on.set()
    assert paper.most_at_once == 1


def test_who_asks_by_hand_is_told_and_nobody_else(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    told: list[Any] = []
    sync.ended.connect(told.append)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    assert told == []
    sync.now()
    _until(qtbot, lambda: told == [Outcome(pulled=1)])


def test_failures_make_the_pauses_longer_and_a_person_s_wish_ends_them(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(module, "pause_ms", lambda failures, *_: asked.append(failures) or 20)
    join(station)
    paper.outcome = Outcome(waiting=3, failure="sync.link_down")
    sync.start(station)
    _until(qtbot, lambda: len(asked) >= 3)
    assert asked[:3] == sorted(set(asked[:3]))
    assert paper.listened == 0
    paper.outcome = Outcome(pulled=1)
    confirm(station)
    sync.now()
    assert sync._failures == 0


def test_what_is_refused_is_told_to_whoever_asked(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    paper.error = AppError("sync.no_key")
    with qtbot.waitSignal(sync.refused) as caught:
        sync.now()
    assert caught.args[0].code == "sync.no_key"


def test_a_run_can_be_stopped(sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot) -> None:
    join(station)
    confirm(station)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    paper.goes_on.clear()
    with qtbot.waitSignal(sync.ended) as caught:
        sync.now()
        sync.cancel()
    assert caught.args[0].failure == "sync.cancelled"
    assert (sync.run, sync._failures) == (None, 0)


def test_the_end_of_the_program_waits_for_the_run(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    paper.goes_on.clear()
    sync.start(station)
    _until(qtbot, lambda: paper.at_once == 1)
    sync.stop()
    assert (paper.at_once, sync._next.isActive(), sync._age.isActive()) == (0, False, False)


def test_a_device_out_of_service_asks_seldom(sync: SyncRunner, station: Station) -> None:
    sync.state = SimpleNamespace(phase="revoked")
    sync._failures = 1
    assert sync._pause() == module.REVOKED_MS


def test_without_the_pause_of_the_engine_windows_would_come_back_at_once() -> None:
    waits = [module.pause_ms(failures, random.Random(failures)) for failures in range(1, 9)]
    assert all(wait >= 1_000 for wait in waits)
    assert max(waits) <= 60_000


def test_a_run_that_moves_nothing_is_not_repeated_at_once(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "pause_ms", lambda failures, *_: failures * 500_000)
    join(station)
    station.call(accept_case, form())
    paper.outcome = Outcome(waiting=5)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    with qtbot.waitSignal(sync.state_read):
        sync.read()
    assert (sync._failures, paper.runs) == (1, 1)
    assert (sync._next.isActive(), sync._next.interval()) == (True, 500_000)


def test_a_busy_upstream_is_left_alone_as_long_as_it_asks(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot
) -> None:
    join(station)
    confirm(station)
    paper.outcome = Outcome(failure="sync.busy", retry_s=300)
    sync.start(station)
    _until(qtbot, lambda: paper.runs == 1 and sync.run is None)
    assert sync._next.isActive()
    assert sync._next.interval() >= 300_000


def test_files_that_do_not_move_are_tried_ever_more_seldom(
    sync: SyncRunner, paper: PaperEngine, station: Station, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(module, "pause_ms", lambda failures, *_: asked.append(failures) or 20)
    join(station)
    confirm(station)
    paper.outcome = Outcome(files=3)
    sync.start(station)
    _until(qtbot, lambda: len(asked) >= 3 and paper.listened > 0)
    assert asked[:3] == [1, 2, 3]
    assert (sync._failures, paper.listened) == (0, 1)
    paper.outcome = Outcome(files=3, moved=True)
    _until(qtbot, lambda: sync._idle == 0)
