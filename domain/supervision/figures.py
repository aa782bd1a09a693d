"""The figures that a centre is measured by (时效指标), from the instants of its cases. Pure.

高效闭环率 is counted over the pool of problems: closed within its limit ÷ what was closed or is over its limit. What
still runs in time has not been decided yet; withdrawn, declined and merged cases are no closings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from domain.cases.model import LimitClass
from domain.deadlines.due import due_time
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules
from domain.supervision.open_time import OpenTime

SPANS = (1, 3, 5)
"""Working days that a closing is counted within; the day of acceptance is not counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the figures need of a case. Times are UTC milliseconds; ``closed_at`` is None while it is open."""

    accepted_at: int
    closed_at: int | None
    due_at: int | None
    in_pool: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A board's share that was answered: when the board was given it, when it answered."""

    board: str
    assigned_at: int
    answered_at: int


@dataclass(frozen=True, slots=True)
class BoardTime:
    """How long a board takes: opening time from being given a share to its answer, milliseconds."""

    board: str
    answered: int
    mean_ms: int
    median_ms: int


@dataclass(frozen=True, slots=True)
class CentreFigures:
    """Permille are None where nothing was counted. ``within`` is working days → how many of ``closed``."""

    accepted: int
    closed: int
    pool_decided: int
    pool_in_time: int
    within: Mapping[int, int]
    boards: tuple[BoardTime, ...] = field(default=())

    @property
    def closure_permille(self) -> int | None:
        """高效闭环率: of the pool, closed within the limit."""
        return permille(self.pool_in_time, self.pool_decided)

    def within_permille(self, days: int) -> int | None:
        """The share of closings within ``days`` working days, one of ``SPANS``."""
        return permille(self.within[days], self.closed)


def permille(part: int, whole: int) -> int | None:
    """``part`` of ``whole``, rounded half up; None of nothing."""
    return (part * 2000 + whole) // (2 * whole) if whole else None


class Promises:
    """When ``SPANS`` of an acceptance end; worked out once for each day and each side of its closing time."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._office = rules, Office(rules.calendar, rules.hours)
        self._closing: dict[date, int] = {}
        self._known: dict[tuple[date, bool], tuple[int, ...]] = {}

    def ends(self, start_ms: int) -> tuple[int, ...]:
        """Closing times of the last working days, UTC milliseconds, in the order of ``SPANS``."""
        day = self._office.day_of(start_ms)
        if day not in self._closing:
            self._closing[day] = self._office.closing(day) if self._office.works(day) else 0
        key = (day, start_ms > self._closing[day])
        if key not in self._known:
            self._known[key] = tuple(self._end(start_ms, days) for days in SPANS)
        return self._known[key]

    def _end(self, start_ms: int, days: int) -> int:
        rules = self._rules
        return due_time(start_ms, LimitClass.ITEM, days, rules.profile(), rules.calendar, rules.hours).due_ms


def figures(cases: Iterable[Counted], shares: Iterable[Given], rules: Rules, now_ms: int) -> CentreFigures:
    """The figures of ``cases`` and of the boards' ``shares`` of them at ``now_ms``."""
    every, given, promises = tuple(cases), tuple(shares), Promises(rules)
    closed = [(one, one.closed_at) for one in every if one.closed_at is not None]
    pool = [one for one in every if one.in_pool and one.due_at is not None and _is_decided(one, now_ms)]
    return CentreFigures(
        accepted=len(every),
        closed=len(closed),
        pool_decided=len(pool),
        pool_in_time=sum(_in_time(one) for one in pool),
        within=_within(closed, promises),
        boards=_boards(given, rules),
    )


def _within(closed: list[tuple[Counted, int]], promises: Promises) -> dict[int, int]:
    counts = dict.fromkeys(SPANS, 0)
    for one, closed_at in closed:
        for days, end in zip(SPANS, promises.ends(one.accepted_at), strict=True):
            counts[days] += closed_at <= end
    return counts


def _is_decided(one: Counted, now_ms: int) -> bool:
    return one.closed_at is not None or (one.due_at is not None and one.due_at < now_ms)


def _in_time(one: Counted) -> bool:
    return one.closed_at is not None and one.due_at is not None and one.closed_at <= one.due_at


def _boards(shares: tuple[Given, ...], rules: Rules) -> tuple[BoardTime, ...]:
    if not shares:
        return ()
    first = min(min(one.assigned_at, one.answered_at) for one in shares)
    last = max(max(one.assigned_at, one.answered_at) for one in shares)
    open_time = OpenTime(Office(rules.calendar, rules.hours), first, last)
    taken: dict[str, list[int]] = {}
    for one in shares:
        taken.setdefault(one.board, []).append(open_time.between(one.assigned_at, one.answered_at))
    return tuple(
        BoardTime(board, len(times), sum(times) // len(times), int(median(times)))
        for board, times in sorted(taken.items())
    )
