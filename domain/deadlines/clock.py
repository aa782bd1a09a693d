"""The running clock of a case: pauses (挂起), elapsed time, warnings.

A pause gives back the opening time during which the clock stood, no more and no less: a pause over lunch, a night
or a holiday gives back nothing, and pauses one after another give back what one long pause does. The end of the
limit then need not be a closing time: rounding up to one would make a minute's pause worth a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from domain.deadlines.due import DayCount, DueTime, Why, explain
from domain.deadlines.office import Office


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands, UTC milliseconds; ``end_ms`` is None while it lasts."""

    start_ms: int
    end_ms: int | None = None


class Alert(StrEnum):
    """How urgent a case is; the two cards are 黄牌 and 红牌."""

    NONE = "none"
    AMBER = "amber"
    YELLOW = "yellow"
    RED = "red"


def elapsed(office: Office, start_ms: int, now_ms: int, pauses: Iterable[Pause] = ()) -> int:
    """Milliseconds of opening time from ``start_ms`` to ``now_ms`` during which the clock ran."""
    total = office.open_between(start_ms, now_ms)
    for begin, end in _stretches(pauses, now_ms):
        total -= office.open_between(max(begin, start_ms), min(end, now_ms))
    return total


def paused_due(office: Office, due: DueTime, pauses: Iterable[Pause], now_ms: int) -> DueTime:
    """``due`` moved by the time that ``pauses`` took out of it; a lasting pause counts up to ``now_ms``."""
    due_ms = due.due_ms
    for begin, end in _stretches(pauses, now_ms):
        if begin >= due_ms:
            break
        # The opening time that was left at ``begin`` runs on from ``end``.
        due_ms = office.after_open(end, office.open_between(begin, due_ms))
    if due_ms == due.due_ms:
        return due
    given_back = _given_back(office, due, due_ms)
    unpublished = any(not office.calendar.is_published(day.date.year) for day in given_back)
    return replace(
        due, due_ms=due_ms, provisional=due.provisional or unpublished, days=(*due.days, *given_back)
    )


def alert_starts(office: Office, start_ms: int, due_ms: int, pauses: Iterable[Pause] = ()) -> tuple[int, int]:
    """When a case that runs from ``start_ms`` to ``due_ms`` is amber and red; ``pauses``, already in it, have ended.

    Red is from 2 working days over, yellow from the millisecond after ``due_ms``, amber from 1 working day before it
    or when 20 % of the time is left, whichever comes first. A limit so short that it begins within its last working
    day has only the 20 %; else a matter of the same day would be amber from the start.
    """
    stood = tuple(pauses)
    whole = elapsed(office, start_ms, due_ms, stood)
    stood_ms = office.open_between(start_ms, due_ms) - whole if stood else 0
    begin_ms = office.after_open(start_ms, stood_ms)
    day_before = office.shift(due_ms, -1)
    amber_ms = _after_running(office, start_ms, whole - whole // 5, stood)
    if begin_ms < day_before:
        amber_ms = min(amber_ms, day_before)
    return amber_ms, office.shift(due_ms, 2)


def _after_running(office: Office, start_ms: int, amount_ms: int, pauses: tuple[Pause, ...]) -> int:
    """The first instant at which the clock has run for ``amount_ms`` since ``start_ms``."""
    at_ms = office.after_open(start_ms, amount_ms)
    for begin, end in _stretches(pauses, start_ms):
        if begin >= at_ms:
            break
        if end > start_ms:
            at_ms = office.after_open(end, office.open_between(max(begin, start_ms), at_ms))
    return at_ms


def _stretches(pauses: Iterable[Pause], now_ms: int) -> list[tuple[int, int]]:
    """Pauses in order, overlapping ones joined, a lasting one ended at ``now_ms``."""
    merged: list[tuple[int, int]] = []
    ended = ((pause.start_ms, now_ms if pause.end_ms is None else pause.end_ms) for pause in pauses)
    for begin, end in sorted(span for span in ended if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _given_back(office: Office, due: DueTime, due_ms: int) -> list[DayCount]:
    last = office.day_of(due_ms)
    shown: list[DayCount] = []
    day = due.days[-1].date
    while day < last:
        day += timedelta(days=1)
        entry = explain(office, day)
        shown.append(DayCount(day, False, Why.PAUSED) if entry.counts else entry)
    return shown
