"""The table of allowed moves: whole, printed, and telling why not."""

import re

import pytest

from domain.cases import moves
from domain.cases.model import CLOSED_STATES, OPEN_STATES, CaseState
from domain.cases.moves import (
    MOVES,
    ROLES,
    WHY,
    Action,
    Need,
    allowed_actions,
    require_move,
    roles_of,
    why_not,
)
from domain.cases.states import Owner, owner, task_of
from domain.errors import AppError
from domain.staff import Role
from services.permissions import ALLOWED
from tests.unit.case_world import (
    ADMIN,
    APPEAL,
    CHIEF,
    CHIEFS,
    CLERK,
    POLICY,
    SUPERVISOR,
    TALENT,
    World,
)
from tools.make_case_moves import PAGE, page


def _refused(world: World, actor: object, action: Action, **wanted: object) -> str:
    with pytest.raises(AppError) as caught:
        world.do(actor, action, **wanted)  # type: ignore[arg-type]
    return caught.value.code


def test_the_printed_page_is_the_table() -> None:
    """Run ``python tools/make_case_moves.py`` after a change."""
    assert PAGE.read_text("utf-8") == page()


def test_a_changed_table_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.make_case_moves.MOVES", MOVES[1:])
    assert PAGE.read_text("utf-8") != page()


def test_every_action_has_a_row_and_every_need_a_reason() -> None:
    assert {move.action for move in MOVES} == set(Action)
    assert set(WHY) == set(Need) == {*moves._MET, Need.IN_TIME}
    assert all(move.states for move in MOVES)


def test_permissions_are_the_table_s() -> None:
    assert all(ALLOWED[action.value] == roles_of(action) for action in Action)


def test_there_is_a_way_into_every_open_state_and_out_of_it() -> None:
    """Rating and calling back are steps of their own areas; registered cases come from elsewhere."""
    reached = {state for move in MOVES for state in move.becomes}
    assert reached >= OPEN_STATES - {CaseState.REGISTERED}
    left = {state for move in MOVES if move.becomes - {*move.states} for state in move.states}
    assert left >= OPEN_STATES


def test_roles_of_kinds_of_people() -> None:
    assert all(ROLES[move.who] for move in MOVES)
    assert roles_of(Action.DECIDE_EXTENSION) == {Role.SUPERVISOR, Role.ADMIN}
    assert roles_of(Action.LIMIT) == {Role.CHIEF}
    assert Role.CLERK not in roles_of(Action.RECEIVE)


def test_why_not_names_what_is_nearest() -> None:
    world = World()
    case = world.case
    assert why_not(case, CLERK, Action.RECEIVE) == "permission.denied"
    assert why_not(case, TALENT, Action.RECEIVE) == "cases.not_your_board"
    assert why_not(case, POLICY, Action.RECEIVE) == ""
    assert why_not(case, POLICY, Action.PARTIAL) == "cases.not_received"
    assert why_not(case, POLICY, Action.RESUME) == "cases.not_suspended"
    assert why_not(case, CLERK, Action.FEEDBACK) == "cases.not_resolved"
    assert why_not(case, CLERK, Action.RECEIVE_MATERIAL) == "cases.nothing_missing"
    assert why_not(case, CHIEF, Action.LIMIT, overdue=True) == "cases.limit_over"
    world.do(POLICY, Action.RECEIVE)
    assert why_not(world.case, CLERK, Action.ANSWER) == "cases.with_the_board"
    assert why_not(world.case, POLICY, Action.RECEIVE) == "cases.already_received"
    world.do(POLICY, Action.ADD_ASSIST, board="talent")
    assert why_not(world.case, TALENT, Action.PLAN) == "cases.not_the_lead"
    world.do(POLICY, Action.SUSPEND)
    assert why_not(world.case, POLICY, Action.EXTEND) == "cases.suspended"
    world.do(POLICY, Action.RESUME)
    world.do(POLICY, Action.ANSWER)
    # There is nothing left to sign: the share has been answered.
    assert why_not(world.case, POLICY, Action.EXTEND) == "cases.share_not_held"


def test_all_actions_are_listed_once_in_order() -> None:
    found = allowed_actions(World().case, POLICY)
    assert [one.action for one in found] == list(Action)
    assert all(one.allowed == (one.why_not == "") for one in found)


def test_a_refusal_carries_what_its_sentence_needs() -> None:
    with pytest.raises(AppError) as caught:
        require_move(World().case, CLERK, Action.RECEIVE)
    assert caught.value.params == {"number": World().case.number, "action": "receive", "role": "clerk"}


def test_without_the_board_s_rule_another_board_would_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    assert _refused(world, TALENT, Action.RECEIVE) == "cases.not_your_board"
    monkeypatch.setattr(moves, "_OF_A_BOARD", frozenset())
    assert why_not(world.case, TALENT, Action.RECEIVE) == ""


