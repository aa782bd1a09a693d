"""催办 and 督办: what a supervisor asks of the boards, and what they answer."""

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.clock import Clock
from domain.deadlines.case_clock import clock_of
from domain.staff import Actor
from domain.supervision import decide
from domain.supervision.model import MeasureKind
from services.back_office.stepping import case_called, cleaned_text, record
from services.back_office.timing import end_of_day
from services.permissions import require
from services.rulebook import rulebook


def urge_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str, day: str = "") -> Case:
    """催办 of the boards that have the case, with an answer wanted until the end of ``day`` (``2026-11-30``)."""
    return _take(uow, clock, actor, key, MeasureKind.URGE, text, day)


def card_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str, day: str = "") -> Case:
    """督办单 with the yellow or red card that the clock shows; ``supervision.not_overdue`` where it shows none."""
    return _take(uow, clock, actor, key, MeasureKind.CARD, text, day)


def answer_supervision(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str) -> Case:
    """督办回复 of the actor's board to the newest measure that it has not answered."""
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, decide.answer(case, actor, cleaned_text(text)))


def _take(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, kind: MeasureKind, text: str, day: str
) -> Case:
    require(actor, "supervise")
    case, now_ms = case_called(uow, clock, key), clock.now_ms()
    until = end_of_day(uow, clock, actor, day) if day else None
    alert = clock_of(case, rulebook(uow).rules, now_ms).alert
    new = decide.take(case, actor, kind, cleaned_text(text), until, alert, now_ms)
    return record(uow, clock, actor, case, new)
