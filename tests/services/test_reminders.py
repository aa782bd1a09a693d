"""Reminders: each once, for the right one, in opening hours, whatever the clock of the case went through."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from db.schema.supervision import reminder_row
from domain.cases.model import LimitClass
from domain.deadlines.clock import Alert
from domain.errors import AppError
from domain.staff import Actor, Role
from domain.supervision.model import Level
from services.back_office.absence import set_away
from services.back_office.boards import receive_case, take_case, transfer_case
from services.back_office.closing import feed_back_case, reopen_case, resolve_case
from services.back_office.timing import (
    approve_extension,
    ask_extension,
    change_limit,
    end_of_day,
    resume_case,
    suspend_case,
)
from services.calendars import publish_calendar
from services.case_steps import answer_case, flag_case, merge_case
from services.case_view import view_case
from services.cases import accept_case
from services.staff import actor_named, save_member
from services.station import Station
from services.supervision.lists import read_supervision
from services.supervision.reminders import acknowledge_reminder, reminders_for, run_reminders
from tests.fixed import FixedClock, form
from tests.unit.deadline_walk import CALENDAR_DOCUMENT, OFFICE

As = Callable[[str], Actor]


@pytest.fixture
def who(station: Station) -> As:
    """A member of the demonstration centre's staff as an actor."""
    return lambda staff: station.call(actor_named, staff)


def told(station: Station, actor: Actor) -> list[str]:
    return [one.level.value for one in station.call(reminders_for, as_actor=actor)]


def run(station: Station, clock: FixedClock, at: str) -> int:
    clock.set(at)
    return station.call(run_reminders)


def listed(station: Station, name: str) -> list[str]:
    return [item.row.number for item in station.call(read_supervision, name).rows]


def kept(station: Station, number: str) -> list[tuple[Any, ...]]:
    def all_of(uow: Any, clock: Any, actor: Any) -> list[tuple[Any, ...]]:
        case_id = uow.cases.by_key(number, short_since=0)[0].id
        c = reminder_row.c
        query = sa.select(c.level, c.of_at).where(c.case_id == case_id)
        rows = uow.connection.execute(query.order_by(c.made_at, c.of_at, c.level))
        return [tuple(row) for row in rows]

    return station.call(all_of)


@pytest.fixture
def number(station: Station, who: As) -> str:
    """Accepted on Wednesday at 10:00, standard: due on Monday 23 November at 17:00; signed for by its board."""
    made = station.call(accept_case, form(limit=LimitClass.STANDARD)).number
    station.call(receive_case, made, as_actor=who("policy"))
    return made


def test_each_level_rings_once_for_its_own(station: Station, clock: FixedClock, number: str, who: As) -> None:
    policy, chief, supervisor = who("policy"), who("policy-chief"), who("supervisor")
    assert run(station, clock, "2026-11-20 16:00") == 0
    assert run(station, clock, "2026-11-23 09:00") == 1
    assert (told(station, policy), told(station, chief), told(station, supervisor)) == (["amber"], [], [])
    assert told(station, who("talent")) == []
    assert station.call(run_reminders) == 0
    assert listed(station, "amber") == [number]
    clock.set("2026-11-23 17:00")
    assert station.call(run_reminders) == 0
    assert run(station, clock, "2026-11-24 09:00") == 1
    assert (told(station, policy), told(station, chief)) == ([], ["yellow"])
    assert run(station, clock, "2026-11-25 16:59") == 0
    assert run(station, clock, "2026-11-26 09:00") == 1
    assert told(station, supervisor) == ["red"]
    assert told(station, chief) == ["yellow"]
    assert listed(station, "red") == [number]
    assert run(station, clock, "2026-11-27 10:00") == 0


def test_acknowledging_ends_it_for_good(station: Station, clock: FixedClock, number: str, who: As) -> None:
    run(station, clock, "2026-11-23 09:00")
    with pytest.raises(AppError, match="no_reminder"):
        station.call(acknowledge_reminder, number, as_actor=who("talent"))
    assert station.call(acknowledge_reminder, number, Level.AMBER, as_actor=who("policy")) == 1
    assert told(station, who("policy")) == []
    assert station.call(run_reminders) == 0
    with pytest.raises(AppError, match="no_reminder"):
        station.call(acknowledge_reminder, number, as_actor=who("policy"))


