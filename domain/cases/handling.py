"""Deciding what boards do with their shares, and where a matter goes. Each gives the event, or None where it is so
already (a double click, a repeated request); ``AppError`` says why not. Pure.
"""

from domain.cases.assignments import AssignmentState
from domain.cases.decide import due_document, limit_document
from domain.cases.model import Case, CaseKind, Due, Limit
from domain.cases.moves import FALLBACK_BOARD, Action, require_move
from domain.cases.progress import Consultation
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor


def receive(case: Case, actor: Actor) -> NewEvent | None:
    """签收 by the actor's board."""
    share = case.share_of(actor.board)
    if case.is_open and share is not None and share.received_at is not None and share.is_held:
        return None
    require_move(case, actor, Action.RECEIVE)
    return NewEvent("assignment_received", {"board": actor.board})


def take(case: Case, actor: Actor, handler: str | None = None) -> NewEvent | None:
    """认领: the share of the actor's board becomes the actor's own, or ``handler``'s."""
    wanted = handler or actor.id
    share = case.share_of(actor.board)
    if case.is_open and share is not None and share.is_held and share.handler == wanted:
        return None
    require_move(case, actor, Action.TAKE)
    return NewEvent("assignment_taken", {"board": actor.board, "handler": wanted})


def hand_over(case: Case, board: str, handler: str) -> NewEvent | None:
    """移交: what ``board`` has in hand becomes ``handler``'s; None where it no longer has it, or it is so already."""
    share = case.share_of(board)
    if not case.is_open or share is None or not share.is_held or share.handler == handler:
        return None
    return NewEvent("assignment_taken", {"board": board, "handler": handler})


def answer_share(case: Case, actor: Actor, text: str) -> NewEvent | None:
    """答复 of the actor's board, for good."""
    share = case.share_of(actor.board)
    if share is not None and share.state is AssignmentState.ANSWERED and share.answer == text:
        return None
    require_move(case, actor, Action.ANSWER)
    return NewEvent("assignment_answered", {"board": actor.board}, {"answer": text})


def answer_partly(case: Case, actor: Actor, text: str) -> NewEvent | None:
    """部分答复: what can be said now, the rest to come."""
    share = case.share_of(actor.board)
    if share is not None and share.is_held and share.partial[-1:] == (text,):
        return None
    require_move(case, actor, Action.PARTIAL)
    return NewEvent("assignment_partly_answered", {"board": actor.board}, {"answer": text})


def plan(case: Case, actor: Actor, text: str, until: int, now_ms: int) -> NewEvent | None:
    """方案 instead of a solution now, carried out until ``until`` (UTC milliseconds)."""
    if case.is_open and case.plan is not None and (case.plan.text, case.plan.until) == (text, until):
        return None
    require_move(case, actor, Action.PLAN)
    _require_future(until, now_ms)
    return NewEvent("solution_planned", {"board": actor.board, "until": until}, {"plan": text})


def give_back(case: Case, actor: Actor, reason: str, note: str = "") -> NewEvent | None:
    """退回 with a code of the return reasons. The first goes back to the desk, the second to the board's chief."""
    share = case.share_of(actor.board)
    if share is not None and share.state is AssignmentState.RETURNED and share.return_reason == reason:
        return None
    require_move(case, actor, Action.RETURN)
    private = {"note": note} if note else None
    return NewEvent("assignment_returned", {"board": actor.board, "reason": reason}, private)


def decide_return(case: Case, actor: Actor, reason: str, to: str | None = None) -> NewEvent:
    """退回裁定: the board keeps its share for good, or it goes to the board ``to``."""
    require_move(case, actor, Action.DECIDE_RETURN)
    waiting = [share.board for share in case.shares if share.awaits_decision]
    board = actor.board if actor.board in waiting else waiting[0]
    payload = {"board": board}
    if to is not None:
        _require_other(case, board, to)
        payload["to"] = to
    return NewEvent("return_decided", payload, {"reason": _given(reason)})


def transfer(case: Case, actor: Actor, to: str, reason: str) -> NewEvent:
    """转办: the share of the actor's board, or the lead's where the desk does it, goes to the board ``to``."""
    require_move(case, actor, Action.TRANSFER)
    board = actor.board if actor.board in case.boards else case.boards[0]
    assert board is not None
    _require_other(case, board, to)
    return NewEvent("case_transferred", {"from": board, "to": to}, {"reason": _given(reason)})


