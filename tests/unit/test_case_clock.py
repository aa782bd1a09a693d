"""The clock of a case: against walks that share no code with it, and the bugs that others paid for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.assignments import Assignment, AssignmentRole, AssignmentState, Origin, Stay
from domain.cases.model import Case, CaseState, Due, Limit, LimitClass
from domain.cases.moves import Action
from domain.cases.progress import Suspension
from domain.deadlines import case_clock
from domain.deadlines.calendar import WorkCalendar
from domain.deadlines.case_clock import alert_times, clock_of, new_due
from domain.deadlines.clock import Alert, Pause, alert_starts
from domain.deadlines.due import due_time
from domain.errors import AppError
from tests.fixed import HOUR_MS
from tests.made_cases import accepted
from tests.unit.case_world import APPEAL, CHIEF, CLERK, POLICY, SUPERVISOR, TALENT, World
from tests.unit.deadline_walk import (
    CALENDAR_DOCUMENT,
    MINUTE,
    OFFICE,
    RULES,
    SLOW,
    as_ms,
    festival,
    local,
    ms,
    oracle_due,
    oracle_open_minutes,
    oracle_paused_due,
    oracle_warning,
    warning_at,
)

STANDARD, HARD = Limit(LimitClass.STANDARD), Limit(LimitClass.HARD)


def case_at(at: str | int, limit: Limit = STANDARD) -> Case:
    """The case accepted at ``at`` and held by policy since."""
    start = ms(at) if isinstance(at, str) else at
    held = Assignment(
        "policy", AssignmentRole.LEAD, AssignmentState.HANDLING, Origin.ASSIGNED, start, stays=(Stay(start),)
    )
    return replace(
        accepted(),
        accepted_at=start,
        limit_from=start,
        due_from=start,
        limit=limit,
        due=new_due(start, limit, RULES, 1),
        assignments=(held,),
    )


def paused(case: Case, *spans: tuple[str, str | None]) -> Case:
    pauses = tuple(Suspension(ms(start), ms(end) if end else None, "等批复") for start, end in spans)
    return replace(case, suspensions=pauses)


def due(case: Case, now: str) -> str:
    found = clock_of(case, RULES, ms(now)).due_ms
    assert found is not None
    return local(found)


def at(world: World, text: str) -> None:
    """The next step happens at ``text``."""
    world.now = ms(text) - 1


# --- pauses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "span", "expected"),
    [
        ("2026-03-10 10:00", ("2026-03-11 12:00", "2026-03-11 13:30"), "2026-03-13 17:00"),  # lunch
        ("2026-03-10 10:00", ("2026-03-11 09:00", "2026-03-11 12:00"), "2026-03-16 12:00"),
        # Over the spring festival: nothing but the hours it was open comes back. Saturday 14 is worked.
        ("2026-02-12 10:00", ("2026-02-15 09:00", "2026-02-24 09:00"), "2026-02-24 17:00"),
        ("2026-02-12 10:00", ("2026-02-14 09:00", "2026-02-14 17:00"), "2026-02-25 17:00"),
        # Year's end.
        ("2025-12-30 10:00", ("2025-12-31 09:00", "2026-01-04 17:00"), "2026-01-07 17:00"),
    ],
)
def test_a_pause_gives_back_what_was_open(at: str, span: tuple[str, str], expected: str) -> None:
    assert due(paused(case_at(at), span), "2026-03-20 09:00") == expected


def test_into_an_unpublished_year_the_promise_is_provisional() -> None:
    case = paused(case_at("2026-12-28 10:00"), ("2026-12-30 09:00", "2027-01-04 09:00"))
    clock = clock_of(case, RULES, ms("2027-01-04 09:00"))
    assert clock.provisional
    assert not clock_of(case_at("2026-12-21 10:00"), RULES, ms("2026-12-22 09:00")).provisional


def test_a_lasting_pause_keeps_warnings_from_coming_and_moves_the_promise() -> None:
    case = paused(case_at("2026-03-10 10:00"), ("2026-03-11 09:00", None))
    later = clock_of(case, RULES, ms("2026-04-10 09:00"))
    assert (later.alert, later.is_overdue, later.paused_since_ms) == (
        Alert.NONE,
        False,
        ms("2026-03-11 09:00"),
    )
    assert later.elapsed_ms == int(5.5 * HOUR_MS)
    assert later.due_ms is not None
    assert later.due_ms > ms("2026-04-10 09:00")
    assert alert_times(case, RULES) == case_clock.AlertTimes(None, None, None)


def test_a_card_that_was_shown_before_the_pause_stays() -> None:
    case = paused(case_at("2026-03-10 10:00"), ("2026-03-16 09:00", None))
    clock = clock_of(case, RULES, ms("2026-04-10 09:00"))
    assert (clock.alert, clock.is_overdue) == (Alert.YELLOW, True)
    assert alert_times(case, RULES).red_ms is None


@SLOW
@given(
    festival,
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 4000)), max_size=3),
    st.integers(0, 14_000),
)
def test_the_clock_agrees_with_the_slow_walk(
    start: datetime, days: int, waits: list[tuple[int, int]], after: int
) -> None:
    """Pauses one after another, asked at any minute: promise, elapsed time and the board's share."""
    spans, at = [], start
    for wait, length in waits:
        begin = at + timedelta(minutes=wait)
        at = begin + timedelta(minutes=length)
        spans.append((begin, at))
    now = start + timedelta(minutes=after)
    begun = [(begin, end) for begin, end in spans if begin < now]
    pauses = tuple(Suspension(as_ms(b), as_ms(e) if e <= now else None, "") for b, e in begun)
    case = replace(case_at(as_ms(start), Limit(LimitClass.ITEM, days)), suspensions=pauses)
    clock = clock_of(case, RULES, as_ms(now))
    until_now = [(begin, min(end, now)) for begin, end in begun]
    promise = oracle_due(start, days)
    if oracle_open_minutes(start, promise):
        assert clock.due_ms == as_ms(oracle_paused_due(start, promise, until_now))
    stood = sum(oracle_open_minutes(begin, end) for begin, end in until_now)
    assert clock.elapsed_ms == (oracle_open_minutes(start, now) - stood) * MINUTE
    assert clock.shares[0].elapsed_ms == clock.elapsed_ms
    assert clock.age_ms == oracle_open_minutes(start, now) * MINUTE


