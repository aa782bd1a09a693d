"""The demonstration centre's made-up weeks: every stretch of the closed loop is there, whatever day and hour it is."""

import json
from typing import Any

import pytest

import resources
from domain.cases.model import CaseState
from domain.errors import AppError
from domain.staff import Actor, Role
from services import demo_loop
from services.back_office.queues import count_queues
from services.callbacks.tasks import count_callbacks
from services.case_lists import count_lists
from services.cases import list_cases, show_case
from services.common_problems import list_common_problems
from services.demo_loop import fill_demo_loop
from services.demo_time import PastClock
from services.ratings.views import count_ratings
from services.staff import save_member
from services.station import Station
from services.supervision.lists import read_supervision
from tests.fixed import DAY_MS, FixedClock

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
ADMIN = Actor("admin", Role.ADMIN)
DOCUMENT = json.loads(resources.path("demo/loop.json").read_text("utf-8"))
SHOWN = set(CaseState) - {CaseState.REGISTERED, CaseState.ACCEPTED}
"""What an accepted case can be in once a board has been proposed for it."""


@pytest.mark.parametrize(
    "now",
    ["2026-11-18 10:00", "2026-11-22 17:40", "2026-11-23 00:05", "2026-02-24 16:00", "2027-01-04 09:00"],
)
def test_every_stretch_of_the_loop_is_there(station: Station, clock: FixedClock, now: str) -> None:
    clock.set(now)
    assert station.call(fill_demo_loop) == len(DOCUMENT["cases"])
    rows = station.call(list_cases).rows
    assert {row.state for row in rows} >= SHOWN - {CaseState.FED_BACK, CaseState.RESOLVED}
    lists = station.call(count_lists).counts
    wanted = (
        "overdue",
        "red",
        "to_feed_back",
        "extensions",
        "returns",
        "to_assign",
        "suspended",
    )
    assert [name for name in wanted if not lists[name]] == []
    assert lists["conflicts"] == 0
    calls = station.call(count_callbacks)
    assert calls["overdue"]
    assert calls["reopened"]
    assert calls["open"] > calls["overdue"]
    ratings = station.call(count_ratings, as_actor=SUPERVISOR)
    assert (ratings["to_verify"], ratings["to_answer"], ratings["overdue"]) == (1, 1, 0)
    supervised = station.call(read_supervision, as_actor=SUPERVISOR).counts
    assert supervised["red"]
    assert supervised["yellow"]
    assert supervised["unanswered"]
    assert station.call(count_queues, "appeal").counts["fallback"] == 2
    (problem,) = station.call(list_common_problems)
    assert (problem.state, problem.members) == ("open", 3)


def test_steps_lie_in_the_past_in_order_and_in_opening_hours(station: Station, clock: FixedClock) -> None:
    station.call(fill_demo_loop)
    hours = station.call(lambda uow, clock, actor: demo_loop.rulebook(uow).rules.hours)
    for row in station.call(list_cases).rows:
        case = station.call(show_case, row.id)
        told = [entry.at for entry in case.timeline if entry.kind != "callback_drawn"]
        assert told == sorted(told)
        assert told[-1] <= clock.now_ms()
        assert all(8 <= hours.local(at).hour < 17 for at in told)
        assert case.unfit == ()


def test_a_telling_by_the_clock_of_now_is_refused(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was late at the time is not late now: the weeks need the clock of their own."""
    monkeypatch.setattr(demo_loop, "PastClock", lambda at_ms: PastClock(clock.now_ms()))
    with pytest.raises(AppError, match="not_overdue"):
        station.call(fill_demo_loop)


def test_a_centre_whose_people_were_changed_is_left_alone(station: Station) -> None:
    station.call(
        save_member, "talent", "人才专员", Role.SPECIALIST, "talent", None, active=False, as_actor=ADMIN
    )
    assert station.call(fill_demo_loop) == 0


def test_working_days_are_told_and_not_days(station: Station, clock: FixedClock) -> None:
    """On a Sunday the step of one working day ago lies on Friday."""
    clock.set("2026-11-22 12:00")
    station.call(fill_demo_loop)
    days = {
        (clock.now_ms() - station.call(show_case, row.id).accepted_at) // DAY_MS
        for row in station.call(list_cases).rows
    }
    assert min(days) == 2


def test_codes_and_names_are_made_up_once_each() -> None:
    forms: list[Any] = [told["form"] for told in DOCUMENT["cases"]]
    assert len({one["uscc"] for one in forms}) == len(forms)
    assert len({one["name"] for one in forms}) == len(forms)
