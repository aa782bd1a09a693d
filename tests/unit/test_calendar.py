"""The calendar of working days: the shipped years against another source, and what a document may say."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import holidays
import pytest

from domain.deadlines.calendar import DayKind, WorkCalendar
from domain.deadlines.hours import SiteHours
from domain.deadlines.rules import Rules
from domain.errors import AppError
from resources import path

Document = dict[str, Any]


def shipped(name: str) -> Document:
    document: Document = json.loads(path(f"reference/{name}.json").read_text("utf-8"))
    return document


@pytest.fixture
def document() -> Document:
    return shipped("calendar")


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_shipped_years_agree_with_the_holidays_library_day_by_day(year: int) -> None:
    calendar = WorkCalendar.from_document(shipped("calendar"))
    china = holidays.country_holidays("CN", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        assert calendar.kind(day).works == china.is_working_day(day), day
        day += timedelta(days=1)


def test_each_shipped_year_names_its_notice(document: Document) -> None:
    numbers = {year: (entry["notice"], entry["date"]) for year, entry in document["years"].items()}
    assert numbers == {
        "2024": ("国办发明电〔2023〕7号", "2023-10-25"),
        "2025": ("国办发明电〔2024〕12号", "2024-11-12"),
        "2026": ("国办发明电〔2025〕7号", "2025-11-04"),
    }
    assert all(re.fullmatch(r"国办发明电〔\d{4}〕\d+号", number) for number, _ in numbers.values())


def test_days_of_the_spring_festival_2026(document: Document) -> None:
    calendar = WorkCalendar.from_document(document)
    assert calendar.kind(date(2026, 2, 13)) is DayKind.WORKDAY
    assert calendar.kind(date(2026, 2, 14)) is DayKind.MAKEUP
    assert calendar.kind(date(2026, 2, 15)) is DayKind.HOLIDAY
    assert calendar.holidays[date(2026, 2, 23)] == "春节"
    assert calendar.kind(date(2026, 3, 1)) is DayKind.WEEKEND


def test_a_year_without_a_notice_is_unpublished_and_its_guesses_are_left_out(document: Document) -> None:
    for notice in ("", "  ", None):
        document["years"]["2026"]["notice"] = notice
        calendar = WorkCalendar.from_document(document)
        assert not calendar.is_published(2026)
        assert calendar.kind(date(2026, 2, 14)) is DayKind.UNPUBLISHED_WEEKEND
        assert calendar.kind(date(2026, 2, 17)) is DayKind.UNPUBLISHED_WORKDAY


def test_a_year_that_is_not_in_the_document_is_unpublished(document: Document) -> None:
    calendar = WorkCalendar.from_document(document)
    assert calendar.is_published(2026)
    assert not calendar.is_published(2027)
    assert calendar.kind(date(2027, 1, 1)) is DayKind.UNPUBLISHED_WORKDAY


def test_a_notice_may_name_days_of_the_year_before(document: Document) -> None:
    """The New Year's holiday of 2019 began on 30 December 2018, and 29 December was worked for it."""
    document["years"]["2027"] = {
        "notice": "国办发明电〔2026〕0号",
        "holidays": [{"name": "元旦", "from": "2026-12-31", "to": "2027-01-02"}],
        "workdays": ["2026-12-27"],
    }
    calendar = WorkCalendar.from_document(document)
    assert calendar.kind(date(2026, 12, 31)) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 12, 27)) is DayKind.MAKEUP


def _change(**changes: Any) -> Callable[[Document], None]:
    return lambda document: document["years"]["2026"].update(changes)


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda document: document.pop("years"), "years"),
        (lambda document: document.update(version="x"), "years"),
        (lambda document: document["years"].update({"next": {"notice": "x"}}), "next"),
        (lambda document: document["years"].update({"2027": "x"}), "2027"),
        (_change(holidays=[{"name": "x", "from": "2026-02-30", "to": "2026-03-01"}]), "2026"),
        (_change(holidays=[{"name": "x", "from": "2026-02-03", "to": "2026-02-01"}]), "2026"),
        (_change(holidays=[{"name": "x", "from": "2026-01-01", "to": "2026-12-31"}]), "2026"),
        (_change(holidays=[{"name": "x", "from": "2026-01-01"}]), "2026"),
        (_change(workdays=["2016-02-14"]), "2026"),
        (_change(workdays=None), "2026"),
        (_change(workdays=["2026-02-15"]), "2026-02-15"),
    ],
)
def test_a_malformed_document_is_refused_with_the_place(
    document: Document, spoil: Callable[[Document], None], where: str
) -> None:
    spoil(document)
    with pytest.raises(AppError) as caught:
        WorkCalendar.from_document(document)
    assert (caught.value.code, caught.value.params["where"]) == ("deadlines.calendar_invalid", where)


