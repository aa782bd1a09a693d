"""The one table of allowed moves: who may do what with a case in which state, and what becomes of it.

Deciding, folding, the permissions of services and the page's "why not" all read ``MOVES``; ``docs/case-moves.md`` is
printed from it (``tools/make_case_moves.py``). A move has one row for each kind of people that may take it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.callbacks.model import CallbackState
from domain.cases.assignments import RETURNS, SIGNED, Assignment, AssignmentState
from domain.cases.model import CLOSED_STATES, OPEN_STATES, RUNNING_STATES, Case
from domain.cases.model import CaseState as S
from domain.errors import AppError
from domain.staff import Actor, Role

FALLBACK_BOARD = "appeal"
"""兜底: the board that takes what no board can solve, and every complaint."""


class Action(StrEnum):
    """What can be done with a case after acceptance."""

    ANSWER = "answer"
    PARTIAL = "partial"
    PLAN = "plan"
    RECEIVE = "receive"
    TAKE = "take"
    RETURN = "return"
    DECIDE_RETURN = "decide_return"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    ADD_ASSIST = "add_assist"
    REMOVE_ASSIST = "remove_assist"
    NOTICE = "notice"
    RECEIVE_MATERIAL = "receive_material"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    DECIDE_EXTENSION = "decide_extension"
    LIMIT = "limit"
    ESCALATE = "escalate"
    PASS_UP = "pass_up"  # noqa: S105
    CONSULT = "consult"
    RESOLVE = "resolve"
    FEEDBACK = "feedback"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    LINK = "link"
    ATTACH = "attach"
    FLAG = "flag"
    CORRECT_CONTACT = "correct_contact"


class Who(StrEnum):
    """Kinds of people. ``own`` boards have a share of the case; ``lead`` is the leading one."""

    ANYONE = "anyone"
    DESK = "desk"
    OWN = "own"
    OWN_CHIEF = "own_chief"
    LEAD = "lead"
    LEAD_CHIEF = "lead_chief"
    SUPERVISOR = "supervisor"


_BOARD = frozenset({Role.SPECIALIST, Role.CHIEF})
ROLES: dict[Who, frozenset[Role]] = {
    Who.ANYONE: frozenset(Role),
    Who.DESK: frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMIN}),
    Who.OWN: _BOARD,
    Who.OWN_CHIEF: frozenset({Role.CHIEF}),
    Who.LEAD: _BOARD,
    Who.LEAD_CHIEF: frozenset({Role.CHIEF}),
    Who.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.ADMIN}),
}
_OF_A_BOARD = frozenset({Who.OWN, Who.OWN_CHIEF, Who.LEAD, Who.LEAD_CHIEF})
_OF_THE_LEAD = frozenset({Who.LEAD, Who.LEAD_CHIEF})


class Need(StrEnum):
    """What a move needs beside state and person; ``WHY`` has the code for where it is not so."""

    UNSIGNED = "unsigned"
    HELD = "held"
    SIGNED = "signed"
    MAY_RETURN = "may_return"
    RETURNED_AGAIN = "returned_again"
    HAS_BOARD = "has_board"
    OTHERS_ANSWERED = "others_answered"
    ALL_ANSWERED = "all_answered"
    IN_TIME = "in_time"
    NOTHING_ASKED = "nothing_asked"
    ASKED = "asked"
    NOT_FALLBACK = "not_fallback"
    TOLD = "told"
    ASKED_AFTERWARDS = "asked_afterwards"
    MISSING = "missing"
    NOT_WITH_CHIEF = "not_with_chief"


WHY: dict[Need, str] = {
    Need.UNSIGNED: "cases.already_received",
    Need.HELD: "cases.share_not_held",
    Need.SIGNED: "cases.not_received",
    Need.MAY_RETURN: "cases.return_decided",
    Need.RETURNED_AGAIN: "cases.no_return_to_decide",
    Need.HAS_BOARD: "cases.no_board_yet",
    Need.OTHERS_ANSWERED: "cases.answers_missing",
    Need.ALL_ANSWERED: "cases.answers_missing",
    Need.IN_TIME: "cases.limit_over",
    Need.NOTHING_ASKED: "cases.extension_asked",
    Need.ASKED: "cases.no_extension_asked",
    Need.NOT_FALLBACK: "cases.already_escalated",
    Need.TOLD: "cases.not_told",
    Need.ASKED_AFTERWARDS: "cases.callback_open",
    Need.MISSING: "cases.nothing_missing",
    Need.NOT_WITH_CHIEF: "cases.chief_decides",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One row: ``who`` may do ``action`` in ``states`` where ``needs`` are met; the case is in one of ``becomes`` then.

    Nothing in ``becomes``: the state stays. Where there is something, the state may still stay (the lead's share
    decides it, see ``domain.cases.states``).
    """

    action: Action
    who: Who
    states: frozenset[S]
    becomes: frozenset[S] = frozenset()
    needs: tuple[Need, ...] = ()


