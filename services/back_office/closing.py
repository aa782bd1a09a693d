"""How a case ends: resolved, fed back, archived, or opened again."""

from db.unit_of_work import UnitOfWork
from domain.cases import closing
from domain.cases.intake import MAX_NAME
from domain.cases.model import Case
from domain.cases.progress import ToldBy
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.stepping import case_called, cleaned_text, record
from services.back_office.timing import begun_limit
from services.permissions import require


def resolve_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str = "") -> Case:
    """办结 with the answer to the enterprise; empty ``text`` takes the lead's."""
    require(actor, "resolve")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, closing.resolve(case, actor, cleaned_text(text)))


def feed_back_case(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    how: ToldBy = ToldBy.WINDOW,
    told: str = "",
    text: str = "",
) -> Case:
    """反馈: how the enterprise was told, who of it, and in which words."""
    require(actor, "feedback")
    name = clean(told, one_line=True).text
    if len(name) > MAX_NAME:
        raise AppError("cases.contact_too_long", count=len(name), limit=MAX_NAME)
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, closing.feed_back(case, actor, how, name, cleaned_text(text)))


def reopen_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """重办: a new clock from now, and a second callback for sure."""
    require(actor, "reopen")
    case = case_called(uow, clock, key)
    limit, due = begun_limit(uow, case, clock.now_ms())
    return record(uow, clock, actor, case, closing.reopen(case, actor, cleaned_text(reason), limit, due))


def archive_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Case:
    """归档."""
    require(actor, "archive")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, closing.archive(case, actor))
