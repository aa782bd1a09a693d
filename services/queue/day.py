"""The queue's day: which day a number counts for, who is in the line, what an earlier day left open.

The day is the local date at the site. Clocks go wrong: a day that lies ahead and still has open tickets goes on, so
that a clock set back gives no number twice; a leap forward of more than a month closes nothing by itself until the
hall has worked on another day, too.
"""

import re
from datetime import date, timedelta

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue import decide
from domain.queue.hall import BIRTH, HallDay
from domain.queue.line import Waiting
from domain.staff import Actor
from services.rulebook import rulebook
from services.station import reads

OVERNIGHT_MS = 4 * 3_600_000
"""A ticket that moved less than this ago belongs to the line although its day is over."""
PLAUSIBLE_DAYS = 31
"""No holiday closes a hall for longer; a clock that is wrong by more is wrong by years."""
_MIDNIGHT = 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
_KEPT_COMMANDS_MS = 2 * 24 * 3_600_000


def today_of(uow: UnitOfWork, now_ms: int) -> str:
    """The local date at the site."""
    return rulebook(uow).rules.hours.local(now_ms).date().isoformat()


def issuing_day(uow: UnitOfWork, now_ms: int) -> str:
    """The day that a number given out now counts for."""
    return max([today_of(uow, now_ms), *uow.tickets.open_days()])


def line_now(uow: UnitOfWork, now_ms: int) -> list[Waiting]:
    """Everybody who may be called now."""
    return uow.tickets.line(today_of(uow, now_ms), now_ms - OVERNIGHT_MS)


def days_of(uow: UnitOfWork, now_ms: int) -> list[str]:
    """The days whose numbers people mean when they say one: today, and days with open tickets."""
    return [today_of(uow, now_ms), *uow.tickets.open_days()]


def hall_now(uow: UnitOfWork, now_ms: int) -> HallDay:
    """The hall's day as it is; an empty one before anything happened."""
    day = today_of(uow, now_ms)
    return uow.hall_days.get(day, uow.events.node.site) or HallDay("", day)


def begin_day(uow: UnitOfWork, clock: Clock, actor: Actor) -> HallDay:
    """The hall's day, begun where nothing had happened yet; what an earlier day left open is closed then."""
    now_ms = clock.now_ms()
    day, site = today_of(uow, now_ms), uow.events.node.site
    hall = uow.hall_days.get(day, site)
    if hall is None:
        uow.append(None, [NewEvent(BIRTH, {"day": day})], actor=actor.id, now_ms=now_ms)
        uow.tickets.forget_commands(now_ms - _KEPT_COMMANDS_MS)
        hall = uow.hall_days.get(day, site)
        assert hall is not None
    close_earlier(uow, clock, actor)
    return hall


def close_earlier(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """End what earlier days left open; how many. What moved a moment ago stays, and all of it after a clock's leap."""
    now_ms = clock.now_ms()
    today = today_of(uow, now_ms)
    count = 0
    for ticket_id in uow.tickets.open_before(today):
        ticket = uow.ticket(ticket_id)
        if now_ms - ticket.since < OVERNIGHT_MS or not _is_over(uow, ticket.day, today):
            continue
        event = decide.close_day(ticket, closing_of(uow, ticket.day, now_ms))
        if event is not None:
            uow.append(ticket.id, [event], actor=actor.id, now_ms=now_ms)
            count += 1
    return count


def _is_over(uow: UnitOfWork, day: str, today: str) -> bool:
    """Whether ``day`` is over, not only by a clock that leapt."""
    passed = date.fromisoformat(today) - date.fromisoformat(day)
    return passed <= timedelta(days=PLAUSIBLE_DAYS) or uow.hall_days.any_between(
        day, today, uow.events.node.site
    )


def closing_of(uow: UnitOfWork, day: str, now_ms: int) -> int:
    """When the hall closed on ``day``, the end of that day where it was not open; never after now."""
    rules, local = rulebook(uow).rules, date.fromisoformat(day)
    spans = _office(rules).visiting(local)
    return min(rules.hours.instant(local, spans[-1][1] if spans else _MIDNIGHT), now_ms)


def is_open_now(uow: UnitOfWork, now_ms: int) -> bool:
    """Whether the hall takes visitors by its hours."""
    rules = rulebook(uow).rules
    local = rules.hours.local(now_ms)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in _office(rules).visiting(local.date()))


def visiting_on(uow: UnitOfWork, day: str) -> tuple[tuple[int, int], ...]:
    """The hours of ``day`` as instants (from, to) in UTC milliseconds; none on a day without visitors."""
    rules, local = rulebook(uow).rules, date.fromisoformat(day)
    spans = _office(rules).visiting(local)
    return tuple((rules.hours.instant(local, start), rules.hours.instant(local, end)) for start, end in spans)


@reads
def read_appointment(uow: UnitOfWork, clock: Clock, actor: Actor, text: str) -> int:
    """``09:30`` of today at the site as UTC milliseconds; ``AppError("queue.time_invalid")``."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise AppError("queue.time_invalid", time=text[:20])
    today = date.fromisoformat(today_of(uow, clock.now_ms()))
    return rulebook(uow).rules.hours.instant(today, int(match[1]) * 60 + int(match[2]))


def _office(rules: Rules) -> Office:
    return Office(rules.calendar, rules.hours)
