"""Due times, pauses and warnings, against the rules and against slow oracles that share no code with them."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.messages.deadlines import SENTENCES, WHY, why
from domain.cases.model import LimitClass
from domain.deadlines import office as office_module
from domain.deadlines.calendar import DayKind, WorkCalendar
from domain.deadlines.clock import Alert, Pause, alert_level, elapsed, paused_due
from domain.deadlines.due import DueRequest, DueTime, Why, due_time, recompute
from domain.deadlines.hours import SiteHours
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules
from domain.errors import AppError
from resources import path

SHANGHAI = ZoneInfo("Asia/Shanghai")
SLOW = settings(deadline=None, max_examples=60)
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


# --- the rules, by example ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "limit", "days", "profile", "expected"),
    [
        # An ordinary week: Tuesday 10 March 2026.
        ("2026-03-10 10:00", "simple", None, "provincial", "2026-03-10 17:00"),
        ("2026-03-10 10:00", "simple", None, "qiantang", "2026-03-11 17:00"),
        ("2026-03-10 10:00", "standard", None, "provincial", "2026-03-13 17:00"),
        ("2026-03-10 10:00", "hard", None, "provincial", "2026-03-17 17:00"),
        ("2026-03-10 10:00", "item", 7, "provincial", "2026-03-19 17:00"),
        ("2026-03-10 10:00", "item", 0, "provincial", "2026-03-10 17:00"),
        # 17:00 exactly is still that day, a millisecond later is the next; midnight belongs to the day it begins.
        ("2026-03-10 17:00", "simple", None, "provincial", "2026-03-10 17:00"),
        ("2026-03-10 17:00:00.001", "simple", None, "provincial", "2026-03-11 17:00"),
        ("2026-03-10 17:00", "standard", None, "provincial", "2026-03-13 17:00"),
        ("2026-03-10 17:00:00.001", "standard", None, "provincial", "2026-03-16 17:00"),
        ("2026-03-10 00:00", "simple", None, "provincial", "2026-03-10 17:00"),
        ("2026-03-10 23:59:59.999", "simple", None, "provincial", "2026-03-11 17:00"),
        ("2026-03-11 00:00", "simple", None, "provincial", "2026-03-11 17:00"),
        # Before opening and over lunch: the same day.
        ("2026-03-10 06:00", "simple", None, "provincial", "2026-03-10 17:00"),
        ("2026-03-10 12:30", "standard", None, "provincial", "2026-03-13 17:00"),
        # Weekend, holiday, make-up Saturday.
        ("2026-03-14 10:00", "simple", None, "provincial", "2026-03-16 17:00"),
        ("2026-02-13 10:00", "standard", None, "provincial", "2026-02-25 17:00"),
        ("2026-02-14 10:00", "simple", None, "provincial", "2026-02-14 17:00"),
        ("2026-02-14 17:01", "simple", None, "provincial", "2026-02-24 17:00"),
        ("2026-02-17 10:00", "standard", None, "provincial", "2026-02-27 17:00"),
        ("2026-02-26 10:00", "hard", None, "provincial", "2026-03-04 17:00"),
        ("2024-09-30 16:59", "standard", None, "provincial", "2024-10-10 17:00"),
        # Year's end inside published years.
        ("2025-12-31 10:00", "standard", None, "provincial", "2026-01-06 17:00"),
        ("2024-12-31 17:01", "simple", None, "provincial", "2025-01-02 17:00"),
    ],
)
def test_due_times(at: str, limit: str, days: int | None, profile: str, expected: str) -> None:
    answer = due(at, limit, days, profile)
    assert local(answer.due_ms) == expected
    assert not answer.provisional


def test_the_count_is_shown_day_by_day() -> None:
    answer = due("2026-02-12 18:00", "standard")
    shown = [(day.date.isoformat()[5:], day.counts, str(day.why)) for day in answer.days]
    assert shown == [
        ("02-12", False, "after_hours"),
        ("02-13", False, "accepted"),
        ("02-14", True, "makeup"),
        *[(f"02-{day}", False, "holiday") for day in range(15, 24)],
        ("02-24", True, "workday"),
        ("02-25", True, "workday"),
    ]
    assert answer.days[3].name == "春节"
    assert why(answer.days[3]) == "春节放假，不计"


def test_words_for_every_reason() -> None:
    assert set(WHY) == set(Why)
    assert {kind.value for kind in DayKind} <= {reason.value for reason in Why}


@pytest.mark.parametrize(
    ("at", "limit", "expected", "provisional"),
    [
        ("2026-12-31 10:00", "simple", "2026-12-31 17:00", False),
        ("2026-12-31 17:01", "simple", "2027-01-01 17:00", True),
        ("2026-12-31 10:00", "standard", "2027-01-05 17:00", True),
        ("2027-01-01 10:00", "simple", "2027-01-01 17:00", True),
        ("2027-01-02 00:00", "simple", "2027-01-04 17:00", True),
        ("2023-12-29 10:00", "simple", "2023-12-29 17:00", True),
        ("2023-12-29 18:00", "simple", "2024-01-02 17:00", True),
    ],
)
def test_a_year_without_its_table_gives_a_provisional_time(
    at: str, limit: str, expected: str, provisional: bool
) -> None:
    answer = due(at, limit)
    assert (local(answer.due_ms), answer.provisional) == (expected, provisional)


def test_a_provisional_time_is_recomputed_when_the_year_is_published() -> None:
    known = due("2026-12-31 10:00")
    request = DueRequest(ms("2026-12-31 10:00"), LimitClass.STANDARD, None, RULES.profile())
    assert recompute(known, request, RULES.calendar, RULES.hours) is None
    document = json.loads(json.dumps(CALENDAR_DOCUMENT))
    document["years"]["2027"] = {
        "notice": "国办发明电〔2026〕0号",
        "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "workdays": [],
    }
    published = WorkCalendar.from_document(document)
    fresh = recompute(known, request, published, RULES.hours)
    assert fresh is not None
    assert (local(fresh.due_ms), fresh.provisional) == ("2027-01-06 17:00", False)
    assert recompute(fresh, request, published, RULES.hours) is None


def test_publication_that_moves_nothing_still_ends_the_provisional_mark() -> None:
    known = due("2027-03-09 10:00")
    document = json.loads(json.dumps(CALENDAR_DOCUMENT))
    document["years"]["2027"] = {"notice": "国办发明电〔2026〕0号", "holidays": [], "workdays": []}
    request = DueRequest(ms("2027-03-09 10:00"), LimitClass.STANDARD, None, RULES.profile())
    fresh = recompute(known, request, WorkCalendar.from_document(document), RULES.hours)
    assert fresh is not None
    assert (fresh.due_ms, fresh.provisional) == (known.due_ms, False)


@pytest.mark.parametrize(
    ("limit", "days", "code"),
    [
        ("item", None, "deadlines.days_missing"),
        ("item", -1, "deadlines.days_range"),
        ("item", 1001, "deadlines.days_range"),
        ("item", True, "deadlines.days_range"),
        ("simple", 2, "deadlines.days_unexpected"),
    ],
)
def test_days_belong_to_items_alone(limit: str, days: int | None, code: str) -> None:
    with pytest.raises(AppError) as caught:
        due("2026-03-10 10:00", limit, days)
    assert caught.value.code == code
    assert SENTENCES[code].format(**caught.value.params)


@pytest.mark.parametrize("at_ms", [-1, 0, 946_684_799_999, 4_102_444_800_000, 2**63])
def test_a_broken_clock_is_refused(at_ms: int) -> None:
    with pytest.raises(AppError) as caught:
        due_time(at_ms, LimitClass.SIMPLE, None, RULES.profile(), RULES.calendar, RULES.hours)
    assert caught.value.code == "deadlines.start_range"


# --- the site's hours and zone -----------------------------------------------------------------------------------


def _hours(**changes: Any) -> SiteHours:
    return SiteHours.from_document(LIMITS_DOCUMENT["hours"] | changes)


def _due_at(hours: SiteHours, at: str, limit: str = "simple") -> DueTime:
    return due_time(ms(at), LimitClass(limit), None, RULES.profile(), RULES.calendar, hours)


def test_closing_time_is_the_sites_own_and_may_differ_by_day() -> None:
    weekly = LIMITS_DOCUMENT["hours"]["weekly"] | {"fri": [["08:30", "16:00"]], "tue": [["08:30", "24:00"]]}
    hours = _hours(weekly=weekly)
    assert local(_due_at(hours, "2026-03-13 16:00").due_ms) == "2026-03-13 16:00"
    assert local(_due_at(hours, "2026-03-13 16:30").due_ms) == "2026-03-16 17:00"
    assert local(_due_at(hours, "2026-03-10 23:59").due_ms) == "2026-03-11 00:00"
    assert local(_due_at(hours, "2026-03-11 00:00").due_ms) == "2026-03-11 17:00"


def test_a_weekday_on_which_the_site_is_closed_is_a_rest_day() -> None:
    hours = _hours(weekly=LIMITS_DOCUMENT["hours"]["weekly"] | {"wed": []})
    answer = _due_at(hours, "2026-03-10 10:00", "standard")
    assert local(answer.due_ms) == "2026-03-16 17:00"
    assert answer.days[1].why is Why.SITE_CLOSED


def test_a_site_open_on_saturdays_does_not_make_them_working_days() -> None:
    hours = _hours(weekly=LIMITS_DOCUMENT["hours"]["weekly"] | {"sat": [["09:00", "17:00"]]})
    assert local(_due_at(hours, "2026-03-14 10:00").due_ms) == "2026-03-16 17:00"
    assert local(_due_at(hours, "2026-02-14 10:00").due_ms) == "2026-02-14 17:00"


def test_days_are_those_of_the_sites_zone() -> None:
    """2026-03-10 23:30 UTC is already Wednesday in Hangzhou, and Tuesday afternoon in Honolulu."""
    assert local(due("2026-03-10T23:30Z", "simple").due_ms) == "2026-03-11 17:00"
    honolulu = _due_at(_hours(zone="Pacific/Honolulu"), "2026-03-10T23:30Z")
    assert datetime.fromtimestamp(honolulu.due_ms / 1000, UTC).isoformat() == "2026-03-11T03:00:00+00:00"
    changing = _due_at(_hours(zone="Europe/Berlin"), "2026-03-27T12:00Z", "standard")
    assert datetime.fromtimestamp(changing.due_ms / 1000, UTC).isoformat() == "2026-04-01T15:00:00+00:00"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process can be set on POSIX only")
def test_the_machines_zone_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = due("2026-03-10T08:59+00:00")
    try:
        for zone in ("America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"):
            monkeypatch.setitem(os.environ, "TZ", zone)
            time.tzset()
            assert due("2026-03-10T08:59+00:00") == before
    finally:
        monkeypatch.undo()
        time.tzset()


# --- slow oracles ------------------------------------------------------------------------------------------------


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


@SLOW
@given(st.one_of(minutes, festival), st.integers(0, 40))
def test_due_times_agree_with_the_slow_walk(at: datetime, days: int) -> None:
    answer = due_time(as_ms(at), LimitClass.ITEM, days, RULES.profile(), RULES.calendar, RULES.hours)
    expected = oracle_due(at, days)
    assert local(answer.due_ms) == expected.strftime("%Y-%m-%d %H:%M")
    assert answer.provisional == (expected.year > 2026 or at.year > 2026)
    assert sum(day.counts for day in answer.days) == days
    dates = [day.date for day in answer.days]
    assert dates == [dates[0] + timedelta(days=offset) for offset in range(len(dates))]
    assert (dates[0], dates[-1]) == (at.date(), expected.date())
    assert all(oracle_works(day.date) for day in answer.days if day.counts)


@SLOW
@given(festival, festival)
def test_opening_time_agrees_with_the_slow_walk(one: datetime, other: datetime) -> None:
    start, end = min(one, other), max(one, other)
    count = oracle_open_minutes(start, end)
    assert OFFICE.open_between(as_ms(start), as_ms(end)) == count * MINUTE
    assert OFFICE.open_between(as_ms(end), as_ms(start)) == 0
    if count:
        reached = OFFICE.after_open(as_ms(start), count * MINUTE)
        assert reached <= as_ms(end)
        assert OFFICE.open_between(as_ms(start), reached) == count * MINUTE
        assert OFFICE.open_between(as_ms(start), reached - 1) < count * MINUTE


@SLOW
@given(
    festival, st.integers(0, 4), st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 6000)), max_size=3)
)
def test_pauses_agree_with_the_slow_walk(
    start: datetime, days: int, stretches: list[tuple[int, int]]
) -> None:
    """Also: pauses may overlap, touch, lie in the night, or come after the end."""
    known = due_time(as_ms(start), LimitClass.ITEM, days, RULES.profile(), RULES.calendar, RULES.hours)
    spans = [
        (start + timedelta(minutes=wait), start + timedelta(minutes=wait + length))
        for wait, length in stretches
    ]
    expected = oracle_paused_due(start, oracle_due(start, days), spans)
    pauses = [Pause(as_ms(begin), as_ms(end)) for begin, end in spans]
    moved = paused_due(OFFICE, known, pauses, as_ms(datetime(2027, 1, 1, tzinfo=SHANGHAI)))
    if oracle_open_minutes(start, oracle_due(start, days)):
        assert local(moved.due_ms) == expected.strftime("%Y-%m-%d %H:%M")
    assert moved.due_ms >= known.due_ms
    assert sum(day.counts for day in moved.days) == days
    worked = elapsed(OFFICE, as_ms(start), moved.due_ms, pauses)
    assert worked == OFFICE.open_between(as_ms(start), known.due_ms)


# --- pauses, by example ------------------------------------------------------------------------------------------


def paused(at: str, *spans: tuple[str, str], limit: str = "standard") -> DueTime:
    pauses = [Pause(ms(begin), ms(end)) for begin, end in spans]
    return paused_due(OFFICE, due(at, limit), pauses, ms("2027-12-31 00:00"))


@pytest.mark.parametrize(
    ("at", "span", "expected"),
    [
        # Accepted Tuesday 10 March, due Friday 13 March 17:00.
        ("2026-03-10 10:00", ("2026-03-11 12:00", "2026-03-11 13:30"), "2026-03-13 17:00"),
        ("2026-03-10 10:00", ("2026-03-11 11:50", "2026-03-11 13:40"), "2026-03-16 09:20"),
        ("2026-03-10 10:00", ("2026-03-11 17:00", "2026-03-12 09:00"), "2026-03-13 17:00"),
        ("2026-03-10 10:00", ("2026-03-11 10:00", "2026-03-12 10:00"), "2026-03-16 17:00"),
        ("2026-03-10 10:00", ("2026-03-11 10:00", "2026-03-13 10:00"), "2026-03-17 17:00"),
        ("2026-03-10 10:00", ("2026-03-13 17:00", "2026-03-20 10:00"), "2026-03-13 17:00"),
        ("2026-03-10 10:00", ("2026-03-13 16:00", "2026-03-16 09:00"), "2026-03-16 10:00"),
        # Accepted on the eve of the spring festival, due 25 February: the holiday itself gives nothing back.
        ("2026-02-13 10:00", ("2026-02-14 17:00", "2026-02-24 09:00"), "2026-02-25 17:00"),
        # The make-up Saturday of 14 February is a working day, and pausing it gives one back.
        ("2026-02-13 10:00", ("2026-02-14 09:00", "2026-02-14 17:00"), "2026-02-26 17:00"),
        ("2026-02-13 10:00", ("2026-02-13 17:00", "2026-02-24 09:00"), "2026-02-26 17:00"),
        # Year's end: 1 to 3 January 2026 are a holiday, Sunday 4 January is worked.
        ("2025-12-30 10:00", ("2025-12-31 09:00", "2026-01-04 17:00"), "2026-01-07 17:00"),
    ],
)
def test_a_pause_gives_back_the_opening_time_it_took(at: str, span: tuple[str, str], expected: str) -> None:
    moved = paused(at, span)
    assert local(moved.due_ms) == expected
    assert not moved.provisional


def test_a_pause_into_an_unpublished_year_makes_the_time_provisional() -> None:
    moved = paused("2026-12-28 10:00", ("2026-12-30 09:00", "2027-01-04 09:00"))
    assert local(moved.due_ms) == "2027-01-05 17:00"
    assert moved.provisional
    assert not due("2026-12-28 10:00").provisional


def test_days_given_back_are_shown() -> None:
    moved = paused("2026-03-11 10:00", ("2026-03-12 09:00", "2026-03-12 17:00"))
    assert [str(day.why) for day in moved.days[-2:]] == ["workday", "paused"]
    over_weekend = paused("2026-03-10 10:00", ("2026-03-11 09:00", "2026-03-11 17:00"))
    assert [str(day.why) for day in over_weekend.days[-3:]] == ["weekend", "weekend", "paused"]


def test_a_lasting_pause_counts_up_to_now() -> None:
    known = due("2026-03-10 10:00")
    lasting = [Pause(ms("2026-03-11 09:00"))]
    assert local(paused_due(OFFICE, known, lasting, ms("2026-03-11 11:00")).due_ms) == "2026-03-16 11:00"
    assert paused_due(OFFICE, known, lasting, ms("2026-03-11 08:00")) == known
    assert elapsed(OFFICE, ms("2026-03-10 10:00"), ms("2026-03-12 17:00"), lasting) == int(5.5 * HOUR)


def test_a_change_of_class_keeps_paused_time() -> None:
    """Half a day paused under ``standard`` is given back under ``hard`` too, and not twice."""
    pauses = [Pause(ms("2026-03-11 09:00"), ms("2026-03-11 12:00"))]
    now = ms("2026-03-12 10:00")
    assert local(paused_due(OFFICE, due("2026-03-10 10:00"), pauses, now).due_ms) == "2026-03-16 12:00"
    hard = paused_due(OFFICE, due("2026-03-10 10:00", "hard"), pauses, now)
    assert local(hard.due_ms) == "2026-03-18 12:00"
    again = paused_due(OFFICE, due("2026-03-10 10:00", "hard"), [*pauses, *pauses], now)
    assert again == hard


# --- warnings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-10 10:00", Alert.NONE),
        ("2026-03-12 16:59:59.999", Alert.NONE),
        ("2026-03-12 17:00", Alert.AMBER),
        ("2026-03-13 17:00", Alert.AMBER),
        ("2026-03-13 17:00:00.001", Alert.YELLOW),
        ("2026-03-17 16:59:59.999", Alert.YELLOW),
        ("2026-03-17 17:00", Alert.RED),
        ("2027-03-17 17:00", Alert.RED),
    ],
)
def test_warnings_of_a_three_day_limit(now: str, expected: Alert) -> None:
    start = "2026-03-10 10:00"
    assert alert_level(OFFICE, ms(start), due(start).due_ms, ms(now)) is expected


@pytest.mark.parametrize(
    ("start", "now", "expected"),
    [
        # 10:00 to 17:00 is 5.5 opening hours: 20 % are 66 minutes.
        ("2026-03-10 10:00", "2026-03-10 10:00", Alert.NONE),
        ("2026-03-10 10:00", "2026-03-10 15:53", Alert.NONE),
        ("2026-03-10 10:00", "2026-03-10 15:54", Alert.AMBER),
        ("2026-03-10 10:00", "2026-03-10 17:01", Alert.YELLOW),
        ("2026-03-10 17:00", "2026-03-10 17:00", Alert.AMBER),
        # Red after two working days, not after two days: Friday's is red on Tuesday.
        ("2026-03-13 10:00", "2026-03-16 17:00", Alert.YELLOW),
        ("2026-03-13 10:00", "2026-03-17 17:00", Alert.RED),
    ],
)
def test_warnings_of_the_same_day(start: str, now: str, expected: Alert) -> None:
    assert alert_level(OFFICE, ms(start), due(start, "simple").due_ms, ms(now)) is expected


def test_a_long_limit_warns_when_a_fifth_is_left() -> None:
    start = "2026-03-02 09:00"
    end = due(start, "item", 19).due_ms
    assert local(end) == "2026-03-27 17:00"
    assert alert_level(OFFICE, ms(start), end, ms("2026-03-23 16:59")) is Alert.NONE
    assert alert_level(OFFICE, ms(start), end, ms("2026-03-23 17:00")) is Alert.AMBER


def test_a_pause_does_not_use_up_the_time_left() -> None:
    start, pauses = ms("2026-03-10 09:00"), [Pause(ms("2026-03-10 10:00"), ms("2026-03-10 16:00"))]
    end = paused_due(OFFICE, due("2026-03-10 09:00", "simple"), pauses, ms("2026-03-11 09:00")).due_ms
    assert local(end) == "2026-03-11 15:00"
    assert alert_level(OFFICE, start, end, ms("2026-03-10 16:00"), pauses) is Alert.NONE
    assert alert_level(OFFICE, start, end, ms("2026-03-11 13:30"), pauses) is Alert.NONE
    assert alert_level(OFFICE, start, end, ms("2026-03-11 14:00"), pauses) is Alert.AMBER


def test_a_warning_before_a_holiday_comes_before_it() -> None:
    """Due on the first day after the spring festival: the warning is due when the last day before it closes."""
    start = "2026-02-10 10:00"
    end = due(start, "item", 5).due_ms
    assert local(end) == "2026-02-24 17:00"
    assert alert_level(OFFICE, ms(start), end, ms("2026-02-14 17:00")) is Alert.AMBER


# --- the suite can go red ----------------------------------------------------------------------------------------


def test_the_suite_notices_when_make_up_days_are_forgotten() -> None:
    forgetful = replace(RULES.calendar, workdays=frozenset())
    answer = due_time(
        ms("2026-02-13 10:00"), LimitClass.STANDARD, None, RULES.profile(), forgetful, RULES.hours
    )
    assert local(answer.due_ms) != "2026-02-25 17:00"


def test_the_suite_notices_when_lunch_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_day = lambda office, day: ((540, 1020),) if office.calendar.kind(day).works else ()  # noqa: E731
    monkeypatch.setattr(office_module.Office, "_opening", whole_day)
    moved = paused("2026-03-10 10:00", ("2026-03-11 12:00", "2026-03-11 13:30"))
    assert local(moved.due_ms) != "2026-03-13 17:00"
