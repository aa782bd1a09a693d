"""What is done with a case after acceptance. Each service takes the case's number, short number or id as ``key``."""

from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.intake import MAX_LINES, MAX_NAME, MAX_TEXT, ContactForm, check_phone
from domain.cases.model import Case, Contact
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor
from services.cases import find_case
from services.permissions import require
from services.rulebook import rulebook


def _append(uow: UnitOfWork, clock: Clock, actor: Actor, case: Case, new: NewEvent | None) -> Case:
    if new is None:
        return case
    uow.append(case.id, [new], actor=actor.id, now_ms=clock.now_ms())
    return uow.case(case.id)


def _append_all(uow: UnitOfWork, clock: Clock, actor: Actor, new: list[tuple[str, NewEvent]]) -> None:
    for stream, event in new:
        uow.append(stream, [event], actor=actor.id, now_ms=clock.now_ms())


def _text(text: str) -> str:
    cleaned = clean(text).text
    if len(cleaned) > MAX_TEXT:
        raise AppError("cases.text_too_long", count=len(cleaned), limit=MAX_TEXT)
    return cleaned


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = tuple(filter(None, (clean(line, one_line=True).text for line in lines)))
    if len(cleaned) > MAX_LINES or any(len(line) > MAX_NAME for line in cleaned):
        raise AppError("cases.material_too_long", count=MAX_LINES, limit=MAX_NAME)
    return cleaned


def answer_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str) -> Case:
    """当场即办: answer and close."""
    require(actor, "answer")
    if not text.strip():
        raise AppError("cases.answer_missing")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.answer(case, _text(text)))


def decline_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """不予受理, with a reason."""
    require(actor, "decline")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.decline(case, _text(reason)))


def withdraw_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """撤回 at the applicant's wish."""
    require(actor, "withdraw")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.withdraw(case, _text(reason)))


def merge_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, into: str) -> Case:
    """并案: the case ends in ``into``; both histories stay."""
    require(actor, "merge")
    case, target = (uow.case(find_case(uow, clock, k)) for k in (key, into))
    _append_all(uow, clock, actor, decide.merge(case, target))
    return uow.case(case.id)


def link_cases(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, other: str) -> Case:
    """关联 two cases with each other."""
    require(actor, "link")
    case, second = (uow.case(find_case(uow, clock, k)) for k in (key, other))
    _append_all(uow, clock, actor, decide.link(case, second))
    return uow.case(case.id)


def assign_boards(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, boards: tuple[str, ...]) -> Case:
    """交办 to boards, the first leading, the others assisting."""
    require(actor, "assign")
    known = rulebook(uow).boards
    for board in boards:
        if board not in known:
            raise AppError("cases.unknown_board", board=board[:40], known=" ".join(known))
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.assign(case, tuple(dict.fromkeys(boards))))


def request_material(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, missing: tuple[str, ...]) -> Case:
    """一次性告知: all that is missing, told once."""
    require(actor, "notice")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.request_material(case, _lines(missing)))


def receive_material(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, material: tuple[str, ...]
) -> Case:
    """收到补正材料."""
    require(actor, "notice")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.receive_material(case, _lines(material)))


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
    require(actor, "flag")
    if sensitive is False:
        require(actor, "unflag_sensitive")
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.flag(case, in_pool=in_pool, sensitive=sensitive))


def correct_contact(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, typed: ContactForm) -> Case:
    """更正经办人."""
    require(actor, "correct_contact")
    name = clean(typed.name, one_line=True).text
    if len(name) > MAX_NAME:
        raise AppError("cases.contact_too_long", count=len(name), limit=MAX_NAME)
    contact = Contact(
        name, check_phone(clean(typed.phone, one_line=True).text), typed.capacity, typed.authorisation_seen
    )
    case = uow.case(find_case(uow, clock, key))
    return _append(uow, clock, actor, case, decide.correct_contact(case, contact))