WEEK = {day: [["09:00", "12:00"], ["13:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ({"zone": "Asia/Hangzhou", "weekly": WEEK}, "deadlines.zone_unknown"),
        ({"zone": "../etc/passwd", "weekly": WEEK}, "deadlines.zone_unknown"),
        ({"weekly": WEEK}, "deadlines.zone_unknown"),
        ({"zone": "Asia/Shanghai"}, "deadlines.hours_invalid"),
        ({"zone": "Asia/Shanghai", "weekly": {"monday": []}}, "deadlines.hours_invalid"),
        (
            {"zone": "Asia/Shanghai", "weekly": WEEK | {"tue": [["12:00", "09:00"]]}},
            "deadlines.hours_invalid",
        ),
        (
            {"zone": "Asia/Shanghai", "weekly": WEEK | {"tue": [["09:00", "12:00"], ["11:00", "17:00"]]}},
            "deadlines.hours_invalid",
        ),
        ({"zone": "Asia/Shanghai", "weekly": WEEK | {"tue": [["9", "25:00"]]}}, "deadlines.hours_invalid"),
        ({"zone": "Asia/Shanghai", "weekly": WEEK | {"tue": 5}}, "deadlines.hours_invalid"),
        ({"zone": "Asia/Shanghai", "weekly": {"sat": [["09:00", "17:00"]]}}, "deadlines.hours_closed"),
    ],
)
def test_malformed_hours_are_refused(hours: Document, code: str) -> None:
    with pytest.raises(AppError) as caught:
        SiteHours.from_document(hours)
    assert caught.value.code == code


def test_makeup_days_have_the_hours_of_the_first_open_weekday_unless_told() -> None:
    closed_monday = {"mon": []} | {day: WEEK[day] for day in ("tue", "wed", "thu", "fri")}
    hours = SiteHours.from_document({"zone": "Asia/Shanghai", "weekly": closed_monday})
    assert hours.makeup == ((540, 720), (810, 1020))
    own = SiteHours.from_document({"zone": "Asia/Shanghai", "weekly": WEEK, "makeup": [["09:00", "24:00"]]})
    assert own.makeup == ((540, 1440),)


def test_the_shipped_profiles() -> None:
    rules = Rules.from_documents(shipped("calendar"), shipped("limits"))
    assert rules.profile().code == "provincial"
    days = {code: [*profile.days.values()] for code, profile in rules.profiles.items()}
    assert days == {"provincial": [0, 3, 5], "qiantang": [1, 3, 5]}
    with pytest.raises(AppError) as caught:
        rules.profile("elsewhere")
    assert caught.value.code == "deadlines.profile_unknown"


@pytest.mark.parametrize(
    "days", [{}, {"simple": 0, "standard": 3, "hard": -1}, {"simple": 0, "standard": "3", "hard": 5}]
)
def test_a_malformed_profile_is_refused(days: dict[str, Any]) -> None:
    limits = shipped("limits")
    limits["profiles"]["own"] = days
    with pytest.raises(AppError) as caught:
        Rules.from_documents(shipped("calendar"), limits)
    assert (caught.value.code, caught.value.params["profile"]) == ("deadlines.profile_invalid", "own")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda limits: limits.pop("profiles"), "deadlines.limits_invalid"),
        (lambda limits: limits.pop("hours"), "deadlines.limits_invalid"),
        (lambda limits: limits.update(profiles=["provincial"]), "deadlines.limits_invalid"),
        (lambda limits: limits.update(hours=None), "deadlines.limits_invalid"),
        (lambda limits: limits.update(default_profile="elsewhere"), "deadlines.profile_unknown"),
    ],
)
def test_malformed_limits_are_refused(spoil: Callable[[Document], None], code: str) -> None:
    limits = shipped("limits")
    spoil(limits)
    with pytest.raises(AppError) as caught:
        Rules.from_documents(shipped("calendar"), limits)
    assert caught.value.code == code