UNBEGUN = frozenset({S.REGISTERED, S.ACCEPTED, S.ASSIGNED, S.RETURNED, S.TRANSFERRED, S.REOPENED})
"""No board has signed for the lead: the desk may still close the matter itself."""
BEGUN = RUNNING_STATES - {S.REGISTERED, S.ACCEPTED}
"""With the boards."""
TOLD_STATES = frozenset({S.FED_BACK, S.RATED, S.CALLED_BACK})
_BOARDS = BEGUN | {S.SUSPENDED}
_ALL = frozenset(S)
_AT_WORK = frozenset({S.RECEIVED, S.HANDLING, S.EXTENDED})
_GIVEN = frozenset({S.ASSIGNED, S.TRANSFERRED, S.ESCALATED, S.REOPENED})
_BY_LEAD = _AT_WORK | _GIVEN


def _rows(
    action: Action, states: frozenset[S], becomes: frozenset[S], *whose: tuple[Who, tuple[Need, ...]]
) -> tuple[Move, ...]:
    return tuple(Move(action, who, states, becomes, needs) for who, needs in whose)


MOVES: tuple[Move, ...] = (
    Move(Action.ANSWER, Who.DESK, UNBEGUN, frozenset({S.RESOLVED}), (Need.NOT_WITH_CHIEF,)),
    Move(Action.ANSWER, Who.OWN, _BOARDS, _AT_WORK, (Need.HELD,)),
    Move(Action.PARTIAL, Who.OWN, _BOARDS, _AT_WORK, (Need.SIGNED,)),
    Move(Action.PLAN, Who.LEAD, _BOARDS, _AT_WORK, (Need.SIGNED,)),
    Move(Action.RECEIVE, Who.OWN, _BOARDS, _AT_WORK, (Need.UNSIGNED,)),
    Move(Action.TAKE, Who.OWN, _BOARDS, _AT_WORK, (Need.HELD,)),
    Move(Action.RETURN, Who.OWN, BEGUN, frozenset({S.RETURNED}), (Need.HELD, Need.MAY_RETURN)),
    *_rows(
        Action.DECIDE_RETURN,
        BEGUN,
        _AT_WORK | {S.ASSIGNED, S.TRANSFERRED},
        (Who.OWN_CHIEF, (Need.RETURNED_AGAIN,)),
        (Who.SUPERVISOR, (Need.RETURNED_AGAIN,)),
    ),
    *_rows(
        Action.ASSIGN,
        RUNNING_STATES,
        _BY_LEAD,
        (Who.DESK, (Need.NOT_WITH_CHIEF,)),
        (Who.LEAD, (Need.NOT_WITH_CHIEF,)),
    ),
    Move(Action.TRANSFER, Who.DESK, BEGUN, _AT_WORK | {S.TRANSFERRED}, (Need.HAS_BOARD, Need.NOT_WITH_CHIEF)),
    Move(Action.TRANSFER, Who.OWN, BEGUN, _AT_WORK | {S.TRANSFERRED}, (Need.HELD,)),
    *_rows(Action.ADD_ASSIST, BEGUN, frozenset(), (Who.DESK, (Need.HAS_BOARD,)), (Who.LEAD, ())),
    *_rows(Action.REMOVE_ASSIST, BEGUN, frozenset(), (Who.DESK, (Need.HAS_BOARD,)), (Who.LEAD, ())),
    Move(Action.NOTICE, Who.ANYONE, OPEN_STATES, _AT_WORK),
    Move(Action.RECEIVE_MATERIAL, Who.ANYONE, OPEN_STATES, frozenset(), (Need.MISSING,)),
    *_rows(
        Action.SUSPEND,
        _AT_WORK,
        frozenset({S.SUSPENDED}),
        (Who.LEAD, (Need.SIGNED,)),
        (Who.SUPERVISOR, (Need.SIGNED,)),
    ),
    *_rows(Action.RESUME, frozenset({S.SUSPENDED}), BEGUN, (Who.LEAD, ()), (Who.DESK, ())),
    Move(Action.EXTEND, Who.LEAD, _AT_WORK, frozenset(), (Need.SIGNED, Need.NOTHING_ASKED, Need.IN_TIME)),
    Move(Action.DECIDE_EXTENSION, Who.SUPERVISOR, _BOARDS, frozenset({S.EXTENDED}), (Need.ASKED,)),
    Move(Action.LIMIT, Who.LEAD_CHIEF, BEGUN, frozenset(), (Need.IN_TIME,)),
    Move(Action.ESCALATE, Who.LEAD, BEGUN, frozenset({S.ESCALATED}), (Need.NOT_FALLBACK,)),
    Move(Action.ESCALATE, Who.SUPERVISOR, BEGUN, frozenset({S.ESCALATED}), (Need.NOT_FALLBACK,)),
    Move(Action.ESCALATE, Who.DESK, frozenset({S.RETURNED}), frozenset({S.ESCALATED}), (Need.NOT_FALLBACK,)),
    *_rows(Action.PASS_UP, OPEN_STATES, frozenset(), (Who.DESK, ()), (Who.OWN_CHIEF, ())),
    *_rows(Action.CONSULT, _BOARDS, _AT_WORK, (Who.OWN, ()), (Who.DESK, ())),
    *_rows(
        Action.RESOLVE,
        BEGUN - {S.RETURNED},
        frozenset({S.RESOLVED}),
        (Who.LEAD, (Need.OTHERS_ANSWERED,)),
        (Who.DESK, (Need.ALL_ANSWERED,)),
    ),
    *_rows(Action.FEEDBACK, frozenset({S.RESOLVED}), frozenset({S.FED_BACK}), (Who.DESK, ()), (Who.LEAD, ())),
    *_rows(
        Action.REOPEN,
        TOLD_STATES | {S.RESOLVED},
        frozenset({S.REOPENED, S.ACCEPTED}),
        (Who.DESK, ()),
        (Who.LEAD_CHIEF, ()),
    ),
    Move(
        Action.ARCHIVE,
        Who.DESK,
        TOLD_STATES | {S.RESOLVED, S.DECLINED, S.WITHDRAWN},
        frozenset({S.ARCHIVED}),
        (Need.TOLD, Need.ASKED_AFTERWARDS),
    ),
    Move(Action.DECLINE, Who.ANYONE, UNBEGUN, frozenset({S.DECLINED}), (Need.NOT_WITH_CHIEF,)),
    Move(Action.WITHDRAW, Who.ANYONE, OPEN_STATES, frozenset({S.WITHDRAWN})),
    Move(Action.MERGE, Who.ANYONE, OPEN_STATES, frozenset({S.MERGED})),
    *(
        Move(action, Who.ANYONE, _ALL)
        for action in (Action.LINK, Action.ATTACH, Action.FLAG, Action.CORRECT_CONTACT)
    ),
)


