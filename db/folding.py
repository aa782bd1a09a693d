"""Bringing read models up to date with events that came from elsewhere, a few streams a transaction."""

import logging
import time
from collections.abc import Sequence

import sqlalchemy as sa

from db.rows.row_sets import delete_all
from db.rows.sync_rows import SyncRows
from db.schema.sync import event_review, unfolded
from db.unit_of_work import UnitOfWork
from domain.cases.decisions import REVIEW

_UNFIT = (sa.exc.DataError, sa.exc.IntegrityError, ValueError, TypeError, KeyError, ArithmeticError)
"""What an event may bring about that no desk of ours writes: a number larger than a column, say."""
_log = logging.getLogger("qifu.folding")


def fold_some(uow: UnitOfWork, limit: int, now_ms: int) -> int:
    """Fold up to ``limit`` streams that lag; how many there were. Several processes may do this at once.

    A stream that cannot be folded keeps its rows as they were, is named in the log, and holds up no other.
    """
    query = sa.select(unfolded.c.stream).order_by(unfolded.c.stream).limit(limit)
    streams = list(uow.connection.execute(query.with_for_update(skip_locked=True)).scalars())
    delete_all(uow.connection, unfolded, "stream", streams)
    _fold(uow, streams, now_ms)
    return len(streams)


def fold_within(uow: UnitOfWork, seconds: float, at_once: int, now_ms: int) -> int:
    """Fold ``at_once`` streams after ``at_once``, until that has taken so long or nothing lags; how many there were.

    The transaction is as long as others are made to wait, however fast the machine and however large the cases.
    """
    until, total = time.monotonic() + seconds, 0
    while True:
        count = fold_some(uow, at_once, now_ms)
        total += count
        if count < at_once or time.monotonic() >= until:
            return total


def _fold(uow: UnitOfWork, streams: Sequence[str], now_ms: int) -> None:
    """Fold ``streams``; where one of many does not fit, it is found by halves."""
    if not streams or _folded(uow, streams, now_ms):
        return
    if len(streams) == 1:
        _log.error("cannot fold", extra={"facts": {"stream": streams[0]}})
        return
    middle = len(streams) // 2
    _fold(uow, streams[:middle], now_ms)
    _fold(uow, streams[middle:], now_ms)


def _folded(uow: UnitOfWork, streams: Sequence[str], now_ms: int) -> bool:
    """Fold ``streams``; where one does not fit, nothing has happened."""
    try:
        with uow.connection.begin_nested():
            uow.refold(streams, now_ms)
            _close_reviews(uow, streams)
    except _UNFIT:
        return False
    return True


def _close_reviews(uow: UnitOfWork, streams: Sequence[str]) -> None:
    """What was decided at another node about a step without a right is decided here, too."""
    c = event_review.c
    query = sa.select(c.stream).where(c.stream.in_(streams), c.decided_at.is_(None)).distinct()
    for stream in uow.connection.execute(query).scalars().all():
        for one in uow.events.stream(stream):
            if one.kind == REVIEW and isinstance(one.payload.get("event"), str):
                decision = str(one.payload.get("decision", ""))
                SyncRows(uow.connection).decide_review(one.payload["event"], decision, one.actor, one.at)


def lagging(uow: UnitOfWork) -> int:
    """How many streams wait to be folded."""
    return int(uow.connection.execute(sa.select(sa.func.count()).select_from(unfolded)).scalar_one())
