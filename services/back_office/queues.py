"""A board's work queues: what is new, due, overdue, returned, waiting for others, taken over as fallback."""

from dataclasses import dataclass

from db.rows.assignment_rows import QUEUES, AssignmentRow
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.absence import stands_for
from services.case_lists import day_of
from services.rulebook import rulebook
from services.station import reads

MINE = "mine"


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many shares stand in each of ``QUEUES`` of ``board``, when it was counted (UTC milliseconds)."""

    board: str
    counts: dict[str, int]
    now_ms: int
    mine: int = 0
    """What the actor has taken, and those they stand in for."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One stretch of a queue and how many shares it holds in all."""

    board: str
    queue: str
    rows: tuple[AssignmentRow, ...]
    total: int
    now_ms: int


@reads
def count_queues(uow: UnitOfWork, clock: Clock, actor: Actor, board: str | None = None) -> QueueCounts:
    """The counts of every queue of ``board`` (the actor's own where none is named), in one question.

    ``cases.queue_board_missing`` for somebody without a board who names none, ``cases.unknown_board``.
    """
    wanted, now_ms = _board(uow, actor, board), clock.now_ms()
    _, tomorrow = day_of(now_ms, rulebook(uow).site.zone)
    counts = uow.assignments.counts(wanted, now_ms=now_ms, tomorrow_ms=tomorrow)
    own = uow.assignments.counts(
        wanted, now_ms=now_ms, tomorrow_ms=tomorrow, handlers=stands_for(uow, clock, actor)
    )
    return QueueCounts(wanted, counts, now_ms, own["all"])


@reads
def read_queue(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    queue: str = "all",
    *,
    board: str | None = None,
    mine: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> QueuePage:
    """One stretch of a queue, the most urgent first.

    ``mine``, or the queue called so, narrows to what the actor has taken, and those they stand in for.
    ``cases.unknown_queue`` and the errors of ``count_queues``.
    """
    if queue == MINE:
        queue, mine = "all", True
    if queue not in QUEUES:
        raise AppError("cases.unknown_queue", queue=queue[:40], known=" ".join(QUEUES))
    wanted, now_ms = _board(uow, actor, board), clock.now_ms()
    _, tomorrow = day_of(now_ms, rulebook(uow).site.zone)
    handlers = stands_for(uow, clock, actor) if mine else None
    rows = uow.assignments.queue(
        wanted,
        queue,
        now_ms=now_ms,
        tomorrow_ms=tomorrow,
        handlers=handlers,
        limit=limit,
        offset=offset,
    )
    total = len(rows)
    if limit is not None or offset:
        total = uow.assignments.count(wanted, queue, now_ms=now_ms, tomorrow_ms=tomorrow, handlers=handlers)
    return QueuePage(wanted, queue, tuple(rows), total, now_ms)


def _board(uow: UnitOfWork, actor: Actor, board: str | None) -> str:
    wanted = board or actor.board
    if wanted is None:
        raise AppError("cases.queue_board_missing")
    known = rulebook(uow).boards
    if wanted not in known:
        raise AppError("cases.unknown_board", board=wanted[:40], known=" ".join(known))
    return wanted
