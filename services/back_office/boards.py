"""What a board does with its share: sign for it, take it, answer, plan, return, pass it on, consult."""

from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases import handling
from domain.cases.intake import MAX_LINES, MAX_NAME
from domain.cases.model import Case
from domain.cases.progress import Consultation
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.stepping import case_called, cleaned_text, given_text, known_boards, record
from services.permissions import require
from services.rulebook import return_reasons as return_reasons
from services.rulebook import rulebook


def receive_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Case:
    """签收 by the actor's board."""
    require(actor, "receive")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.receive(case, actor))


def take_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, handler: str | None = None) -> Case:
    """认领: the share of the actor's board becomes the actor's own, or ``handler``'s, who is of the same board."""
    require(actor, "take")
    if handler is not None:
        require_of_board(uow, handler, actor.board)
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.take(case, actor, handler))


def require_of_board(uow: UnitOfWork, staff_id: str, board: str | None) -> None:
    """``cases.handler_not_of_board`` unless ``staff_id`` is active and of ``board``."""
    member = rulebook(uow).staff.get(staff_id)
    if member is None or not member.active or member.board != board:
        raise AppError("cases.handler_not_of_board", handler=member.name if member else staff_id[:40])


def answer_partly(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str) -> Case:
    """部分答复. The final answer is ``services.case_steps.answer_case``."""
    require(actor, "partial")
    case, words = case_called(uow, clock, key), given_text(text, "cases.answer_missing")
    return record(uow, clock, actor, case, handling.answer_partly(case, actor, words))


def plan_solution(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str, until_ms: int) -> Case:
    """方案 instead of a solution now, carried out until ``until_ms``."""
    require(actor, "plan")
    case, words = case_called(uow, clock, key), given_text(text, "cases.plan_missing")
    return record(uow, clock, actor, case, handling.plan(case, actor, words, until_ms, clock.now_ms()))


def return_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str, note: str = "") -> Case:
    """退回 with a code of the return reasons document, and words to it."""
    require(actor, "return")
    known = return_reasons(uow)
    if reason not in known:
        raise AppError("cases.unknown_return_reason", reason=reason[:40], known=" ".join(known))
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.give_back(case, actor, reason, cleaned_text(note)))


def decide_return(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str, to_board: str | None = None
) -> Case:
    """退回裁定 of a second return, for good: the board keeps its share, or it goes to ``to_board``."""
    require(actor, "decide_return")
    if to_board is not None:
        known_boards(uow, to_board)
    case = case_called(uow, clock, key)
    new = handling.decide_return(case, actor, cleaned_text(reason), to_board)
    return record(uow, clock, actor, case, new)


def transfer_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, to_board: str, reason: str) -> Case:
    """转办: the share of the actor's board, or the lead's where the desk does it, goes to ``to_board``."""
    require(actor, "transfer")
    known_boards(uow, to_board)
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.transfer(case, actor, to_board, cleaned_text(reason)))


def add_assist(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, board: str, task: str = "") -> Case:
    """增加协办 of ``board``; ``task`` says what it is to do."""
    require(actor, "add_assist")
    known_boards(uow, board)
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.add_assist(case, actor, board, cleaned_text(task)))


def remove_assist(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, board: str, reason: str) -> Case:
    """撤销协办 of ``board``, with a reason."""
    require(actor, "remove_assist")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.remove_assist(case, actor, board, cleaned_text(reason)))


@dataclass(frozen=True, slots=True)
class ConsultationForm:
    """会商 as typed: boards by code, sites and persons by name, what was agreed and until when (UTC milliseconds)."""

    boards: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    agreed: str = ""
    until_ms: int | None = None


def record_consultation(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, typed: ConsultationForm
) -> Case:
    """会商记录."""
    require(actor, "consult")
    known_boards(uow, *typed.boards)
    met = Consultation(
        clock.now_ms(),
        tuple(dict.fromkeys(typed.boards)),
        _names(typed.sites),
        _names(typed.participants),
        cleaned_text(typed.agreed),
        typed.until_ms,
    )
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.consult(case, actor, met))


def _names(typed: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(filter(None, (clean(name, one_line=True).text for name in typed)))
    if len(names) > MAX_LINES or any(len(name) > MAX_NAME for name in names):
        raise AppError("cases.participants_too_long", count=MAX_LINES, limit=MAX_NAME)
    return names