def _require_other(case: Case, board: str, to: str) -> None:
    """Another board than the one that has it. A complaint keeps the appeal board."""
    if to == board:
        raise AppError("cases.same_board", number=case.number)
    left = {b for b in case.boards if b != board} | {to}
    if case.kind is CaseKind.COMPLAINT and FALLBACK_BOARD not in left:
        raise AppError("cases.complaint_needs_appeal")


def assign(case: Case, actor: Actor, boards: tuple[str, ...], tasks: dict[str, str]) -> NewEvent | None:
    """交办 to ``boards``, the first leading; ``tasks`` says what each is to do (board → words) where it is split.

    None where all of them have it already.
    """
    if not boards:
        raise AppError("cases.boards_missing")
    again = any(share.state is AssignmentState.RETURNED for share in case.shares)
    told = {share.board: share.task for share in case.shares}
    same = boards == case.boards and all(told.get(board) == task for board, task in tasks.items())
    if case.is_open and same and not again:
        return None
    require_move(case, actor, Action.ASSIGN)
    if case.kind is CaseKind.COMPLAINT and FALLBACK_BOARD not in boards:
        raise AppError("cases.complaint_needs_appeal")
    return NewEvent("case_assigned", {"boards": list(boards)}, {"tasks": tasks} if tasks else None)


def add_assist(case: Case, actor: Actor, board: str, task: str = "") -> NewEvent | None:
    """增加协办 ``board``; None where it has the case already and has not returned it."""
    share = case.share_of(board)
    if case.is_open and board in case.boards and share and share.state is not AssignmentState.RETURNED:
        return None
    require_move(case, actor, Action.ADD_ASSIST)
    if board == case.boards[0]:
        raise AppError("cases.lead_cannot_assist", number=case.number)
    return NewEvent("assist_added", {"board": board}, {"task": task} if task else None)


def remove_assist(case: Case, actor: Actor, board: str, reason: str) -> NewEvent | None:
    """撤销协办 ``board``; None where it has no share."""
    if case.is_open and board not in case.boards:
        return None
    require_move(case, actor, Action.REMOVE_ASSIST)
    if board == case.boards[0]:
        raise AppError("cases.lead_cannot_leave", number=case.number)
    if case.kind is CaseKind.COMPLAINT and board == FALLBACK_BOARD:
        raise AppError("cases.complaint_needs_appeal")
    return NewEvent("assist_removed", {"board": board}, {"reason": _given(reason)})


def escalate(case: Case, actor: Actor, reason: str, limit: Limit, due: Due) -> NewEvent:
    """升级兜底: the appeal board takes the lead; the hard limit counts from now, the age goes on."""
    require_move(case, actor, Action.ESCALATE)
    payload = {"limit": limit_document(limit), "due": due_document(due)}
    return NewEvent("case_escalated", payload, {"reason": _given(reason)})


def pass_up(case: Case, actor: Actor, to: str, reason: str) -> NewEvent | None:
    """上报 to the site above, which owns the case then. 一般问题不出园区: only with a reason."""
    if case.passed_to == to:
        return None
    require_move(case, actor, Action.PASS_UP)
    return NewEvent("case_passed_up", {"to": to}, {"reason": _given(reason)})


def hand_over_to_site(case: Case, actor: Actor, to: str, reason: str) -> NewEvent | None:
    """移交 to another site, which sees the whole history from then on and owns the case."""
    if case.passed_to == to or (not case.passed_to and case.site == to):
        return None
    require_move(case, actor, Action.PASS_UP)
    return NewEvent("case_handed_over", {"to": to}, {"reason": _given(reason)})


def consult(case: Case, actor: Actor, met: Consultation) -> NewEvent | None:
    """会商记录; ``met.at`` is when it is recorded."""
    last = case.consultations[-1] if case.consultations else None
    if last is not None and _said(last) == _said(met):
        return None
    require_move(case, actor, Action.CONSULT)
    if not met.agreed or not (met.boards or met.sites or met.participants):
        raise AppError("cases.consultation_incomplete")
    payload = {"boards": list(met.boards), "sites": list(met.sites), "until": met.until, "board": actor.board}
    wanted = {name: value for name, value in payload.items() if value}
    return NewEvent(
        "consultation_recorded", wanted, {"participants": list(met.participants), "agreed": met.agreed}
    )


def _said(met: Consultation) -> tuple[object, ...]:
    return (met.boards, met.sites, met.participants, met.agreed, met.until)


def _require_future(until: int, now_ms: int) -> None:
    if until <= now_ms:
        raise AppError("cases.until_past")


def _given(text: str) -> str:
    if not text.strip():
        raise AppError("cases.reason_missing")
    return text.strip()
