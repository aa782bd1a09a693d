"""Supervision without a store: measures and their answers, who is reminded, the figures against a slow count."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.fold import fold_case
from domain.cases.states import Owner
from domain.deadlines.clock import Alert, Pause, elapsed
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor, Role, StaffMember
from domain.supervision import decide
from domain.supervision.figures import SPANS, Promises, permille
from domain.supervision.model import Level, MeasureKind
from domain.supervision.open_time import OpenTime
from domain.supervision.reminders import concerned, is_for, shown_from
from tests.fixed import DAY_MS, HOUR_MS
from tests.made_cases import event_of, events_of
from tests.unit.case_world import CHIEFS, CLERK, POLICY, SUPERVISOR, TALENT, World
from tests.unit.deadline_walk import (
    MINUTE,
    OFFICE,
    RULES,
    SHANGHAI,
    SLOW,
    due,
    local,
    ms,
    oracle_open_minutes,
)

URGE, CARD = MeasureKind.URGE, MeasureKind.CARD


def urged(world: World, text: str = "请答复", kind: MeasureKind = URGE, alert: Alert = Alert.RED) -> None:
    world.add(decide.take(world.case, SUPERVISOR, kind, text, None, alert, world.now))


def test_a_board_answers_each_measure_once() -> None:
    world = World()
    urged(world)
    urged(world, "请说明", CARD)
    assert [one.waiting for one in world.case.measures] == [("policy",), ("policy",)]
    world.add(decide.answer(world.case, POLICY, "明日办结"))
    assert [len(one.answers) for one in world.case.measures] == [0, 1]
    world.add(decide.answer(world.case, POLICY, "资料已齐"))
    assert [one.waiting for one in world.case.measures] == [(), ()]
    assert decide.answer(world.case, POLICY, "明日办结") is None
    with pytest.raises(AppError, match="answered_already"):
        decide.answer(world.case, POLICY, "另说")


def test_who_may_not_and_what_is_so_already() -> None:
    world = World()
    for actor in (CLERK, POLICY, CHIEFS["policy"]):
        assert decide.why_not(world.case, actor, URGE, Alert.RED) == "permission.denied"
    assert decide.why_not(world.case, SUPERVISOR, CARD, Alert.AMBER) == "supervision.not_overdue"
    assert decide.why_not(world.case, SUPERVISOR, URGE, Alert.NONE) == ""
    urged(world)
    assert decide.take(world.case, SUPERVISOR, URGE, "请答复", None, Alert.RED, world.now) is None
    with pytest.raises(AppError, match="text_missing"):
        decide.take(world.case, SUPERVISOR, URGE, "", None, Alert.RED, world.now)
    with pytest.raises(AppError, match="until_past"):
        decide.take(world.case, SUPERVISOR, URGE, "快", world.now, Alert.RED, world.now)
    with pytest.raises(AppError, match="not_asked"):
        decide.answer(world.case, TALENT, "不是我们")
    closed = replace(world.case, state=type(world.case.state).RESOLVED)
    assert decide.why_not(closed, SUPERVISOR, URGE, Alert.RED) == "cases.closed"


@pytest.mark.parametrize("payload", [{}, {"of": "x"}, {"of": 3, "board": "policy"}, {"board": "policy"}])
def test_an_answer_to_nothing_is_kept_as_a_conflict(payload: dict[str, object]) -> None:
    events = events_of([NewEvent("supervision_answered", payload, {"text": "好"})])
    case = fold_case(events)
    assert case is not None
    assert (case.measures, [code for _, code in case.unfit]) in (
        ((), ["no_measure"]),
        ((), ["malformed"]),
    )


def test_measures_never_move_a_case() -> None:
    world = World()
    before = world.case
    urged(world)
    assert replace(world.case, measures=(), timeline=()) == replace(before, timeline=())
    late = event_of(NewEvent("case_urged", {"boards": ["policy"]}), 9)
    answered = [*world.events, event_of(NewEvent("case_answered", {}, {"answer": "好"}), 8), late]
    case = fold_case(answered)
    assert case is not None
    assert (len(case.measures), case.unfit) == (2, ())


def member(staff: str, role: Role, board: str | None = None) -> StaffMember:
    return StaffMember(staff, staff, role, board)


STAFF = {
    one.id: one
    for one in (
        member("p1", Role.SPECIALIST, "policy"),
        member("p2", Role.SPECIALIST, "policy"),
        member("pc", Role.CHIEF, "policy"),
        member("s", Role.SUPERVISOR),
        member("c", Role.CLERK),
    )
}
LEAD = Owner(Role.SPECIALIST, "demo", "policy", "p1")


def for_whom(level: Level, owner: Owner, without: str = "") -> list[str]:
    staff = {key: one for key, one in STAFF.items() if key not in without.split()}
    whom = concerned(level, owner, staff)
    return [key for key, one in staff.items() if is_for(one.actor, whom)]


@pytest.mark.parametrize(
    ("level", "owner", "without", "told"),
    [
        (Level.AMBER, LEAD, "", ["p1"]),
        (Level.AMBER, LEAD, "p1", ["p2"]),
        (Level.AMBER, LEAD, "p1 p2", ["pc"]),
        (Level.AMBER, LEAD, "p1 p2 pc", ["s"]),
        (Level.AMBER, LEAD, "p1 p2 pc s", ["c"]),
        (Level.YELLOW, LEAD, "", ["pc"]),
        (Level.YELLOW, LEAD, "pc", ["s"]),
        (Level.RED, LEAD, "", ["s"]),
        (Level.SENSITIVE, LEAD, "", ["s"]),
        (Level.AMBER, Owner(Role.CHIEF, "demo", "policy"), "", ["pc"]),
        (Level.AMBER, Owner(Role.CLERK, "demo"), "", ["c"]),
        (Level.YELLOW, Owner(Role.CLERK, "demo"), "", ["s"]),
    ],
)
def test_the_right_one_is_told(level: Level, owner: Owner, without: str, told: list[str]) -> None:
    assert for_whom(level, owner, without) == told


def test_the_device_is_told_what_is_the_desks() -> None:
    assert is_for(Actor("device:ab"), concerned(Level.RED, LEAD, {}))
    assert not is_for(Actor("device:ab"), concerned(Level.RED, LEAD, STAFF))


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-11-18 10:00", "2026-11-18 10:00"),
        ("2026-11-18 09:00", "2026-11-18 09:00"),
        ("2026-11-18 12:10", "2026-11-18 13:30"),
        ("2026-11-18 17:00", "2026-11-19 09:00"),
        ("2026-11-20 23:59", "2026-11-23 09:00"),
        ("2026-09-30 20:00", "2026-10-08 09:00"),
        ("2026-10-10 00:00", "2026-10-10 09:00"),
    ],
)
def test_nothing_is_shown_while_the_site_is_closed(at: str, shown: str) -> None:
    assert local(shown_from(OFFICE, ms(at))) == shown


MOMENTS = st.integers(ms("2026-01-05 00:00") // 60_000, ms("2026-12-20 00:00") // 60_000).map(
    lambda minute: minute * 60_000
)


def moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI)


@SLOW
@given(MOMENTS, st.integers(0, 4 * 24 * 60))
def test_open_time_looked_up_is_open_time_counted(start: int, minutes: int) -> None:
    end = start + minutes * 60_000
    looked_up = OpenTime(OFFICE, start - DAY_MS, end + DAY_MS)
    assert looked_up.between(start, end) == oracle_open_minutes(moment(start), moment(end)) * 60_000
    assert looked_up.between(end, start) == 0


@SLOW
@given(MOMENTS, st.lists(st.integers(0, 3 * 24 * 60), min_size=6, max_size=6))
def test_elapsed_without_pauses_is_that_of_the_clock(start: int, gaps: list[int]) -> None:
    marks = [start]
    for gap in gaps:
        marks.append(marks[-1] + gap * MINUTE)
    pauses = (Pause(marks[1], marks[2]), Pause(marks[3], marks[4]), Pause(marks[5], None))
    looked_up = OpenTime(OFFICE, start, marks[6])
    for begin in (start, marks[2], marks[4]):
        assert looked_up.elapsed(begin, marks[6], pauses) == elapsed(OFFICE, begin, marks[6], pauses)


@SLOW
@given(MOMENTS)
def test_promises_kept_by_day_are_those_counted_anew(at: int) -> None:
    promises = Promises(RULES)
    promises.ends(at - at % DAY_MS + 5 * HOUR_MS)
    assert promises.ends(at) == tuple(due(local(at), "item", days).due_ms for days in SPANS)


def test_an_acceptance_after_closing_counts_as_the_next_days() -> None:
    promises = Promises(RULES)
    assert local(promises.ends(ms("2026-11-18 10:00"))[0]) == "2026-11-19 17:00"
    assert local(promises.ends(ms("2026-11-18 18:00"))[0]) == "2026-11-20 17:00"


def test_permille_is_rounded_half_up() -> None:
    assert (permille(1, 3), permille(2, 3), permille(1, 2000), permille(0, 0)) == (333, 667, 1, None)
