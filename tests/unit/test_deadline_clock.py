"""Pauses, elapsed time and warnings, against the rules and against slow walks."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.model import LimitClass
from domain.deadlines.clock import Alert, Pause, elapsed, paused_due
from domain.deadlines.due import DueTime, due_time
from domain.deadlines.office import Office
from tests.unit.deadline_walk import (
    HOUR,
    MINUTE,
    OFFICE,
    RULES,
    SHANGHAI,
    SLOW,
    as_ms,
    due,
    festival,
    local,
    ms,
    oracle_due,
    oracle_open_minutes,
    oracle_paused_due,
    warning_at,
)

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
    assert warning_at(ms(start), due(start).due_ms, ms(now)) is expected


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
    assert warning_at(ms(start), due(start, "simple").due_ms, ms(now)) is expected


def test_a_long_limit_warns_when_a_fifth_is_left() -> None:
    start = "2026-03-02 09:00"
    end = due(start, "item", 19).due_ms
    assert local(end) == "2026-03-27 17:00"
    assert warning_at(ms(start), end, ms("2026-03-23 16:59")) is Alert.NONE
    assert warning_at(ms(start), end, ms("2026-03-23 17:00")) is Alert.AMBER


def test_a_pause_does_not_use_up_the_time_left() -> None:
    start, pauses = ms("2026-03-10 09:00"), [Pause(ms("2026-03-10 10:00"), ms("2026-03-10 16:00"))]
    end = paused_due(OFFICE, due("2026-03-10 09:00", "simple"), pauses, ms("2026-03-11 09:00")).due_ms
    assert local(end) == "2026-03-11 15:00"
    assert warning_at(start, end, ms("2026-03-10 16:00"), pauses) is Alert.NONE
    assert warning_at(start, end, ms("2026-03-11 13:30"), pauses) is Alert.NONE
    assert warning_at(start, end, ms("2026-03-11 14:00"), pauses) is Alert.AMBER


def test_a_warning_before_a_holiday_comes_before_it() -> None:
    """Due on the first day after the spring festival: the warning is due when the last day before it closes."""
    start = "2026-02-10 10:00"
    end = due(start, "item", 5).due_ms
    assert local(end) == "2026-02-24 17:00"
    assert warning_at(ms(start), end, ms("2026-02-14 17:00")) is Alert.AMBER


# --- against slow walks ---------------------------------------------------------------------------------------


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


def test_the_suite_notices_when_lunch_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole_day(office: Office, day: date) -> tuple[tuple[int, int], ...]:
        instant = office.hours.instant
        return ((instant(day, 540), instant(day, 1020)),) if office.calendar.kind(day).works else ()

    monkeypatch.setattr(Office, "_instants", whole_day)
    moved = paused("2026-03-10 10:00", ("2026-03-11 12:00", "2026-03-11 13:30"))
    assert local(moved.due_ms) != "2026-03-13 17:00"
