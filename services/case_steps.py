"""What the desk does with a case after acceptance; what boards do stands in ``services.back_office``.

Each service takes the case's number, short number or id as ``key``. Whether it may be done now says the table in
``domain.cases.moves``.
"""

from collections.abc import Mapping

from db.unit_of_work import UnitOfWork
from domain.cases import decide, handling
from domain.cases.intake import MAX_LINES, MAX_NAME, ContactForm, check_phone
from domain.cases.model import Case, Contact
from domain.cases.moves import Action, require_move
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor
from services.back_office.stepping import (
    allowed_case,
    case_called,
    cleaned_text,
    is_of_board,
    known_boards,
    record,
)
from services.permissions import require


def _append_all(uow: UnitOfWork, clock: Clock, actor: Actor, new: list[tuple[str, NewEvent]]) -> None:
    for stream, event in new:
        uow.append(stream, [event], actor=actor.id, now_ms=clock.now_ms())


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = tuple(filter(None, (clean(line, one_line=True).text for line in lines)))
    if len(cleaned) > MAX_LINES or any(len(line) > MAX_NAME for line in cleaned):
        raise AppError("cases.material_too_long", count=MAX_LINES, limit=MAX_NAME)
    return cleaned


def answer_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str) -> Case:
    """答复 of the actor's board where it has a share of the case; else 当场即办, answered and closed at the window."""
    if not text.strip():
        raise AppError("cases.answer_missing")
    case, words = case_called(uow, clock, key), cleaned_text(text)
    if is_of_board(case, actor):
        return record(uow, clock, actor, case, handling.answer_share(case, actor, words))
    require_move(case, actor, Action.ANSWER)
    return record(uow, clock, actor, case, decide.answer(case, words))


def decline_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """不予受理, with a reason."""
    case = allowed_case(uow, clock, actor, key, Action.DECLINE)
    return record(uow, clock, actor, case, decide.decline(case, cleaned_text(reason)))


def withdraw_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """撤回 at the applicant's wish."""
    case = allowed_case(uow, clock, actor, key, Action.WITHDRAW)
    return record(uow, clock, actor, case, decide.withdraw(case, cleaned_text(reason)))


def merge_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, into: str) -> Case:
    """并案: the case ends in ``into``; both histories stay."""
    case, target = allowed_case(uow, clock, actor, key, Action.MERGE), case_called(uow, clock, into)
    _append_all(uow, clock, actor, decide.merge(case, target))
    return uow.case(case.id)


def link_cases(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, other: str) -> Case:
    """关联 two cases with each other."""
    case, second = allowed_case(uow, clock, actor, key, Action.LINK), case_called(uow, clock, other)
    _append_all(uow, clock, actor, decide.link(case, second))
    return uow.case(case.id)


def assign_boards(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    boards: tuple[str, ...],
    tasks: Mapping[str, str] | None = None,
) -> Case:
    """交办 to boards, the first leading, the others assisting; ``tasks`` (board → words) splits it (拆分)."""
    require(actor, "assign")
    known_boards(uow, *boards, *(tasks or ()))
    told = {board: cleaned_text(words) for board, words in (tasks or {}).items() if words.strip()}
    case = case_called(uow, clock, key)
    new = handling.assign(case, actor, tuple(dict.fromkeys(boards)), told)
    return record(uow, clock, actor, case, new)


def request_material(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, missing: tuple[str, ...]) -> Case:
    """一次性告知: all that is missing, told once; a board asks the desk for it in the same way."""
    case = allowed_case(uow, clock, actor, key, Action.NOTICE)
    new = decide.request_material(case, _lines(missing), actor.board)
    return record(uow, clock, actor, case, new)


def receive_material(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, material: tuple[str, ...]
) -> Case:
    """收到补正材料."""
    require(actor, "receive_material")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, decide.receive_material(case, _lines(material)))


def flag_case(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    *,
    in_pool: bool | None = None,
    sensitive: bool | None = None,
) -> Case:
    """涉企问题池 and 敏感. Taking the sensitive flag off is not a clerk's to do."""
    if sensitive is False:
        require(actor, "unflag_sensitive")
    case = allowed_case(uow, clock, actor, key, Action.FLAG)
    return record(uow, clock, actor, case, decide.flag(case, in_pool=in_pool, sensitive=sensitive))


def correct_contact(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, typed: ContactForm) -> Case:
    """更正经办人."""
    name = clean(typed.name, one_line=True).text
    if len(name) > MAX_NAME:
        raise AppError("cases.contact_too_long", count=len(name), limit=MAX_NAME)
    contact = Contact(
        name, check_phone(clean(typed.phone, one_line=True).text), typed.capacity, typed.authorisation_seen
    )
    case = allowed_case(uow, clock, actor, key, Action.CORRECT_CONTACT)
    return record(uow, clock, actor, case, decide.correct_contact(case, contact))
