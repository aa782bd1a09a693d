"""Working days and opening time of one site: its calendar and its hours put together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.deadlines.calendar import DayKind, WorkCalendar
from domain.deadlines.hours import Interval, SiteHours

_ONE_DAY = timedelta(days=1)
_MOST_DAYS = 2_000
"""Kept at once: cases of some years; what a clock that was wrong has dated does not add up."""


@dataclass(frozen=True, slots=True)
class Office:
    """Answers when the site works. A working day is one that the calendar works and the site is open on.

    A hall that also opens at weekends takes matters in then, but a Saturday stays a rest day for every limit.
    """

    calendar: WorkCalendar
    hours: SiteHours
    _days: dict[date, tuple[tuple[int, int], ...]] = field(default_factory=dict, compare=False, repr=False)
    """Days that were asked for: their opening intervals as instants."""

    def day_of(self, at_ms: int) -> date:
        """The local day of an instant."""
        return self.hours.local(at_ms).date()

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day of the site."""
        return bool(self._instants(day))

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        day += _ONE_DAY
        while not self.works(day):
            day += _ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """The last working day before ``day``."""
        day -= _ONE_DAY
        while not self.works(day):
            day -= _ONE_DAY
        return day

    def closing(self, day: date) -> int:
        """Closing time of a working day, UTC milliseconds."""
        return self._instants(day)[-1][1]

    def open_between(self, start_ms: int, end_ms: int) -> int:
        """Milliseconds that the site is open on working days between two instants; 0 when reversed."""
        total = 0
        for start, end in self._spans(self.day_of(start_ms)):
            if start >= end_ms:
                break
            total += max(0, min(end, end_ms) - max(start, start_ms))
        return total

    def after_open(self, start_ms: int, amount_ms: int) -> int:
        """The first instant at which the site has been open for ``amount_ms`` since ``start_ms``."""
        if amount_ms <= 0:
            return start_ms
        for start, end in self._spans(self.day_of(start_ms)):
            available = max(0, end - max(start, start_ms))
            if available >= amount_ms:
                return max(start, start_ms) + amount_ms
            amount_ms -= available
        raise AssertionError("the days of an office never end")

    def shift(self, at_ms: int, days: int) -> int:
        """The same time of day ``days`` working days later (earlier when negative), at most closing time."""
        if not days:
            return at_ms
        local = self.hours.local(at_ms)
        day = local.date()
        for _ in range(abs(days)):
            day = self.next_working(day) if days > 0 else self.previous_working(day)
        minute = local.hour * 60 + local.minute
        rest = at_ms - self.hours.instant(local.date(), minute)
        return min(self.hours.instant(day, minute) + rest, self.closing(day))

    def opening(self, day: date) -> tuple[Interval, ...]:
        """The opening intervals of a working day; none on any other."""
        kind = self.calendar.kind(day)
        if kind is DayKind.MAKEUP:
            return self.hours.makeup
        return self.hours.weekly[day.weekday()] if kind.works else ()

    def visiting(self, day: date) -> tuple[Interval, ...]:
        """When the hall takes visitors on ``day``, which may be at a weekend, too."""
        kind = self.calendar.kind(day)
        if kind is DayKind.MAKEUP:
            return self.hours.makeup
        return () if kind is DayKind.HOLIDAY else self.hours.weekly[day.weekday()]

    def _spans(self, day: date) -> Iterator[tuple[int, int]]:
        """Opening intervals from ``day`` on, as instants, without end."""
        while True:
            yield from self._instants(day)
            day += _ONE_DAY

    def _instants(self, day: date) -> tuple[tuple[int, int], ...]:
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            instant = self.hours.instant
            found = tuple((instant(day, start), instant(day, end)) for start, end in self.opening(day))
            self._days[day] = found
        return found
