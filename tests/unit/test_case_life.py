"""A case's whole life against the table of allowed moves: any people, any order, any time between."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.cases import fold, moves, states
from domain.cases.assignments import AssignmentRole
from domain.cases.fold import fold_case
from domain.cases.model import OPEN_STATES, Case, CaseState
from domain.cases.moves import MOVES, Action, why_not
from domain.cases.states import owner, task_of
from domain.errors import AppError
from domain.events.event import Event
from domain.staff import Actor, Role
from tests.unit.case_world import ACTORS, BOARDS, POLICY, TALENT, World, merged

OF_ARGUMENTS = {
    "cases.same_board",
    "cases.lead_cannot_assist",
    "cases.lead_cannot_leave",
    "cases.answer_missing",
    "cases.reason_missing",
}
"""Refusals for what was said with an action, not for the action itself."""
ENDING = frozenset({Action.ARCHIVE, Action.DECLINE, Action.WITHDRAW, Action.MERGE})
ASIDE = frozenset({Action.LINK, Action.ATTACH, Action.FLAG, Action.CORRECT_CONTACT, Action.PASS_UP})


def becomes(action: Action) -> frozenset[CaseState]:
    return frozenset(state for move in MOVES if move.action is action for state in move.becomes)


class Life(RuleBasedStateMachine):
    """Anybody tries anything; what is done fits the table, and what is refused has the table's reason."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.seen = self.world.clock

    @rule(hours=st.sampled_from([0, 1, 7, 30, 100]))
    def time_passes(self, hours: int) -> None:
        self.world.wait(hours)

    @rule(
        actor=st.sampled_from(ACTORS),
        action=st.sampled_from(Action),
        board=st.sampled_from(BOARDS),
        granted=st.booleans(),
    )
    def somebody_acts(self, actor: Actor, action: Action, board: str, granted: bool) -> None:
        world = self.world
        before = world.case
        if action in ENDING | {Action.ANSWER} and len(world.events) < 12:
            return
        why = why_not(before, actor, action, overdue=world.clock.is_overdue)
        count = len(world.events)
        refused = ""
        try:
            after = world.do(actor, action, board=board, granted=granted, boards=(board, "policy"))
        except AppError as error:
            refused, after = error.code, before
        acted = len(world.events) > count
        assert not (acted and why), (action, actor, why)
        # Refused for the table's reason; or, the same thing done again, it is so already.
        assert refused in {why, "", *OF_ARGUMENTS}, (action, actor)
        assert after.state in becomes(action) | {before.state}, (action, before.state, after.state)

    @rule(data=st.data())
    def somebody_who_may_goes_on(self, data: st.DataObject) -> None:
        """One of the moves that are allowed and do not end it, so that lives get long."""
        world, case = self.world, self.world.case
        overdue = world.clock.is_overdue
        going_on = [action for action in Action if action not in ENDING | ASIDE]
        action = data.draw(st.sampled_from([m for m in going_on if self._doers(m, overdue)] or [Action.FLAG]))
        actor = data.draw(st.sampled_from(self._doers(action, overdue)))
        board = data.draw(st.sampled_from(BOARDS))
        refused, after = "", case
        try:
            after = world.do(actor, action, board=board, granted=board != "law", boards=(board, "talent"))
        except AppError as error:
            refused = error.code
        assert refused in OF_ARGUMENTS | {""}
        assert after.state in becomes(action) | {case.state}, (action, case.state, after.state)

    def _doers(self, action: Action, overdue: bool) -> list[Actor]:
        desk = {Role.CLERK, Role.SUPERVISOR, Role.ADMIN}
        who = [a for a in ACTORS if not why_not(self.world.case, a, action, overdue=overdue)]
        return [a for a in who if action is not Action.ANSWER or a.role not in desk]

    @invariant()
    def nothing_is_unfit(self) -> None:
        assert self.world.case.unfit == ()

    @invariant()
    def there_is_an_owner(self) -> None:
        check_owner(self.world.case)

    @invariant()
    def one_board_leads(self) -> None:
        case = self.world.case
        current = [share for share in case.shares if share.is_current or not case.is_open]
        leads = [share for share in current if share.role is AssignmentRole.LEAD]
        assert len(leads) == (1 if case.boards else 0)
        assert not case.boards or leads[0].board == case.boards[0]

    @invariant()
    def no_clock_runs_backwards(self) -> None:
        clock = self.world.clock
        assert clock.start_ms == self.seen.start_ms
        assert clock.age_ms >= self.seen.age_ms
        if clock.limit_from_ms == self.seen.limit_from_ms:
            assert clock.elapsed_ms >= self.seen.elapsed_ms
        had = {share.board: share.elapsed_ms for share in clock.shares}
        assert all(had[share.board] >= share.elapsed_ms for share in self.seen.shares)
        self.seen = clock

    @invariant()
    def an_archived_answer_was_told(self) -> None:
        case = self.world.case
        if case.state is CaseState.ARCHIVED and case.answer:
            assert case.feedback is not None

    @invariant()
    def closed_is_closed(self) -> None:
        case = self.world.case
        assert (case.closed_at is None) == (case.state in OPEN_STATES)
        assert case.suspended_since is None or case.state is CaseState.SUSPENDED
        if not case.is_open:
            assert not any(stay.end is None for share in case.assignments for stay in share.stays)


