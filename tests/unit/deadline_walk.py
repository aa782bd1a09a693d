"""What the tests of due times share: the shipped rules, local times in words, and walks that share no code
with what they check.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from domain.cases.model import LimitClass
from domain.deadlines.clock import Alert, Pause, alert_starts, elapsed
from domain.deadlines.due import DueTime, due_time
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules
from resources import path

SLOW = settings(deadline=None, max_examples=60)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = 60_000
HOUR = 60 * MINUTE

CALENDAR_DOCUMENT = json.loads(path("reference/calendar.json").read_text("utf-8"))
LIMITS_DOCUMENT = json.loads(path("reference/limits.json").read_text("utf-8"))
RULES = Rules.from_documents(CALENDAR_DOCUMENT, LIMITS_DOCUMENT)
OFFICE = Office(RULES.calendar, RULES.hours)


def ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return round(moment.timestamp() * 1000)


def local(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).strftime("%Y-%m-%d %H:%M")


def due(at: str, limit: str = "standard", days: int | None = None, profile: str = "provincial") -> DueTime:
    return due_time(ms(at), LimitClass(limit), days, RULES.profile(profile), RULES.calendar, RULES.hours)


def _listed(years: dict[str, Any]) -> tuple[set[str], set[str]]:
    off, on = set(), set()
    for entry in years.values():
        on.update(entry["workdays"])
        for holiday in entry["holidays"]:
            day = date.fromisoformat(holiday["from"])
            while day.isoformat() <= holiday["to"]:
                off.add(day.isoformat())
                day += timedelta(days=1)
    return off, on


OFF, ON = _listed(CALENDAR_DOCUMENT["years"])


def oracle_works(day: date) -> bool:
    text = day.isoformat()
    return text in ON or (text not in OFF and day.isoweekday() < 6)


def oracle_due(at: datetime, days: int) -> datetime:
    """Walks minute by minute to the day that the matter counts as accepted on, then day by day."""
    minute = at
    while not (oracle_works(minute.date()) and (minute.hour, minute.minute) <= (17, 0)):
        minute += timedelta(minutes=1)
    day = minute.date()
    for _ in range(days):
        day += timedelta(days=1)
        while not oracle_works(day):
            day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 17, tzinfo=SHANGHAI)


def oracle_open(minute: datetime) -> bool:
    clock = (minute.hour, minute.minute)
    return oracle_works(minute.date()) and ((9, 0) <= clock < (12, 0) or (13, 30) <= clock < (17, 0))


def oracle_open_minutes(start: datetime, end: datetime) -> int:
    count = 0
    while start < end:
        count += oracle_open(start)
        start += timedelta(minutes=1)
    return count


def oracle_paused_due(start: datetime, due_at: datetime, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """Spends the open minutes of the limit one by one, skipping those of the pauses."""
    budget = oracle_open_minutes(start, due_at)
    minute = start
    while budget:
        stands = any(begin <= minute < end for begin, end in pauses)
        budget -= oracle_open(minute) and not stands
        minute += timedelta(minutes=1)
    return minute


minutes = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minute: datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minute)
)
# Where the calendar is interesting: the spring festival of 2026 and its make-up Saturdays.
festival = st.integers(0, 24 * 24 * 60).map(
    lambda minute: datetime(2026, 2, 9, tzinfo=SHANGHAI) + timedelta(minutes=minute)
)


def as_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def warning_at(start_ms: int, due_ms: int, now_ms: int, pauses: Sequence[Pause] = ()) -> Alert:
    """The warning at one moment, by the instants at which warnings begin."""
    amber_ms, red_ms = alert_starts(OFFICE, start_ms, due_ms, pauses)
    if now_ms > due_ms:
        return Alert.RED if now_ms >= red_ms else Alert.YELLOW
    return Alert.AMBER if now_ms >= amber_ms else Alert.NONE


def oracle_warning(start_ms: int, due_ms: int, now_ms: int, pauses: Sequence[Pause]) -> Alert:
    """The same by the rule itself, asked at that moment."""
    if now_ms > due_ms:
        return Alert.RED if now_ms >= OFFICE.shift(due_ms, 2) else Alert.YELLOW
    whole = elapsed(OFFICE, start_ms, due_ms, pauses)
    # Where the limit would begin if it had run to this end without a pause.
    begin_ms = OFFICE.after_open(start_ms, OFFICE.open_between(start_ms, due_ms) - whole)
    if begin_ms < OFFICE.shift(due_ms, -1) <= now_ms:
        return Alert.AMBER
    left = whole - elapsed(OFFICE, start_ms, now_ms, pauses)
    return Alert.AMBER if left * 5 <= whole else Alert.NONE
