"""The calendar of working days (工作日), from the State Council's yearly notices and from nothing else.

Document: ``{"kind": "calendar", "version": 1, "source": "…", "years": {"2026": YEAR, …}}``, where YEAR is
``{"notice": "国办发明电〔2025〕7号", "title", "date", "holidays": [{"name", "from", "to"}], "workdays": [day, …]}``.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from domain.errors import AppError

_LONGEST_HOLIDAY = timedelta(days=31)
_SATURDAY = 5


class DayKind(StrEnum):
    """What a day is. The last two are guesses by the day of the week, in a year without a notice."""

    WORKDAY = "workday"
    MAKEUP = "makeup"  # 调休上班
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    UNPUBLISHED_WORKDAY = "unpublished_workday"
    UNPUBLISHED_WEEKEND = "unpublished_weekend"

    @property
    def works(self) -> bool:
        return self in (DayKind.WORKDAY, DayKind.MAKEUP, DayKind.UNPUBLISHED_WORKDAY)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    ``notices`` maps each published year to its notice; ``holidays`` maps each day off to the holiday's name;
    ``workdays`` are the make-up days. A notice may name days of a neighbouring year (a New Year's holiday
    that begins in December), so days are looked up by date, not by year.
    """

    version: int
    notices: Mapping[int, str]
    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read a calendar document. ``AppError("deadlines.calendar_invalid", where=…)`` when it is none.

        A year without a named notice is not published, and what the document guesses for it is left out.
        """
        notices: dict[int, str] = {}
        holidays: dict[date, str] = {}
        workdays: set[date] = set()
        with _reading("years"):
            years = dict(document["years"])
            version = int(document["version"])
        for year, entry in years.items():
            with _reading(str(year)):
                notice = str(entry.get("notice") or "").strip()
                if notice:
                    notices[_year(year)] = notice
                    holidays.update(_days_off(entry["holidays"], int(year)))
                    workdays.update(_day(day, int(year)) for day in entry["workdays"])
        both = sorted(workdays & holidays.keys())
        if both:
            raise AppError("deadlines.calendar_invalid", where=both[0].isoformat())
        return cls(version, notices, holidays, frozenset(workdays))

    def is_published(self, year: int) -> bool:
        """Whether ``year`` has its notice."""
        return year in self.notices

    def kind(self, day: date) -> DayKind:
        """What ``day`` is; in a year without a notice Monday to Friday are taken to be worked."""
        if day in self.holidays:
            return DayKind.HOLIDAY
        if day in self.workdays:
            return DayKind.MAKEUP
        weekend = day.weekday() >= _SATURDAY
        if self.is_published(day.year):
            return DayKind.WEEKEND if weekend else DayKind.WORKDAY
        return DayKind.UNPUBLISHED_WEEKEND if weekend else DayKind.UNPUBLISHED_WORKDAY


@contextmanager
def _reading(where: str) -> Iterator[None]:
    """Turn whatever a malformed document raises into the one error that names the place."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AppError("deadlines.calendar_invalid", where=where) from error


def _year(text: str) -> int:
    if not re.fullmatch(r"[12][0-9]{3}", text):
        raise ValueError(text)
    return int(text)


def _day(text: str, year: int) -> date:
    day = date.fromisoformat(text)
    if abs(day.year - year) > 1:
        raise ValueError(text)
    return day


def _days_off(entries: list[Mapping[str, str]], year: int) -> Iterator[tuple[date, str]]:
    for entry in entries:
        first, last = _day(entry["from"], year), _day(entry["to"], year)
        if not timedelta(0) <= last - first < _LONGEST_HOLIDAY:
            raise ValueError(entry)
        for offset in range((last - first).days + 1):
            yield first + timedelta(days=offset), entry["name"]
