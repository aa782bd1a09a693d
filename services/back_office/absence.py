"""Who is away until when, and who stands in for them."""

from dataclasses import replace
from datetime import date

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office.boards import require_of_board
from services.documents import publish_own
from services.permissions import require
from services.rulebook import Rulebook, rulebook
from services.staff import staff_documents


def today_of(book: Rulebook, clock: Clock) -> str:
    """The day at the site, ``2026-11-18``."""
    return book.rules.hours.local(clock.now_ms()).date().isoformat()


def stands_for(uow: UnitOfWork, clock: Clock, actor: Actor) -> frozenset[str]:
    """The ids whose work is ``actor``'s today: their own, and of those away whom they stand in for."""
    book = rulebook(uow)
    today = today_of(book, clock)
    absent = (m.id for m in book.staff.values() if m.substitute == actor.id and m.is_away(today))
    return frozenset({actor.id, *absent})


def set_away(
    uow: UnitOfWork, clock: Clock, actor: Actor, staff_id: str, until: str = "", substitute: str = ""
) -> None:
    """请假 until the end of the day ``until`` (``2026-11-30``), ``substitute`` standing in; without ``until``: back.

    One does so for oneself, a chief for the board, a supervisor for all. ``permission.denied``, ``staff.unknown``,
    ``cases.until_invalid``, ``staff.away_past``, ``staff.own_substitute``, ``cases.handler_not_of_board``.
    """
    book = rulebook(uow)
    member = book.staff.get(staff_id)
    if member is None:
        raise AppError("staff.unknown", staff=staff_id[:40])
    require(actor, "staff_away")
    is_chief = actor.role is Role.CHIEF and member.board == actor.board
    if not (actor.id == staff_id or is_chief or actor.role in (Role.SUPERVISOR, Role.ADMIN)):
        raise AppError("permission.denied", action="staff_away", role=actor.role.value)
    if until and _day(until) < today_of(book, clock):
        raise AppError("staff.away_past", until=until)
    if until and substitute:
        if substitute == staff_id:
            raise AppError("staff.own_substitute", name=member.name)
        require_of_board(uow, substitute, member.board)
    changed = replace(member, away_until=until.strip(), substitute=substitute if until else "")
    members = {**book.staff, staff_id: changed}
    publish_own(uow, "staff", {"entries": staff_documents(members.values())}, clock.now_ms())


def _day(typed: str) -> str:
    try:
        return date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        raise AppError("cases.until_invalid", until=typed[:40]) from None
