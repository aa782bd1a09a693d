"""The working calendar: a newer one published, and the promises that waited for it."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.model import Case, Due
from domain.clock import Clock
from domain.deadlines.calendar import WorkCalendar
from domain.deadlines.case_clock import new_due, office_of
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
    """Recompute every provisional due time by the calendar in force; how many changed.

    The rows of all open cases follow: pauses and warnings are counted by the same calendar.
    """
    book = rulebook(uow)
    changed = sum(_recompute(uow, clock, actor, book, uow.case(one)) for one in uow.cases.provisional())
    uow.refold(uow.cases.open_ids(), clock.now_ms())
    return changed


def _recompute(uow: UnitOfWork, clock: Clock, actor: Actor, book: Rulebook, case: Case) -> bool:
    new = decide.recompute_due(case, _fresh(book, case))
    if new is not None:
        uow.append(case.id, [new], actor=actor.id, now_ms=clock.now_ms())
    return new is not None


def _fresh(book: Rulebook, case: Case) -> Due:
    """The promise by the calendar in force. A date that was agreed on stays; only its being provisional may end."""
    rules, known = book.rules, case.due
    version = book.versions.get("calendar", 0)
    if known is not None and case.has_agreed_date:
        year = office_of(rules).day_of(known.at).year
        fresh = Due(known.at, not rules.calendar.is_published(year), version)
    else:
        fresh = new_due(case.limit_from, case.limit, rules, version)
    same = known is not None and (fresh.at, fresh.provisional) == (known.at, known.provisional)
    return known if same and known is not None else fresh
