"""The queue's figures of a day or of many: sums of periods, nothing else, so that they always agree with them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from domain.queue.model import TicketState

WAIT = (TicketState.WAITING, TicketState.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class PeriodFact:
    """One period of a ticket with what figures need. Times are UTC milliseconds; ``to_at`` None while it lasts."""

    ticket: str
    number: str
    day: str
    state: str
    group: str
    window: str
    staff: str
    from_at: int
    to_at: int | None
    time_wrong: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """``tickets`` counts those that had a period here, ``served`` those that a window was busy with.

    Sums are over all closed periods. Mean, median and longest leave out tickets whose time is not right, and are None
    where nothing is left. Milliseconds. ``name`` is what people call ``key``, "" where it is not known.
    """

    key: str
    tickets: int
    served: int
    wait_ms: int
    way_ms: int
    serve_ms: int
    hold_ms: int
    missed_ms: int
    mean_wait_ms: int | None
    median_wait_ms: int | None
    longest_wait_ms: int | None
    mean_service_ms: int | None
    doubtful: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """The whole and its parts."""

    first_day: str
    last_day: str
    total: Figures
    by_group: tuple[Figures, ...]
    by_window: tuple[Figures, ...]
    by_staff: tuple[Figures, ...]
    finished: int
    left: int
    open: int


def figures(facts: Sequence[PeriodFact], first_day: str, last_day: str) -> QueueStatistics:
    """The figures of ``facts``, the periods of every ticket of these days."""
    last_states = {fact.ticket: fact.state for fact in facts if fact.to_at is None}
    tickets = {fact.ticket for fact in facts}
    served = {
        fact.ticket for fact in facts if fact.state == TicketState.SERVING or fact.state == TicketState.CALLED
    }
    ended = tickets - set(last_states)
    return QueueStatistics(
        first_day,
        last_day,
        _of("", facts),
        _by(facts, lambda fact: fact.group),
        _by(facts, lambda fact: fact.window),
        _by(facts, lambda fact: fact.staff),
        finished=len(ended & served),
        left=len(ended - served),
        open=len(last_states),
    )


def _by(facts: Iterable[PeriodFact], key: Callable[[PeriodFact], str]) -> tuple[Figures, ...]:
    parts: dict[str, list[PeriodFact]] = defaultdict(list)
    for fact in facts:
        if key(fact):
            parts[key(fact)].append(fact)
    return tuple(_of(name, parts[name]) for name in sorted(parts))


def _of(key: str, facts: Sequence[PeriodFact]) -> Figures:
    right = [fact for fact in facts if not fact.time_wrong]
    waits = _per_ticket(right, WAIT)
    services = _per_ticket(right, (TicketState.CALLED, TicketState.SERVING))
    return Figures(
        key,
        tickets=len({fact.ticket for fact in facts}),
        served=len(
            {fact.ticket for fact in facts if fact.state in (TicketState.CALLED, TicketState.SERVING)}
        ),
        wait_ms=_sum(facts, *WAIT),
        way_ms=_sum(facts, TicketState.CALLED),
        serve_ms=_sum(facts, TicketState.SERVING),
        hold_ms=_sum(facts, TicketState.HELD),
        missed_ms=_sum(facts, TicketState.MISSED),
        mean_wait_ms=_mean(waits),
        median_wait_ms=int(median(waits)) if waits else None,
        longest_wait_ms=max(waits, default=None),
        mean_service_ms=_mean(services),
        doubtful=len({fact.ticket for fact in facts if fact.time_wrong}),
    )


def _sum(facts: Iterable[PeriodFact], *states: TicketState) -> int:
    return sum(fact.to_at - fact.from_at for fact in facts if fact.to_at is not None and fact.state in states)


def _per_ticket(facts: Iterable[PeriodFact], states: Sequence[TicketState]) -> list[int]:
    sums: dict[str, int] = defaultdict(int)
    for fact in facts:
        if fact.state in states and fact.to_at is not None:
            sums[fact.ticket] += fact.to_at - fact.from_at
    return list(sums.values())


def _mean(values: Sequence[int]) -> int | None:
    return sum(values) // len(values) if values else None
