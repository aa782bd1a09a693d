"""A site's opening hours and zone (网点服务时间), and the instants that follow from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

from domain.errors import AppError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Interval = tuple[int, int]
"""Minutes since local midnight, from and to; 1440 is the end of the day."""


@dataclass(frozen=True, slots=True)
class SiteHours:
    """Opening intervals of each weekday, Monday first, and of make-up days (调休上班), in the site's zone.

    Each day's intervals are in order and apart; a day without any is closed. At least one of Monday to Friday
    is open, or no limit would ever end.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Interval, ...], ...]
    makeup: tuple[Interval, ...]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read ``{"zone": "Asia/Shanghai", "weekly": {"mon": [["09:00", "12:00"], …], …}, "makeup": […]}``.

        Without ``makeup`` such a day has the hours of the first open weekday. ``AppError``:
        ``deadlines.zone_unknown`` (zone), ``deadlines.hours_invalid`` (where), ``deadlines.hours_closed``.
        """
        zone = zone_of(document.get("zone"))
        weekly_document = document.get("weekly")
        if not isinstance(weekly_document, Mapping) or not set(weekly_document) <= set(WEEKDAYS):
            raise AppError("deadlines.hours_invalid", where="weekly")
        weekly = tuple(_intervals(weekly_document.get(name, ()), name) for name in WEEKDAYS)
        first_open = next((day for day in weekly[:5] if day), None)
        if first_open is None:
            raise AppError("deadlines.hours_closed")
        return cls(zone, weekly, _intervals(document.get("makeup", ()), "makeup") or first_open)

    def local(self, at_ms: int) -> datetime:
        """The instant as the site's clock shows it."""
        return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(self.zone)

    def instant(self, day: date, minute: int) -> int:
        """UTC milliseconds of a minute of a local day."""
        midnight_after = minute == _DAY
        clock = time(0) if midnight_after else time(*divmod(minute, 60))
        local = datetime.combine(day + timedelta(days=midnight_after), clock, tzinfo=self.zone)
        return to_ms(local)


def to_ms(moment: datetime) -> int:
    """UTC milliseconds of an aware ``moment``."""
    return (moment - _EPOCH) // _MILLISECOND


def zone_of(name: object) -> ZoneInfo:
    """The time zone called ``name``; ``AppError("deadlines.zone_unknown")`` when there is none."""
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, LookupError) as error:
        raise AppError("deadlines.zone_unknown", zone=name) from error


def _intervals(spans: Iterable[Any], where: str) -> tuple[Interval, ...]:
    try:
        read = tuple((_minute(start), _minute(end)) for start, end in spans)
    except (TypeError, ValueError) as error:
        raise AppError("deadlines.hours_invalid", where=where) from error
    edges = [edge for span in read for edge in span]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise AppError("deadlines.hours_invalid", where=where)
    return read


def _minute(text: str) -> int:
    if text == "24:00":
        return _DAY
    clock = time.fromisoformat(text)
    if clock.second or clock.microsecond or clock.tzinfo:
        raise ValueError(text)
    return clock.hour * 60 + clock.minute
