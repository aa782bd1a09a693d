"""Deciding how a case ends: resolved, fed back, archived, or opened again. Pure.

Each gives the event, or None where it is so already.
"""

from domain.cases.decide import due_document, limit_document
from domain.cases.model import Case, CaseState, Due, Limit
from domain.cases.moves import Action, require_move
from domain.cases.progress import ToldBy
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor


def resolve(case: Case, actor: Actor, text: str) -> NewEvent | None:
    """办结 with the answer to the enterprise; empty ``text`` takes the lead's answer, or the only one there is."""
    if case.state is CaseState.RESOLVED and text in ("", case.answer):
        return None
    require_move(case, actor, Action.RESOLVE)
    answer = text or (case.lead.answer if case.lead is not None else "")
    if not answer:
        raise AppError("cases.answer_missing")
    return NewEvent("case_resolved", {}, {"answer": answer})


def feed_back(case: Case, actor: Actor, how: ToldBy, told: str, text: str) -> NewEvent | None:
    """反馈: how the enterprise was told, who of it (``told``, personal), and in which words."""
    known = case.feedback
    if (
        case.state is CaseState.FED_BACK
        and known is not None
        and (known.how, known.told, known.text) == (how, told, text)
    ):
        return None
    require_move(case, actor, Action.FEEDBACK)
    private = {name: value for name, value in (("told", told), ("text", text)) if value}
    return NewEvent("case_fed_back", {"how": how.value}, private or None)


def reopen(case: Case, actor: Actor, reason: str, limit: Limit, due: Due) -> NewEvent | None:
    """重办: a new clock from now, and a second callback for sure."""
    if case.is_open and case.reopened and case.reason == reason.strip():
        return None
    require_move(case, actor, Action.REOPEN)
    if not reason.strip():
        raise AppError("cases.reason_missing")
    payload = {"limit": limit_document(limit), "due": due_document(due)}
    return NewEvent("case_reopened", payload, {"reason": reason.strip()})


def archive(case: Case, actor: Actor) -> NewEvent | None:
    """归档: the end; a resolved case has had its feedback by then."""
    if case.state is CaseState.ARCHIVED:
        return None
    require_move(case, actor, Action.ARCHIVE)
    return NewEvent("case_archived", {})
