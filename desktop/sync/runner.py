"""Runs the engine of sync beside everything else: by timer, on a change, by hand; one run at a time."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.shell.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class Engine:
    """``synchronise(station, *, progress, cancel) -> Outcome`` and ``await_news(station, seconds, cancel) -> bool``."""

    synchronise: Callable[..., Any]
    await_news: Callable[..., bool]


IDLE_MS = 60_000
SOON_MS = 1_500
READ_MS = 300
AGE_MS = 30_000
REVOKED_MS = 600_000
LISTEN_S = 25
EARS_MS = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way: ``stage`` as the engine calls it, ``done`` of ``total`` (0: not known)."""

    stage: str = ""
    done: int = 0
    total: int = 0


def engine() -> Engine:
    """The engine, imported on the network thread when it is first needed."""
    from services.upstream_documents import take_in
    from sync.engine.extras import usual_extras
    from sync.engine.synchronise import await_news, synchronise

    return Engine(partial(synchronise, extras=usual_extras(take_in)), await_news)


def pause_ms(failures: int, chance: random.Random, asked_s: int = 0) -> int:
    """How long to wait after so many failures in a row, of which the last one asked for ``asked_s``."""
    from sync.engine.pace import wait_s

    return int(wait_s(failures, chance, asked_s) * 1_000)


