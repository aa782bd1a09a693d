"""The working calendar: a newer one published, and the promises that waited for it."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.model import Case, Due
from domain.clock import Clock
from domain.deadlines.calendar import WorkCalendar
from domain.deadlines.due import due_time
from domain.staff import Actor
from services.documents import publish_own
from services.permissions import require
from services.rulebook import Rulebook, rulebook


def publish_calendar(uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]) -> int:
    """Take ``document`` (``{"years": …}``, see ``domain.deadlines.calendar``) as the calendar in force.

    Returns how many provisional due times it settled. ``deadlines.calendar_invalid``, ``permission.denied``.
    """
    require(actor, "station_settings")
    WorkCalendar.from_document({**document, "kind": "calendar", "version": 1})
    publish_own(uow, "calendar", document, clock.now_ms())
    return recompute_due_times(uow, clock, actor)


def recompute_due_times(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Recompute every provisional due time by the calendar in force; how many changed."""
    book = rulebook(uow)
    return sum(_recompute(uow, clock, actor, book, uow.case(one)) for one in uow.cases.provisional())


def _recompute(uow: UnitOfWork, clock: Clock, actor: Actor, book: Rulebook, case: Case) -> bool:
    rules, limit = book.rules, case.limit
    profile = rules.profile(limit.profile)
    fresh = due_time(case.accepted_at, limit.limit, limit.days, profile, rules.calendar, rules.hours)
    if case.due is not None and (fresh.due_ms, fresh.provisional) == (case.due.at, case.due.provisional):
        return False
    due = Due(fresh.due_ms, fresh.provisional, book.versions.get("calendar", 0))
    new = decide.recompute_due(case, due)
    if new is not None:
        uow.append(case.id, [new], actor=actor.id, now_ms=clock.now_ms())
    return new is not None
