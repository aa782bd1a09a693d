"""Keeping read models up with what was taken in: beside those who serve, so that no batch waits for it."""

import logging
import threading
import time
from dataclasses import dataclass

from db.folding import fold_within
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.staff import Actor
from server.erasures import finish
from server.nodes import ServerNode


@dataclass(frozen=True, slots=True)
class Turn:
    """How long a transaction folds, ``streams`` after ``streams``."""

    seconds: float
    streams: int


OF_CENTRE, OF_HUB = Turn(0.1, 100), Turn(0.005, 8)
"""A hub has one writer: a few milliseconds, so that no call waits for it."""
QUIET_S, PATIENCE_S = 0.4, 3.0
"""While batches come in one after another folding stands aside, but not for longer than that; then it has its turn."""
IDLE_S = 0.3
AWAY_S = 5.0
"""How long to leave a store alone that has failed: its database may be away, or recover."""
SLICE_S = 1.0
BEAT_S = 5.0
_log = logging.getLogger("qifu.server.folding")


def fold(uow: UnitOfWork, clock: Clock, actor: Actor, turn: Turn = OF_CENTRE) -> int:
    """Fold some of the streams that lag; how many there were."""
    return fold_within(uow, turn.seconds, turn.streams, clock.now_ms())


def fold_all(node: ServerNode) -> int:
    """Fold until nothing lags; how many streams there were."""
    total = 0
    while count := node.call(fold):
        total += count
    return total


class Folder:
    """Folds, and counts the epoch on, until it is told to stop."""

    def __init__(self, node: ServerNode) -> None:
        self._node = node
        self._stopped = threading.Event()
        self._folded: int | None = None
        self._counted: int | None = None
        self._beat_in_s = BEAT_S
        self._turn = OF_CENTRE if node.role == DeviceRole.CENTRE else OF_HUB
        self._rested_at = time.monotonic()

    def stop(self) -> None:
        """End after the transaction that runs."""
        self._stopped.set()

    def run(self) -> None:
        """Until ``stop``. What goes wrong is logged and tried again."""
        while not self._stopped.is_set():
            try:
                idle = not self._step()
            except Exception:
                _log.exception("folding failed")
                idle = False
                self._stopped.wait(AWAY_S)
            if idle:
                self._stopped.wait(IDLE_S)
                self._beat_in_s -= IDLE_S

    def _step(self) -> bool:
        """Whether there was anything to fold."""
        now = time.monotonic()
        if now - self._node.gathered_at < QUIET_S and now - self._rested_at < PATIENCE_S:
            return False
        version = self._node.store.data_version()
        if version != self._folded:
            more, self._rested_at = self._fold_for(SLICE_S), time.monotonic()
            if more:
                return True
            self._folded = version
        self._rested_at = now
        if version != self._counted and self._beat_in_s <= 0:
            # Only a store that was written to has anything to lose.
            self._node.count_epoch()
            finish(self._node)
            self._beat_in_s = BEAT_S
            self._folded = self._counted = self._node.store.data_version()
        return False

    def _fold_for(self, seconds: float) -> bool:
        """Fold for so long; whether there may be more."""
        until = time.monotonic() + seconds
        while not self._stopped.is_set():
            if not self._node.call(fold, self._turn):
                return False
            if time.monotonic() >= until:
                break
        return True