class SyncRunner(QObject):
    """``state_read`` carries a ``services.sync.state.SyncState``, ``run_changed`` a ``Run`` or None, ``ended`` the
    engine's ``Outcome`` of a run that somebody had asked for, ``refused`` the ``AppError`` of one.

    A lone station is never synchronised: nothing is imported, no thread begun. Between runs it listens for news.
    """

    state_read = Signal(object)
    run_changed = Signal(object)
    ended = Signal(object)
    refused = Signal(object)
    _advanced = Signal(object)

    def __init__(
        self,
        tasks: TaskRunner,
        parent: QObject | None = None,
        *,
        find_engine: Callable[[], Engine] = engine,
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._find_engine = tasks, find_engine
        self._chance = chance or random.Random()  # noqa: S311
        self._station: Any = None
        self._pool: ThreadPoolExecutor | None = None
        self._cancel, self._deaf = threading.Event(), threading.Event()
        self._failures = self._idle = self._asked_s = 0
        self._by_hand = self._listening = self._by_news = False
        self.state: Any = None
        self.run: Run | None = None
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._begin)
        self._read = QTimer(self, singleShot=True, interval=READ_MS)
        self._read.timeout.connect(self.read)
        # An answer that comes at once, again and again, must not become a storm of questions.
        self._ears = QTimer(self, singleShot=True, interval=EARS_MS)
        self._ears.timeout.connect(self._listen)
        self._age = QTimer(self, interval=AGE_MS)
        self._age.timeout.connect(self.read)
        self._advanced.connect(self._on_advanced, Qt.ConnectionType.QueuedConnection)

    def start(self, station: Any) -> None:
        """Keep ``station`` in step from now on."""
        if self._station is station:
            self.read()
            return
        self._station, self.state = station, None
        self._failures = self._idle = self._asked_s = 0
        self._age.start()
        self.read()

    def stop(self) -> None:
        """The station is being closed: end a run under way, which loses at most one batch, and wait for it."""
        self._station = None
        for timer in (self._next, self._read, self._age, self._ears):
            timer.stop()
        for told in (self._cancel, self._deaf):
            told.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None
        self._set_run(None)

    def now(self) -> None:
        """Somebody asks for a run: at once, whatever the pauses."""
        self._by_hand = True
        self._failures = 0
        self._begin()

    def cancel(self) -> None:
        """End the run under way; the next goes on from there."""
        self._cancel.set()

    def on_changes(self, changes: Any) -> None:
        """Something was committed here or by another process."""
        if self._station is not None and not self._read.isActive():
            self._read.start()

    def read(self) -> None:
        """Ask the store how things stand."""
        if self._station is None:
            return
        self._tasks.run(_ask_state, self._station, on_done=self._on_state, receiver=self)

    def ask(self, service: Callable[..., Any], on_done: Callable[[Any], None], receiver: QObject) -> None:
        """Ask the store of the station that is kept in step something else."""
        if self._station is not None:
            self._tasks.run(self._station.submit, service, on_done=on_done, receiver=receiver)

    def _on_state(self, state: Any) -> None:
        first, self.state = self.state is None, state
        if self._station is None:
            return
        self.state_read.emit(state)
        if not state.joined or self.run is not None:
            return
        if first or (state.waiting and not self._failures):
            self._go_in(SOON_MS)
        elif not self._next.isActive():
            self._go_in(self._pause())

    def _go_in(self, milliseconds: int) -> None:
        if not self._next.isActive() or self._next.remainingTime() > milliseconds:
            self._next.start(milliseconds)

    def _pause(self) -> int:
        if self.state is not None and self.state.phase == "revoked":
            return REVOKED_MS
        return pause_ms(self._failures, self._chance, self._asked_s) if self._failures else IDLE_MS

    def _begin(self) -> None:
        if self._station is None or self.run is not None:
            return
        self._next.stop()
        if self.state is None or not self.state.joined:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="network")
        self._cancel = threading.Event()
        self._set_run(Run())
        self._tasks.run(
            self._pool.submit,
            self._work,
            self._station,
            self._cancel,
            on_done=self._on_ended,
            on_error=self._on_refused,
            receiver=self,
        )

    def _work(self, station: Any, cancel: threading.Event) -> Any:
        # On the network thread; the engine asks the station's own thread for each step in the store.
        return self._find_engine().synchronise(station, progress=self._advanced.emit, cancel=cancel)

    def _on_advanced(self, progress: Any) -> None:
        if self.run is not None:
            self._set_run(Run(progress.stage, progress.done, progress.total))

    def _on_ended(self, outcome: Any) -> None:
        # A run that moved nothing although something waits is no success: the next would not fare better at once.
        stuck = outcome.waiting and not (outcome.pushed or outcome.pulled)
        failed = (outcome.failure or stuck) and not self._cancel.is_set()
        self._failures = self._failures + 1 if failed else 0
        self._asked_s = outcome.retry_s if failed else 0
        self._idle = self._idle + 1 if outcome.files and not outcome.moved else 0
        # News that a run does not find were none: the timer asks from then on.
        deceived = self._by_news and not (outcome.pushed or outcome.pulled or outcome.moved)
        self._by_news = False
        self._over()
        if outcome.files and not failed:
            # The rest of the files, once somebody else has had the line; those that nobody can send yet, more seldom.
            self._go_in(pause_ms(self._idle, self._chance) if self._idle else SOON_MS)
        if (self._idle or not outcome.files) and not deceived:
            self._ears.start()
        if self._by_hand:
            self._by_hand = False
            self.ended.emit(outcome)

    def _on_refused(self, error: Any) -> None:
        self._failures, self._asked_s = self._failures + 1, 0
        self._over()
        if self._by_hand:
            self._by_hand = False
            self.refused.emit(error)

    def _over(self) -> None:
        self._set_run(None)
        if self._station is not None:
            self._next.start(self._pause())
            self.read()

    def _listen(self) -> None:
        """Hear of news as they come; where that is not to be had, the timer asks."""
        if self._listening or self._failures or self._pool is None or self._station is None:
            return
        self._listening, self._deaf = True, threading.Event()
        self._tasks.run(
            self._pool.submit, self._hear, self._station, self._deaf, on_done=self._on_heard, receiver=self
        )

    def _hear(self, station: Any, deaf: threading.Event) -> bool | None:
        # Whatever goes wrong on the line is told by the next run, which notes it.
        from domain.errors import AppError
        from sync.transport_errors import TransportError

        try:
            return self._find_engine().await_news(station, LISTEN_S, deaf)
        except (TransportError, AppError):
            return None

    def _on_heard(self, news: bool | None) -> None:
        self._listening = False
        if self._station is None or news is None:
            return
        if news:
            self._by_news = True
            self._go_in(0)
        elif self.run is None:
            self._ears.start()

    def _set_run(self, run: Run | None) -> None:
        self.run = run
        self.run_changed.emit(run)


def _ask_state(station: Any) -> Any:
    from services.sync.state import read_sync_state

    return station.submit(read_sync_state)