# --- returns ----------------------------------------------------------------------------------------------------


def test_a_second_return_is_the_chief_s_to_decide_and_final() -> None:
    world = World()
    assert world.do(POLICY, Action.RETURN).state is CaseState.RETURNED
    assert owner(world.case) == Owner(Role.CLERK, "demo")
    assert task_of(world.case) is Action.ASSIGN
    assert world.do(CLERK, Action.ASSIGN, boards=("policy",)).state is CaseState.ASSIGNED
    assert world.do(POLICY, Action.RETURN, reason="no_basis").state is CaseState.RETURNED
    assert owner(world.case) == Owner(Role.CHIEF, "demo", "policy")
    assert task_of(world.case) is Action.DECIDE_RETURN
    assert _refused(world, CLERK, Action.ASSIGN, boards=("talent",)) == "cases.chief_decides"
    assert _refused(world, POLICY, Action.DECIDE_RETURN) == "permission.denied"
    assert _refused(world, CHIEFS["talent"], Action.DECIDE_RETURN) == "cases.not_your_board"
    assert world.do(CHIEF, Action.DECIDE_RETURN).state is CaseState.ASSIGNED
    assert _refused(world, POLICY, Action.RETURN) == "cases.return_decided"


def test_the_chief_may_send_it_elsewhere() -> None:
    world = World()
    for _ in range(2):
        world.do(POLICY, Action.RETURN)
        if world.case.boards == ("policy",) and not world.case.shares[0].awaits_decision:
            world.do(CLERK, Action.ASSIGN, boards=("policy",))
    case = world.do(CHIEF, Action.DECIDE_RETURN, board="talent")
    assert (case.state, case.boards) == (CaseState.TRANSFERRED, ("talent",))


def test_a_double_click_is_one_step() -> None:
    world = World()
    for actor, action in (
        (POLICY, Action.RECEIVE),
        (POLICY, Action.TAKE),
        (POLICY, Action.PARTIAL),
        (POLICY, Action.ANSWER),
        (POLICY, Action.RESOLVE),
        (CLERK, Action.FEEDBACK),
        (CLERK, Action.ARCHIVE),
    ):
        once = world.do(actor, action)
        assert world.do(actor, action) == once, action
    assert len(world.events) == 8


# --- several boards -----------------------------------------------------------------------------------------------


def test_a_case_is_resolved_when_every_board_has_answered() -> None:
    world = World()
    world.do(CLERK, Action.ASSIGN, boards=("policy", "talent"), tasks={"talent": "核对人才"})
    assert world.case.shares[1].task == "核对人才"
    world.do(POLICY, Action.ANSWER)
    assert _refused(world, POLICY, Action.RESOLVE) == "cases.answers_missing"
    world.do(TALENT, Action.ANSWER)
    assert task_of(world.case) is Action.RESOLVE
    assert world.do(CLERK, Action.RESOLVE).state is CaseState.RESOLVED


def test_escalating_gives_the_appeal_board_the_lead_and_leaves_the_assisting_ones() -> None:
    world = World()
    world.do(POLICY, Action.ADD_ASSIST, board="talent")
    case = world.do(SUPERVISOR, Action.ESCALATE)
    assert (case.state, case.boards) == (CaseState.ESCALATED, ("appeal", "talent"))
    assert _refused(world, ADMIN, Action.ESCALATE) == "cases.already_escalated"
    assert world.do(APPEAL, Action.RECEIVE).state is CaseState.RECEIVED


def test_opened_again_the_boards_begin_anew() -> None:
    world = World()
    for actor, action in ((POLICY, Action.ANSWER), (POLICY, Action.RESOLVE), (CLERK, Action.FEEDBACK)):
        world.do(actor, action)
    case = world.do(CLERK, Action.REOPEN)
    assert (case.state, case.reopened, case.answer, case.feedback) == (CaseState.REOPENED, 1, "", None)
    assert case.shares[0].answered_at is None
    assert case.closed_at is None
    assert _refused(world, CLERK, Action.ARCHIVE) == "cases.not_resolved"


def test_what_ends_cannot_be_touched() -> None:
    world = World()
    world.do(CLERK, Action.WITHDRAW)
    for action in (
        Action.RECEIVE,
        Action.ANSWER,
        Action.RETURN,
        Action.TRANSFER,
        Action.SUSPEND,
        Action.PLAN,
    ):
        assert why_not(world.case, POLICY, action) == "cases.closed"
    assert world.do(CLERK, Action.ARCHIVE).state in CLOSED_STATES


def test_the_page_names_every_reason() -> None:
    told = set(re.findall(r"`(cases\.[a-z_]+)`", page()))
    assert set(WHY.values()) <= told