def roles_of(action: Action) -> frozenset[Role]:
    """The roles that may take ``action`` with some case."""
    return frozenset(role for move in MOVES if move.action is action for role in ROLES[move.who])


@dataclass(frozen=True, slots=True)
class AllowedAction:
    """Whether ``action`` may be taken now; ``why_not`` is the code of the sentence where it may not, else empty."""

    action: Action
    allowed: bool
    why_not: str = ""


def allowed_actions(case: Case, actor: Actor, *, overdue: bool = False) -> tuple[AllowedAction, ...]:
    """Every action with whether ``actor`` may take it now, in the order of ``Action``.

    ``overdue`` says whether the limit is over, pauses counted (``CaseClock.is_overdue``).
    """
    return tuple(
        AllowedAction(action, not why, why)
        for action in Action
        for why in (why_not(case, actor, action, overdue=overdue),)
    )


def why_not(case: Case, actor: Actor, action: Action, *, overdue: bool = False) -> str:
    """Why ``actor`` may not take ``action`` now: the reason of the row that comes nearest; empty where it may."""
    return min(
        (_hindrance(move, case, actor, overdue) for move in MOVES if move.action is action),
        key=lambda found: found[0],
    )[1]


def require_move(case: Case, actor: Actor, action: Action, *, overdue: bool = False) -> None:
    """Raise ``AppError`` with why ``actor`` may not take ``action`` now, if there is a reason."""
    why = why_not(case, actor, action, overdue=overdue)
    if why:
        raise AppError(why, number=case.number, action=action.value, role=actor.role.value)


