"""Figures of ratings for a stretch of time; the definition stands in ``domain.ratings.figures``."""

from collections import Counter
from datetime import date, timedelta

from db.rows.rating_rows import RatingFilter, RatingRow
from db.unit_of_work import UnitOfWork
from domain.callbacks.model import DISSATISFIED
from domain.clock import Clock
from domain.errors import AppError
from domain.ratings.figures import SATISFIED, RatingFigures
from domain.ratings.model import OPEN_RATINGS, RatingState
from domain.staff import Actor
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads

_OPEN = frozenset(state.value for state in OPEN_RATINGS)


@reads
def rating_figures(
    uow: UnitOfWork, clock: Clock, actor: Actor, from_ms: int, before_ms: int
) -> RatingFigures:
    """What was rated from ``from_ms`` to before ``before_ms`` (UTC milliseconds); for supervisors."""
    require(actor, "rating_supervise")
    return _figures(uow, clock, from_ms, before_ms)


@reads
def figures_of_days(uow: UnitOfWork, clock: Clock, actor: Actor, first: str, last: str) -> RatingFigures:
    """``rating_figures`` from the day ``first`` to ``last`` at the site, both in it; ``cases.until_invalid``."""
    hours = rulebook(uow).rules.hours
    days = [_day(typed) for typed in (first, last)]
    return rating_figures(
        uow, clock, actor, hours.instant(days[0], 0), hours.instant(days[1] + timedelta(days=1), 0)
    )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise AppError("cases.until_invalid", until=typed[:40]) from None


def _figures(uow: UnitOfWork, clock: Clock, from_ms: int, before_ms: int) -> RatingFigures:
    every = uow.ratings.rows(RatingFilter(given_from=from_ms, given_before=before_ms))
    rows = [row for row in every if row.state != RatingState.ANNULLED.value]
    bad = [row for row in rows if row.level <= DISSATISFIED]
    again = [row.second_level for row in bad if row.second_level is not None]
    return RatingFigures(
        rated=len(rows),
        satisfied=_satisfied(rows),
        bad=len(bad),
        levels=Counter(row.level for row in rows),
        sources=Counter(row.source for row in rows),
        by_board=_by_board(rows),
        closed=sum(row.state not in _OPEN for row in bad),
        annulled=len(every) - len(rows),
        rated_again=len(again),
        satisfied_after=sum(level >= SATISFIED for level in again),
        overdue=sum(row.state in _OPEN and (row.due_at or 0) < clock.now_ms() for row in bad),
    )


def _satisfied(rows: list[RatingRow]) -> int:
    return sum(row.level >= SATISFIED for row in rows)


def _by_board(rows: list[RatingRow]) -> dict[str, tuple[int, int]]:
    boards = dict.fromkeys(row.board for row in rows if row.board)
    return {
        board: (len(of_it), _satisfied(of_it))
        for board in boards
        for of_it in ([row for row in rows if row.board == board],)
    }