@SLOW
@given(
    festival,
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), max_size=2),
    st.integers(0, 20_000),
)
def test_a_list_warns_when_the_case_does(
    start: datetime, days: int, stretches: list[tuple[int, int]], after: int
) -> None:
    start_ms = as_ms(start)
    pauses = [Pause(start_ms + w * MINUTE, start_ms + (w + n) * MINUTE) for w, n in stretches]
    plain = due_time(start_ms, LimitClass.ITEM, days, RULES.profile(), RULES.calendar, RULES.hours)
    due_ms = case_clock.paused_due(OFFICE, plain, pauses, start_ms).due_ms
    amber, red = alert_starts(OFFICE, start_ms, due_ms, pauses)
    for now_ms in (start_ms + after * MINUTE, amber, amber - 1, due_ms, due_ms + 1, red, red - 1):
        if now_ms < start_ms:
            continue
        by_instants = warning_at(start_ms, due_ms, now_ms, pauses)
        assert oracle_warning(start_ms, due_ms, now_ms, pauses) is by_instants


# --- what does and does not move it ----------------------------------------------------------------------------


def test_returns_and_transfers_reset_nothing_also_in_the_last_hour() -> None:
    world = World()
    promised = world.clock.due_ms
    assert promised is not None
    world.do(POLICY, Action.RECEIVE)
    world.now = promised - HOUR_MS
    world.do(POLICY, Action.TRANSFER, board="talent")
    clock = world.clock
    assert (clock.due_ms, clock.start_ms) == (promised, world.case.accepted_at)
    assert clock.alert is Alert.AMBER
    world.do(TALENT, Action.RETURN)
    world.do(CLERK, Action.ASSIGN, boards=("policy",))
    assert world.clock.due_ms == promised
    world.wait(1)
    assert world.clock.alert is Alert.YELLOW


