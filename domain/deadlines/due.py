"""When a promise ends, with the count shown day by day.

The day of acceptance is not counted. A matter accepted after closing time or on a rest day counts as accepted on
the next working day, whatever its class; at closing time to the millisecond it is still that day's. A limit ends
at closing time of its last working day; a limit of 0 days at closing time of the day of acceptance.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.cases.model import LimitClass
from domain.deadlines.calendar import DayKind, WorkCalendar
from domain.deadlines.hours import SiteHours
from domain.deadlines.office import Office
from domain.deadlines.rules import Profile
from domain.errors import AppError

# 2000-01-01 to 2100-01-01, UTC: a clock outside of these is broken, and no calendar reaches there.
EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_102_444_800_000


class Why(StrEnum):
    """Why a day counts or does not. Kinds of days come from ``DayKind`` with the same words."""

    ACCEPTED = "accepted"  # the day of acceptance
    SAME_DAY = "same_day"  # the day of acceptance, on which the limit also ends
    AFTER_HOURS = "after_hours"  # a working day, but accepted after its closing time
    SITE_CLOSED = "site_closed"  # worked by the calendar, closed by the site's own hours
    PAUSED = "paused"  # given back for time during which the clock stood
    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    UNPUBLISHED_WORKDAY = "unpublished_workday"
    UNPUBLISHED_WEEKEND = "unpublished_weekend"


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of the count; ``name`` is the holiday's, if it is one."""

    date: date
    counts: bool
    why: Why
    name: str = ""


@dataclass(frozen=True, slots=True)
class DueTime:
    """The end of a limit (UTC milliseconds) and the days from acceptance to it.

    ``provisional`` says that a day in between belongs to a year without a notice: recompute when it has one.
    """

    due_ms: int
    provisional: bool
    days: tuple[DayCount, ...]


def due_time(
    start_ms: int,
    limit: LimitClass,
    days: int | None,
    profile: Profile,
    calendar: WorkCalendar,
    hours: SiteHours,
) -> DueTime:
    """When a limit that starts at ``start_ms`` (UTC milliseconds) ends.

    ``days`` are an item's promised working days, None for the other classes. ``AppError``:
    ``deadlines.start_range`` and those of ``Profile.days_for``.
    """
    if not EARLIEST_MS <= start_ms < LATEST_MS:
        raise AppError("deadlines.start_range")
    wanted = profile.days_for(limit, days)
    office = Office(calendar, hours)
    shown = _until_accepted(office, start_ms, same_day=not wanted)
    counted = 0
    while counted < wanted:
        shown.append(explain(office, shown[-1].date + timedelta(days=1)))
        counted += shown[-1].counts
    return DueTime(office.closing(shown[-1].date), _is_provisional(shown, calendar), tuple(shown))


def explain(office: Office, day: date) -> DayCount:
    """How ``day``, after acceptance, counts by calendar and hours."""
    kind = office.calendar.kind(day)
    if kind.works and not office.works(day):
        return DayCount(day, False, Why.SITE_CLOSED)
    name = office.calendar.holidays[day] if kind is DayKind.HOLIDAY else ""
    return DayCount(day, kind.works, Why(kind.value), name)


def _until_accepted(office: Office, start_ms: int, *, same_day: bool) -> list[DayCount]:
    """The days from ``start_ms`` to the working day that it is accepted on; none of them counts."""
    day = office.day_of(start_ms)
    shown: list[DayCount] = []
    while not office.works(day) or start_ms > office.closing(day):
        entry = explain(office, day)
        shown.append(DayCount(day, False, Why.AFTER_HOURS) if entry.counts else entry)
        day += timedelta(days=1)
    return [*shown, DayCount(day, False, Why.SAME_DAY if same_day else Why.ACCEPTED)]


def _is_provisional(days: list[DayCount], calendar: WorkCalendar) -> bool:
    return not all(calendar.is_published(day.date.year) for day in days)
