"""Deciding what moves a case's clock: pauses, extensions, a change of limit class. Pure.

Each gives the event, or None where it is so already. ``overdue`` is whether the limit is over, pauses counted.
"""

from domain.cases.decide import due_document, limit_document
from domain.cases.model import Case, Due, Limit
from domain.cases.moves import Action, require_move
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor


def suspend(
    case: Case, actor: Actor, reason: str, evidence: str, files: tuple[str, ...] = ()
) -> NewEvent | None:
    """挂起 with reason and evidence, in words or as files of the case (their hashes): the clock stands."""
    last = case.suspensions[-1] if case.suspensions else None
    if last is not None and last.end is None and last.reason == reason.strip():
        return None
    require_move(case, actor, Action.SUSPEND)
    if not reason.strip():
        raise AppError("cases.reason_missing")
    if not evidence.strip() and not files:
        raise AppError("cases.evidence_missing")
    if not set(files) <= {file.sha256 for file in case.files}:
        raise AppError("cases.evidence_unknown")
    payload = {"files": list(files)} if files else {}
    return NewEvent("case_suspended", payload, {"reason": reason.strip(), "evidence": evidence.strip()})


def resume(case: Case, actor: Actor, reason: str = "") -> NewEvent:
    """恢复: the clock runs again."""
    require_move(case, actor, Action.RESUME)
    return NewEvent("case_resumed", {}, {"reason": reason} if reason else None)


def ask_extension(
    case: Case, actor: Actor, until: int, reason: str, *, due_ms: int | None, overdue: bool
) -> NewEvent | None:
    """申请延期 until ``until`` (UTC milliseconds), before ``due_ms`` is over; waits for the supervisor."""
    asked = case.extension
    if asked is not None and (asked.until, asked.reason) == (until, reason.strip()):
        return None
    require_move(case, actor, Action.EXTEND, overdue=overdue)
    if not reason.strip():
        raise AppError("cases.reason_missing")
    if due_ms is not None and until <= due_ms:
        raise AppError("cases.extension_too_short")
    return NewEvent("extension_requested", {"until": until}, {"reason": reason.strip()})


def decide_extension(case: Case, actor: Actor, due: Due | None, reason: str = "") -> NewEvent:
    """批准延期 with the new ``due``, or 不予延期 where it is None, which needs a reason."""
    require_move(case, actor, Action.DECIDE_EXTENSION)
    if due is None and not reason.strip():
        raise AppError("cases.reason_missing")
    payload: dict[str, object] = {"granted": due is not None}
    if due is not None:
        payload["due"] = due_document(due)
    return NewEvent("extension_decided", payload, {"reason": reason.strip()} if reason.strip() else None)


def change_limit(
    case: Case, actor: Actor, limit: Limit, due: Due, reason: str, *, overdue: bool
) -> NewEvent | None:
    """调整时限类别, before expiry, by the lead's chief. ``due`` is the new promise; pauses stay given back on it."""
    if limit == case.limit:
        return None
    require_move(case, actor, Action.LIMIT, overdue=overdue)
    if not reason.strip():
        raise AppError("cases.reason_missing")
    payload = {"limit": limit_document(limit), "due": due_document(due)}
    return NewEvent("limit_changed", payload, {"reason": reason.strip()})