def test_each_board_has_its_share_of_the_elapsed_time() -> None:
    world = World()
    at(world, "2026-11-18 11:00")
    world.do(POLICY, Action.TRANSFER, board="talent")
    at(world, "2026-11-18 15:30")
    world.do(TALENT, Action.ANSWER)
    at(world, "2026-11-19 10:00")
    shares = {share.board: round(share.elapsed_ms / HOUR_MS, 2) for share in world.clock.shares}
    assert shares == {"talent": 3.0, "policy": 1.0}


def test_a_change_of_class_keeps_paused_time() -> None:
    world = World()
    world.do(POLICY, Action.RECEIVE)
    at(world, "2026-11-19 09:00")
    world.do(POLICY, Action.SUSPEND)
    at(world, "2026-11-19 12:00")
    world.do(POLICY, Action.RESUME)
    assert due(world.case, "2026-11-19 14:00") == "2026-11-24 12:00"
    world.do(CHIEF, Action.LIMIT, limit=LimitClass.HARD)
    assert due(world.case, "2026-11-19 14:00") == "2026-11-26 12:00"


def test_a_class_is_changed_and_an_extension_asked_only_before_expiry() -> None:
    world = World()
    world.do(POLICY, Action.RECEIVE)
    assert world.clock.due_ms is not None
    world.now = world.clock.due_ms + HOUR_MS
    for actor, action in ((CHIEF, Action.LIMIT), (POLICY, Action.EXTEND)):
        with pytest.raises(AppError) as caught:
            world.do(actor, action)
        assert caught.value.code == "cases.limit_over"


def test_an_extension_counts_from_its_date_and_later_pauses_move_it() -> None:
    world = World()
    world.do(POLICY, Action.RECEIVE)
    at(world, "2026-11-19 09:00")
    world.do(POLICY, Action.SUSPEND)
    at(world, "2026-11-19 12:00")
    world.do(POLICY, Action.RESUME)
    world.do(POLICY, Action.EXTEND, until=ms("2026-11-30 17:00"))
    assert due(world.case, "2026-11-19 14:00") == "2026-11-24 12:00"
    case = world.do(SUPERVISOR, Action.DECIDE_EXTENSION)
    assert case.state is CaseState.EXTENDED
    assert due(case, "2026-11-19 14:00") == "2026-11-30 17:00"
    at(world, "2026-11-20 09:00")
    world.do(POLICY, Action.SUSPEND)
    at(world, "2026-11-20 12:00")
    world.do(POLICY, Action.RESUME)
    assert due(world.case, "2026-11-20 14:00") == "2026-12-01 12:00"


def test_a_refused_extension_changes_nothing() -> None:
    world = World()
    world.do(POLICY, Action.RECEIVE)
    before = world.clock.due_ms
    world.do(POLICY, Action.EXTEND)
    case = world.do(SUPERVISOR, Action.DECIDE_EXTENSION, granted=False)
    assert (case.extension, case.extended, world.clock.due_ms) == (None, False, before)


def test_an_escalation_counts_its_own_limit_and_the_age_goes_on() -> None:
    world = World()
    world.do(POLICY, Action.RECEIVE)
    at(world, "2026-11-19 09:00")
    world.do(POLICY, Action.SUSPEND)
    at(world, "2026-11-19 17:00")
    world.do(POLICY, Action.RESUME)
    at(world, "2026-11-20 10:00")
    world.do(POLICY, Action.ESCALATE)
    clock = clock_of(world.case, RULES, ms("2026-11-20 12:00"))
    assert clock.due_ms is not None
    assert local(clock.due_ms) == "2026-11-27 17:00"
    assert round(clock.elapsed_ms / HOUR_MS, 2) == 2.0
    assert round(clock.age_ms / HOUR_MS, 2) == 5.5 + 6.5 + 3.0


