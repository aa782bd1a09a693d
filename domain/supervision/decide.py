"""Deciding about supervision: urging, a supervision slip, a board's answer to either. Pure.

Each gives the event, or None where it is so already.
"""

from domain.cases.model import Case
from domain.deadlines.clock import Alert
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor, Role
from domain.supervision.model import Measure, MeasureKind

SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})
_KINDS = {MeasureKind.URGE: "case_urged", MeasureKind.CARD: "case_supervised"}
_OVERDUE = frozenset({Alert.YELLOW, Alert.RED})


def why_not(case: Case, actor: Actor, kind: MeasureKind, alert: Alert) -> str:
    """Why ``actor`` may not take this measure now; empty where it may be taken."""
    if actor.role not in SUPERVISORS:
        return "permission.denied"
    if not case.is_open:
        return "cases.closed"
    if not case.boards:
        return "supervision.no_board"
    if kind is MeasureKind.CARD and alert not in _OVERDUE:
        return "supervision.not_overdue"
    return ""


def take(
    case: Case, actor: Actor, kind: MeasureKind, text: str, until: int | None, alert: Alert, now_ms: int
) -> NewEvent | None:
    """催办 or 督办 of the boards that have the case: what is wanted, until when (UTC milliseconds)."""
    last = case.measures[-1] if case.measures else None
    if last is not None and (last.kind, last.text, last.until) == (kind, text, until) and last.waiting:
        return None
    why = why_not(case, actor, kind, alert)
    if why:
        raise AppError(why, number=case.number, action="supervise", role=actor.role.value)
    if not text:
        raise AppError("supervision.text_missing")
    if until is not None and until <= now_ms:
        raise AppError("cases.until_past")
    payload: dict[str, object] = {"boards": list(case.boards), "alert": alert.value}
    if until is not None:
        payload["until"] = until
    return NewEvent(_KINDS[kind], payload, {"text": text})


def answer(case: Case, actor: Actor, text: str) -> NewEvent | None:
    """督办回复 of the actor's board to the newest measure that it has not answered."""
    asked = [one for one in case.measures if actor.board in one.boards]
    if actor.role not in (Role.SPECIALIST, Role.CHIEF) or not asked:
        raise AppError("supervision.not_asked", number=case.number)
    if not text:
        raise AppError("supervision.text_missing")
    waiting = [one for one in asked if actor.board in one.waiting]
    if not waiting:
        _require_same(asked[-1], actor, text, case.number)
        return None
    return NewEvent("supervision_answered", {"board": actor.board, "of": waiting[-1].id}, {"text": text})


def _require_same(measure: Measure, actor: Actor, text: str, number: str) -> None:
    """``supervision.answered_already`` unless the board has said just that."""
    if not any((one.board, one.text) == (actor.board, text) for one in measure.answers):
        raise AppError("supervision.answered_already", number=number)