def check_owner(case: Case) -> None:
    """Somebody's turn it is, and somebody who may do something then."""
    mine = owner(case)
    assert mine.site
    assert (mine.board is None) == (mine.role in (Role.CLERK, Role.SUPERVISOR))
    if mine.board is not None:
        assert mine.board == case.boards[0]
    if case.is_open:
        actor = Actor("x", mine.role, board=mine.board)
        free = {Action.LINK, Action.ATTACH, Action.FLAG, Action.CORRECT_CONTACT}
        assert any(not why_not(case, actor, action) for action in Action if action not in free)
    task = task_of(case)
    if task is not None:
        assert any(not why_not(case, actor, task) for actor in ACTORS), task


Life.TestCase.settings = settings(deadline=None, max_examples=40, stateful_step_count=30)
TestLife = Life.TestCase


# --- the machine notices -----------------------------------------------------------------------------------------


def _run(*steps: tuple[Actor, Action]) -> None:
    world = World()
    for actor, action in steps:
        world.do(actor, action)
        check_owner(world.case)


def test_without_an_owner_for_returned_cases_it_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = owner
    monkeypatch.setattr(
        "tests.unit.test_case_life.owner",
        lambda case: (
            states.Owner(Role.SPECIALIST, "s", "talent") if case.state is CaseState.RETURNED else real(case)
        ),
    )
    with pytest.raises(AssertionError):
        _run((POLICY, Action.RETURN))


def test_without_the_need_of_feedback_an_answer_would_be_archived_untold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.unit.case_world import CLERK

    world = World()
    for actor, action in ((POLICY, Action.RECEIVE), (POLICY, Action.ANSWER), (POLICY, Action.RESOLVE)):
        world.do(actor, action)
    with pytest.raises(AppError):
        world.do(CLERK, Action.ARCHIVE)
    monkeypatch.setitem(moves._MET, moves.Need.TOLD, lambda case, share: True)
    assert world.do(CLERK, Action.ARCHIVE).feedback is None


# --- two offline boards ---------------------------------------------------------------------------------------


def shared_case() -> World:
    """Led by policy with talent assisting, both have signed."""
    world = World()
    world.do(POLICY, Action.ADD_ASSIST, board="talent")
    world.do(POLICY, Action.RECEIVE)
    world.do(TALENT, Action.RECEIVE)
    return world


def apart(world: World, device: str, actor: Actor, steps: list[Action], wait: int) -> list[Event]:
    """What ``actor`` does offline on a device of its own, knowing nothing of the others."""
    alone = World(world.now, device, list(world.events))
    for number, action in enumerate(steps):
        alone.now += wait + 7 * number
        try:
            alone.do(actor, action)
        except AppError:
            continue
    fresh = alone.events[len(world.events) :]
    return [_renamed(event, device, number) for number, event in enumerate(fresh)]


def _renamed(event: Event, device: str, number: int) -> Event:
    from dataclasses import replace

    return replace(event, id=f"{event.id[:-6]}{device}{number:04d}"[:36])


OFFLINE = st.lists(
    st.sampled_from(
        [
            Action.ANSWER,
            Action.PARTIAL,
            Action.RETURN,
            Action.TRANSFER,
            Action.SUSPEND,
            Action.RESUME,
            Action.CONSULT,
            Action.EXTEND,
            Action.ESCALATE,
            Action.RESOLVE,
            Action.WITHDRAW,
        ]
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=60)
@given(OFFLINE, OFFLINE, st.integers(0, 40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_two_offline_boards_converge_and_nothing_is_lost(
    one: list[Action], other: list[Action], wait: int, later: int, chance: random.Random
) -> None:
    world = shared_case()
    ours = apart(world, "a1", POLICY, one, wait)
    theirs = apart(world, "b2", TALENT, other, later)
    told = merged(world.events, ours, theirs)
    case = fold_case(told)
    assert case is not None
    shuffled = chance.sample(told, len(told))
    assert fold_case(shuffled) == case
    assert {entry.event for entry in case.timeline} == {event.id for event in told}
    assert {event for event, _ in case.unfit} <= {event.id for event in (*ours, *theirs)}
    check_owner(case)


def test_answers_of_two_offline_boards_both_stand() -> None:
    world = shared_case()
    ours = apart(world, "a1", POLICY, [Action.ANSWER], 5)
    theirs = apart(world, "b2", TALENT, [Action.ANSWER], 9)
    case = fold_case(merged(world.events, theirs, ours))
    assert case is not None
    assert (case.unfit, task_of(case)) == ((), Action.RESOLVE)


def test_an_answer_that_comes_after_the_withdrawal_is_a_conflict_and_kept() -> None:
    world = shared_case()
    ours = apart(world, "a1", POLICY, [Action.WITHDRAW], 5)
    theirs = apart(world, "b2", TALENT, [Action.ANSWER], 9)
    case = fold_case(merged(world.events, theirs, ours))
    assert case is not None
    assert [code for _, code in case.unfit] == ["case_closed"]
    assert case.timeline[-1].kind == "assignment_answered"


def test_without_the_fold_order_they_would_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    world = shared_case()
    ours = apart(world, "a1", POLICY, [Action.WITHDRAW], 5)
    theirs = apart(world, "b2", TALENT, [Action.ANSWER], 9)
    monkeypatch.setattr(fold, "birth_first", list)
    assert fold_case([*world.events, *ours, *theirs]) != fold_case([*world.events, *theirs, *ours])


def test_without_the_table_a_late_step_would_change_a_closed_case(monkeypatch: pytest.MonkeyPatch) -> None:
    world = shared_case()
    ours = apart(world, "a1", POLICY, [Action.WITHDRAW], 5)
    theirs = apart(world, "b2", TALENT, [Action.ANSWER], 9)
    monkeypatch.setattr("domain.cases.fitting.misfit", lambda *_: "")
    case = fold_case(merged(world.events, theirs, ours))
    assert case is not None
    assert case.unfit == ()