def test_a_plan_keeps_a_hard_promise_and_its_date_takes_its_place() -> None:
    world = World()
    world.do(SUPERVISOR, Action.ESCALATE)
    world.do(APPEAL, Action.RECEIVE)
    world.do(APPEAL, Action.PLAN, until=ms("2026-12-31 17:00"))
    assert due(world.case, "2026-11-19 10:00") == "2026-12-31 17:00"
    simple = World()
    simple.do(POLICY, Action.RECEIVE)
    before = simple.clock.due_ms
    simple.do(POLICY, Action.PLAN, until=ms("2026-12-31 17:00"))
    assert simple.clock.due_ms == before


def test_opened_again_it_has_a_new_clock() -> None:
    world = World()
    for actor, action in ((POLICY, Action.ANSWER), (POLICY, Action.RESOLVE), (CLERK, Action.FEEDBACK)):
        world.do(actor, action)
    stopped = world.clock
    at(world, "2026-12-01 10:00")
    assert world.clock.elapsed_ms == stopped.elapsed_ms
    world.do(CLERK, Action.REOPEN)
    clock = world.clock
    assert clock.due_ms is not None
    assert (local(clock.due_ms), clock.elapsed_ms) == ("2026-12-04 17:00", 0)
    assert clock.start_ms == stopped.start_ms


def test_merging_stops_the_merged_clock() -> None:
    world = World()
    world.wait(1)
    world.do(CLERK, Action.MERGE)
    at = world.clock
    world.wait(500)
    clock = world.clock
    assert (clock.elapsed_ms, clock.alert, clock.is_overdue) == (at.elapsed_ms, Alert.NONE, False)
    assert clock.stopped_ms == world.case.closed_at


def test_the_days_are_told_up_to_the_promise() -> None:
    case = paused(case_at("2026-02-12 10:00"), ("2026-02-14 09:00", "2026-02-14 17:00"))
    days = clock_of(case, RULES, ms("2026-02-25 10:00")).days
    assert str(days[0].why) == "accepted"
    assert [day.date for day in days] == sorted(day.date for day in days)
    assert local(ms("2026-02-25 17:00"))[:10] == days[-1].date.isoformat()
    extended = replace(case_at("2026-03-10 10:00"), due=Due(ms("2026-03-20 17:00"), False, 1))
    assert clock_of(extended, RULES, ms("2026-03-11 10:00")).days[-1].date.isoformat() == "2026-03-20"


def test_a_calendar_that_was_published_later_changes_no_agreed_promise() -> None:
    """Rows and pages count pauses by today's calendar, the promise by its own."""
    case = case_at("2026-12-30 10:00")
    document = {**CALENDAR_DOCUMENT, "years": {**CALENDAR_DOCUMENT["years"]}}
    document["years"]["2027"] = {
        "notice": "国办发明电〔2026〕9号",
        "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "workdays": [],
    }
    newer = replace(RULES, calendar=WorkCalendar.from_document(document))
    assert case.due is not None
    assert clock_of(case, newer, ms("2026-12-31 10:00")).due_ms == case.due.at


@pytest.mark.parametrize("far", [0, 2**52, -(2**52)])
def test_a_clock_that_was_wrong_by_ages_is_not_counted(far: int) -> None:
    case = replace(case_at("2026-03-10 10:00"), due=Due(far, False, 1))
    assert alert_times(case, RULES).amber_ms is None
    assert clock_of(case, RULES, ms("2026-03-11 10:00")).alert is Alert.NONE
    poisoned = replace(case_at("2026-03-10 10:00"), suspensions=(Suspension(far, far + 1, ""),))
    assert clock_of(poisoned, RULES, ms("2026-03-11 10:00")).alert is Alert.NONE


def test_the_suite_notices_a_pause_that_is_not_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    case = paused(case_at("2026-03-10 10:00"), ("2026-03-11 09:00", "2026-03-11 12:00"))
    monkeypatch.setattr(case_clock, "paused_due", lambda office, known, pauses, now: known)
    assert due(case, "2026-03-20 09:00") != "2026-03-16 12:00"