def misfit(case: Case, action: Action, board: str | None = None) -> str:
    """Why ``action`` does not fit the case, whoever took it (for ``board``, where one did); empty where it fits.

    What was done offline, by people whose rights were checked where they did it, is folded by this.
    """
    share = case.lead if board is None else case.share_of(board)
    found = [
        _state_hindrance(move, case) or _need_hindrance(move, case, share, overdue=False)
        for move in MOVES
        if move.action is action and _is_by(move, board)
    ]
    return "" if "" in found else found[0]


def _is_by(move: Move, board: str | None) -> bool:
    """An answer at the window and a board's are two things; all else is the same whoever does it."""
    return move.action is not Action.ANSWER or (move.who in _OF_A_BOARD) == (board is not None)


def _hindrance(move: Move, case: Case, actor: Actor, overdue: bool) -> tuple[int, str]:
    """(how far away, why): 0 where the row allows it."""
    if actor.role not in ROLES[move.who]:
        return 4, "permission.denied"
    share = case.lead
    if move.who in _OF_A_BOARD:
        if actor.board not in case.boards:
            return 3, "cases.not_your_board"
        if move.who in _OF_THE_LEAD and actor.board != case.boards[0]:
            return 3, "cases.not_the_lead"
        share = case.share_of(actor.board)
    why = _state_hindrance(move, case)
    if why:
        return 2, why
    why = _need_hindrance(move, case, share, overdue)
    return (1, why) if why else (0, "")


def _state_hindrance(move: Move, case: Case) -> str:
    if case.state in move.states:
        return ""
    if case.state is S.SUSPENDED and move.states & RUNNING_STATES:
        return "cases.suspended"
    if case.state in CLOSED_STATES:
        return "cases.closed"
    if move.action is Action.RESUME:
        return "cases.not_suspended"
    if not move.states & OPEN_STATES:
        return "cases.not_resolved"
    if case.state in (S.REGISTERED, S.ACCEPTED):
        return "cases.no_board_yet"
    return "cases.not_received" if case.state in _GIVEN | {S.RETURNED} else "cases.with_the_board"


def _need_hindrance(move: Move, case: Case, share: Assignment | None, overdue: bool) -> str:
    for need in move.needs:
        met = not overdue if need is Need.IN_TIME else _MET[need](case, share)
        if not met:
            # A share that was answered or given away is not unsigned: there is nothing left to sign.
            gone = need is Need.SIGNED and share is not None and not share.is_held
            return WHY[Need.HELD if gone else need]
    return ""


def _others_answered(case: Case, share: Assignment | None) -> bool:
    return all(one.state is AssignmentState.ANSWERED for one in case.shares if one is not case.lead)


def _all_answered(case: Case, share: Assignment | None) -> bool:
    return bool(case.shares) and all(one.state is AssignmentState.ANSWERED for one in case.shares)


_MET: dict[Need, Callable[[Case, Assignment | None], bool]] = {
    Need.UNSIGNED: lambda _, share: share is not None and share.state is AssignmentState.ASSIGNED,
    Need.HELD: lambda _, share: share is not None and share.is_held,
    Need.SIGNED: lambda _, share: share is not None and share.state in SIGNED,
    Need.MAY_RETURN: lambda _, share: share is not None and not share.kept and share.returned < RETURNS,
    Need.RETURNED_AGAIN: lambda case, share: any(one.awaits_decision for one in case.shares),
    Need.HAS_BOARD: lambda case, _: bool(case.boards),
    Need.OTHERS_ANSWERED: _others_answered,
    Need.ALL_ANSWERED: _all_answered,
    Need.NOTHING_ASKED: lambda case, _: case.extension is None,
    Need.ASKED: lambda case, _: case.extension is not None,
    Need.NOT_FALLBACK: lambda case, _: not case.boards or case.boards[0] != FALLBACK_BOARD,
    Need.TOLD: lambda case, _: case.feedback is not None or case.state in (S.DECLINED, S.WITHDRAWN),
    Need.ASKED_AFTERWARDS: lambda case, _: (
        not any(one.state is CallbackState.OPEN and one.round > case.reopened for one in case.callbacks)
    ),
    Need.MISSING: lambda case, _: bool(case.missing),
    Need.NOT_WITH_CHIEF: lambda case, _: case.lead is None or not case.lead.awaits_decision,
}
