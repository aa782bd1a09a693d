"""Due times, against the rules and against a slow walk."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.messages.deadlines import SENTENCES, WHY, why
from domain.cases.model import LimitClass
from domain.deadlines.calendar import DayKind, WorkCalendar
from domain.deadlines.due import DueTime, Why, due_time
from domain.deadlines.hours import SiteHours
from domain.errors import AppError
from tests.unit.deadline_walk import (
    CALENDAR_DOCUMENT,
    LIMITS_DOCUMENT,
    RULES,
    SLOW,
    as_ms,
    due,
    festival,
    local,
    minutes,
    ms,
    oracle_due,
    oracle_works,
)

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


def test_the_year_once_published_gives_a_final_time() -> None:
    document = json.loads(json.dumps(CALENDAR_DOCUMENT))
    document["years"]["2027"] = {
        "notice": "国办发明电〔2026〕0号",
        "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "workdays": [],
    }
    fresh = due_by(WorkCalendar.from_document(document), "2026-12-31 10:00")
    assert (local(fresh.due_ms), fresh.provisional) == ("2027-01-06 17:00", False)


def test_publication_that_moves_nothing_still_ends_the_provisional_mark() -> None:
    document = json.loads(json.dumps(CALENDAR_DOCUMENT))
    document["years"]["2027"] = {"notice": "国办发明电〔2026〕0号", "holidays": [], "workdays": []}
    fresh = due_by(WorkCalendar.from_document(document), "2027-03-09 10:00")
    assert (fresh.due_ms, fresh.provisional) == (due("2027-03-09 10:00").due_ms, False)


def due_by(calendar: WorkCalendar, at: str) -> DueTime:
    return due_time(ms(at), LimitClass.STANDARD, None, RULES.profile(), calendar, RULES.hours)


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


def test_the_suite_notices_when_make_up_days_are_forgotten() -> None:
    forgetful = replace(RULES.calendar, workdays=frozenset())
    answer = due_time(
        ms("2026-02-13 10:00"), LimitClass.STANDARD, None, RULES.profile(), forgetful, RULES.hours
    )
    assert local(answer.due_ms) != "2026-02-25 17:00"
