"""Giving a rating (评价). The visitor alone gives it: on the device's own screen, by the link of the slip, or on paper
from the box, which a supervisor enters.
"""

from dataclasses import dataclass
from datetime import timedelta

from db.unit_of_work import UnitOfWork
from domain.callbacks.decide import is_told
from domain.cases.model import Case
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.events.ids import is_uuid
from domain.queue.model import TicketState
from domain.ratings import decide
from domain.ratings.decide import SUPERVISORS, Subject
from domain.ratings.model import Opinion, RatingOf, RatingSource
from domain.ratings.references import rating_ref
from domain.staff import Actor
from services.cases import find_case
from services.ratings.rules import days_from_now, rating_rules
from services.rulebook import rulebook

_SERVED = frozenset({TicketState.SERVING, TicketState.HELD, TicketState.FINISHED})
_ANSWERS = frozenset({"case_answered", "assignment_answered"})


@dataclass(frozen=True, slots=True)
class Rated:
    """What was given. ``second``: after the loop of a bad one. ``ref`` names the rating without saying whose it is."""

    ref: str
    of: str
    level: int
    source: str
    second: bool


def rate(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    level: int,
    *,
    paper: bool = False,
    tags: tuple[str, ...] = (),
    text: str = "",
) -> Rated:
    """Rate the case, or the visit of today's number, called ``key``; see ``rate_case`` and ``rate_visit``."""
    ticket = _ticket_id(uow, clock, key)
    if ticket is not None:
        return rate_visit(uow, clock, actor, ticket, level, paper=paper, tags=tags, text=text)
    return rate_case(uow, clock, actor, key, level, paper=paper, tags=tags, text=text)


def rate_case(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    level: int,
    *,
    paper: bool = False,
    tags: tuple[str, ...] = (),
    text: str = "",
) -> Rated:
    """One rating of a closed case: ``ratings.not_yours``, ``ratings.not_closed``, ``ratings.rated_already``."""
    opinion = _opinion(actor, level, paper, tags, text)
    return give_case(uow, clock, actor, find_case(uow, clock, key), opinion)


def rate_visit(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    ticket_id: str,
    level: int,
    *,
    paper: bool = False,
    tags: tuple[str, ...] = (),
    text: str = "",
) -> Rated:
    """One rating of a visit that was served. The customer's screen acts as the device, whoever is signed in there."""
    opinion = _opinion(actor, level, paper, tags, text)
    ticket = uow.ticket(ticket_id)
    if ticket.state not in _SERVED:
        raise AppError("ratings.not_served", number=ticket.number)
    served = (period.staff for period in ticket.periods if period.state is TicketState.SERVING)
    subject = Subject(
        RatingOf.VISIT, ticket.id, uow.events.node.site, concerned=_staff_in(uow, (*served, ticket.staff))
    )
    return _give(uow, clock, actor, subject, opinion)


def give_case(uow: UnitOfWork, clock: Clock, actor: Actor, case_id: str, opinion: Opinion) -> Rated:
    """``opinion`` of the case ``case_id``, from whatever source."""
    decide.may_enter(actor, opinion.source)
    case = uow.case(case_id)
    first = uow.ratings.of_subject(case.id) is None
    if first and not is_told(case):
        raise AppError("ratings.not_closed", number=case.number)
    rated = _give(uow, clock, actor, _subject(uow, case), opinion)
    if first:
        uow.append(case.id, [NewEvent("case_rated", {})], actor=_device(uow), now_ms=clock.now_ms())
    return rated


def _opinion(actor: Actor, level: int, paper: bool, tags: tuple[str, ...], text: str) -> Opinion:
    by_hand = paper or (actor.role in SUPERVISORS and not actor.id.startswith("device:"))
    source = RatingSource.PAPER if by_hand else RatingSource.SCREEN
    decide.may_enter(actor, source)
    return decide.opinion_of(level, source, tags, clean(text).text)


def _give(uow: UnitOfWork, clock: Clock, actor: Actor, subject: Subject, opinion: Opinion) -> Rated:
    present = uow.ratings.of_subject(subject.id)
    if present is not None:
        new = decide.give_again(uow.rating(present.id), opinion)
        if new is not None:
            uow.append(present.id, [new], actor=actor.id, now_ms=clock.now_ms())
        return Rated(present.ref, subject.of.value, opinion.level, opinion.source.value, second=True)
    due = days_from_now(uow, clock, rating_rules(uow).verify_days)
    born = decide.give(subject, opinion, due, at_parent=_is_for_parent(uow, subject))
    written = uow.append(None, [born], actor=actor.id, now_ms=clock.now_ms())
    ref = rating_ref(written[0].stream)
    return Rated(ref, subject.of.value, opinion.level, opinion.source.value, second=False)


def _subject(uow: UnitOfWork, case: Case) -> Subject:
    answered = (entry.actor for entry in case.timeline if entry.kind in _ANSWERS)
    handlers = (share.handler for share in case.assignments if share.handler)
    concerned = _staff_in(uow, (case.actor, *handlers, *answered))
    board = case.boards[0] if case.boards else ""
    return Subject(RatingOf.CASE, case.id, case.passed_to or case.site, board, concerned)


def _staff_in(uow: UnitOfWork, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and not name.startswith("device:")))


def _is_for_parent(uow: UnitOfWork, subject: Subject) -> bool:
    """At a one-clerk station, or one whose only supervisor served here himself, the site above verifies."""
    if not (uow.reference.get("site") or {}).get("parent"):
        return False
    people = [one for one in rulebook(uow).staff.values() if one.active]
    judges = [one for one in people if one.role in SUPERVISORS and one.id not in subject.concerned]
    return len(people) <= 1 or not judges


def _device(uow: UnitOfWork) -> str:
    return f"device:{uow.events.node.device}"


def _ticket_id(uow: UnitOfWork, clock: Clock, key: str) -> str | None:
    """A number of today or yesterday, or a ticket's id."""
    typed = key.strip()
    if is_uuid(typed.lower()):
        return uow.tickets.id_of(typed.lower(), ())
    today = rulebook(uow).rules.hours.local(clock.now_ms()).date()
    days = (today.isoformat(), (today - timedelta(days=1)).isoformat())
    return uow.tickets.id_of(typed.upper(), days)