@pytest.mark.parametrize(
    "closed",
    ["2026-11-24 00:00", "2026-11-24 06:00", "2026-11-24 12:30", "2026-11-28 10:00", "2026-11-29 00:00"],
)
def test_never_at_midnight_lunch_or_weekend(
    station: Station, clock: FixedClock, number: str, closed: str
) -> None:
    """What fell due while the site was closed comes when it opens, not earlier and not twice."""
    assert run(station, clock, closed) == 0
    clock.set("2026-11-30 09:00")
    assert station.call(run_reminders) == 2  # yellow and red


def test_a_run_that_did_not_ask_the_hours_would_ring_at_night(
    station: Station, clock: FixedClock, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.supervision.reminders.shown_from", lambda office, at_ms: at_ms)
    assert run(station, clock, "2026-11-24 00:00") == 1


def test_a_sensitive_case_rings_at_acceptance(station: Station, clock: FixedClock, who: As) -> None:
    made = station.call(accept_case, form(sensitive=True))
    assert told(station, who("supervisor")) == ["sensitive"]
    assert told(station, who("policy")) == []
    station.call(receive_case, made.number, as_actor=who("policy"))
    assert told(station, who("supervisor")) == ["sensitive"]
    station.call(acknowledge_reminder, made.number, as_actor=who("supervisor"))
    station.call(flag_case, made.number, sensitive=True)
    assert told(station, who("supervisor")) == []
    assert listed(station, "sensitive") == [made.number]


def test_a_sensitive_case_of_the_night_rings_at_opening(station: Station, clock: FixedClock, who: As) -> None:
    clock.set("2026-11-18 23:10")
    station.call(accept_case, form(sensitive=True))
    assert told(station, who("supervisor")) == []
    clock.set("2026-11-19 09:00")
    assert told(station, who("supervisor")) == ["sensitive"]


def test_a_pause_over_a_holiday_gives_another_limit_another_reminder(
    station: Station, clock: FixedClock, who: As
) -> None:
    """Accepted before the National Day's week; paused over it: nothing rings while the clock stands."""
    clock.set("2026-09-28 10:00")
    number = station.call(accept_case, form(limit=LimitClass.STANDARD)).number
    policy = who("policy")
    station.call(receive_case, number, as_actor=policy)
    station.call(suspend_case, number, "等批复", "受理函", as_actor=policy)
    assert run(station, clock, "2026-10-09 10:00") == 0
    assert listed(station, "overdue") == []
    station.call(resume_case, number, as_actor=policy)
    assert station.call(run_reminders) == 0
    runs = [
        run(station, clock, f"2026-10-{day} {hour}:00") for day in range(10, 15) for hour in ("09", 11, 16)
    ]
    assert sum(runs) == 2
    assert [level for level, _ in kept(station, number)] == ["amber", "yellow"]


def test_a_pause_over_lunch_rings_nothing_twice(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    run(station, clock, "2026-11-23 11:00")
    clock.set("2026-11-23 12:05")
    station.call(suspend_case, number, "等批复", "受理函", as_actor=who("policy"))
    assert told(station, who("policy")) == []
    clock.set("2026-11-23 13:25")
    station.call(resume_case, number, as_actor=who("policy"))
    assert run(station, clock, "2026-11-23 13:30") == 0
    assert told(station, who("policy")) == ["amber"]


def test_a_pause_after_the_warning_has_its_warning_again(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    run(station, clock, "2026-11-23 09:00")
    station.call(suspend_case, number, "等批复", "受理函", as_actor=who("policy"))
    clock.set("2026-11-25 10:00")
    station.call(resume_case, number, as_actor=who("policy"))
    assert told(station, who("policy")) == []
    runs = [run(station, clock, f"2026-11-25 {hour}:00") for hour in (11, 14, 16)]
    runs += [run(station, clock, f"2026-11-26 {hour}:00") for hour in ("09", 11, 14, 16)]
    assert [level for level, _ in kept(station, number)] == ["amber", "amber", "yellow"]
    assert sum(runs) == 2


def test_a_make_up_saturday_is_a_working_day(station: Station, clock: FixedClock, who: As) -> None:
    """10 October 2026 is worked: a case of the same day that is over it rings on that Saturday."""
    clock.set("2026-10-09 10:00")
    number = station.call(accept_case, form(limit=LimitClass.SIMPLE)).number
    assert run(station, clock, "2026-10-10 09:00") == 1
    assert listed(station, "yellow") == [number]
    assert told(station, who("policy-chief")) == ["yellow"]
    assert run(station, clock, "2026-10-11 10:00") == 0  # Sunday
    assert run(station, clock, "2026-10-12 17:00") == 1 or run(station, clock, "2026-10-13 09:00") == 1


def test_year_end_and_the_calendar_published_later(station: Station, clock: FixedClock, who: As) -> None:
    """2027 is not published: due times are provisional. The notice moves them, and the reminders with them."""
    clock.set("2026-12-29 10:00")
    number = station.call(accept_case, form(limit=LimitClass.STANDARD)).number
    before = station.call(read_supervision, "all").counts
    assert before["amber"] == 0
    assert run(station, clock, "2027-01-01 10:00") >= 0
    made = kept(station, number)
    document = {**CALENDAR_DOCUMENT, "years": {**CALENDAR_DOCUMENT["years"], "2027": YEAR_2027}}
    station.call(publish_calendar, document, as_actor=who("supervisor"))
    assert run(station, clock, "2027-01-02 10:00") == 0
    assert listed(station, "overdue") == []
    assert run(station, clock, "2027-01-04 09:00") == 1
    levels = kept(station, number)
    assert levels[-1][0] == "amber"
    assert len(levels) == len(made) + 1


YEAR_2027 = {
    "notice": "国办发明电〔2026〕9号",
    "title": "测试",
    "date": "2026-11-05",
    "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
    "workdays": [],
}


def test_a_re_route_in_the_last_hour_warns_the_new_board(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    """A transfer resets nothing: the board that gets it in the last hour is the one that is warned."""
    run(station, clock, "2026-11-23 09:00")
    clock.set("2026-11-23 16:10")
    station.call(transfer_case, number, "talent", "属人才", as_actor=who("policy"))
    assert (told(station, who("policy")), told(station, who("talent"))) == ([], ["amber"])
    assert station.call(run_reminders) == 0
    run(station, clock, "2026-11-24 09:00")
    assert (told(station, who("policy-chief")), told(station, who("talent-chief"))) == ([], ["yellow"])


def test_another_limit_class_has_reminders_of_its_own(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    run(station, clock, "2026-11-23 09:00")
    station.call(change_limit, number, LimitClass.HARD, "涉及多部门", as_actor=who("policy-chief"))
    assert told(station, who("policy")) == []
    assert listed(station, "amber") == []
    assert run(station, clock, "2026-11-25 09:30") == 1
    assert [level for level, _ in kept(station, number)] == ["amber", "amber"]


def test_an_extension_has_reminders_of_its_own(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    run(station, clock, "2026-11-23 09:00")
    until = station.call(end_of_day, "2026-11-30")
    station.call(ask_extension, number, until, "需核查", as_actor=who("policy"))
    station.call(approve_extension, number, as_actor=who("supervisor"))
    assert (told(station, who("policy")), listed(station, "amber")) == ([], [])
    run(station, clock, "2026-11-30 09:00")
    assert told(station, who("policy")) == ["amber"]
    assert len({at for _, at in kept(station, number)}) == 2


def test_a_reopened_case_is_warned_of_anew(station: Station, clock: FixedClock, number: str, who: As) -> None:
    run(station, clock, "2026-11-23 09:00")
    policy, clerk = who("policy"), who("clerk")
    station.call(answer_case, number, "已办", as_actor=policy)
    station.call(resolve_case, number, as_actor=policy)
    station.call(feed_back_case, number, as_actor=clerk)
    assert told(station, policy) == []
    station.call(reopen_case, number, "没解决", as_actor=clerk)
    assert told(station, policy) == []
    run(station, clock, "2026-11-26 09:30")
    assert told(station, policy) == ["amber"]


def test_a_merged_case_rings_no_more(station: Station, clock: FixedClock, number: str, who: As) -> None:
    other = station.call(accept_case, form(text="另一件事，想咨询人才公寓", limit=LimitClass.STANDARD)).number
    run(station, clock, "2026-11-23 09:00")
    assert len(told(station, who("policy"))) == 2
    station.call(merge_case, number, other, as_actor=who("clerk"))
    assert [one.number for one in station.call(reminders_for, as_actor=who("policy"))] == [other]
    run(station, clock, "2026-11-27 10:00")
    assert [level for level, _ in kept(station, number)] == ["amber"]


def test_where_nobody_holds_the_post_the_next_above_is_told(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    admin, chief = who("admin"), who("policy-chief")
    run(station, clock, "2026-11-23 09:00")
    assert told(station, chief) == []
    _leave(station, admin, "policy", Role.SPECIALIST)
    assert told(station, chief) == ["amber"]
    _leave(station, admin, "policy-chief", Role.CHIEF)
    assert told(station, who("supervisor")) == ["amber"]


def _leave(station: Station, admin: Actor, staff: str, role: Role) -> None:
    station.call(save_member, staff, "离岗", role, "policy", active=False, as_actor=admin)


def test_who_took_it_is_told_and_no_colleague_but_the_one_who_stands_in(
    station: Station, clock: FixedClock, number: str, who: As
) -> None:
    station.call(save_member, "policy2", "王二", Role.SPECIALIST, "policy", as_actor=who("admin"))
    station.call(take_case, number, as_actor=who("policy"))
    run(station, clock, "2026-11-23 09:00")
    assert (told(station, who("policy")), told(station, who("policy2"))) == (["amber"], [])
    station.call(set_away, "policy", "2026-11-30", "policy2", as_actor=who("policy"))
    assert told(station, who("policy2")) == ["amber"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_made_is_what_the_clock_says_hour_by_hour(
    station: Station, clock: FixedClock, who: As, seed: int
) -> None:
    """A case goes through pauses, an extension and another class; the clock of the case is asked beside the runs."""
    chance, policy, supervisor = random.Random(seed), who("policy"), who("supervisor")
    limits = (LimitClass.SIMPLE, LimitClass.STANDARD, LimitClass.HARD)
    number = station.call(accept_case, form(limit=chance.choice(limits))).number
    station.call(receive_case, number, as_actor=policy)
    expected: set[tuple[str, int]] = set()
    for _ in range(60):
        clock.move(hours=chance.choice((1, 2, 3, 7)), ms=chance.randrange(60_000))
        _some_step(station, number, policy, supervisor, chance)
        is_open = office_is_open(clock.now_ms())
        time = station.call(view_case, number).clock
        paused = time.paused_since_ms is not None
        due = time.due_ms
        if is_open and due is not None and not (paused and due >= (time.paused_since_ms or 0)):
            names = {Alert.AMBER: ["amber"], Alert.YELLOW: ["yellow"], Alert.RED: ["yellow", "red"]}
            expected |= {(level, due) for level in names.get(time.alert, [])}
        made = station.call(run_reminders)
        assert made == 0 or is_open
        assert set(kept(station, number)) == expected
        assert len(kept(station, number)) == len(expected)
    assert expected


def office_is_open(at_ms: int) -> bool:
    return OFFICE.open_between(at_ms, at_ms + 1) == 1


def _some_step(
    station: Station, number: str, policy: Actor, supervisor: Actor, chance: random.Random
) -> None:
    """One of the steps that move the clock, now and then; what the state forbids is left."""
    step = chance.randrange(40)
    try:
        if step == 0:
            station.call(suspend_case, number, "等批复", "受理函", as_actor=policy)
        elif step in (1, 2):
            station.call(resume_case, number, as_actor=policy)
        elif step == 3:
            until = station.call(end_of_day, f"2026-12-{chance.randrange(1, 20):02d}")
            station.call(ask_extension, number, until, "需核查", as_actor=policy)
            station.call(approve_extension, number, as_actor=supervisor)
        elif step == 4:
            station.call(change_limit, number, LimitClass.HARD, "涉及多部门", as_actor=actor_of_chief(policy))
    except AppError:
        return


def actor_of_chief(specialist: Actor) -> Actor:
    return Actor(f"{specialist.board}-chief", Role.CHIEF, board=specialist.board)
