"""Who sees what of ratings. A supervisor who is not concerned sees all; the clerk concerned sees that there is a bad
one, its level, its ticks and how far it is, and never whose it is, when it was given or what was written.
"""

from dataclasses import dataclass, replace

from db.rows.rating_rows import RatingFilter, RatingRow
from db.unit_of_work import UnitOfWork
from domain.callbacks.sampling import month_of
from domain.clock import Clock
from domain.errors import AppError
from domain.ratings.decide import SUPERVISORS
from domain.ratings.model import OPEN_RATINGS, AppealState, Rating, RatingOf, RatingState
from domain.staff import Actor
from services.rulebook import rulebook
from services.station import reads

LISTS = ("open", "overdue", "to_verify", "to_answer", "to_call", "appeals", "bad", "all")
OF_CLERK = ("mine",)


@dataclass(frozen=True, slots=True)
class RatingItem:
    """A rating as a list shows it; what the one who asks may not see is None (``hidden``), ``month`` is 2026-11.

    ``steps`` are the codes of what this person may do now: verify, answer, call, appeal, decide.
    """

    ref: str
    of: str
    level: int
    tags: tuple[str, ...]
    month: str
    state: str
    at_parent: bool
    appeal: str
    second_level: int | None
    steps: tuple[str, ...]
    hidden: bool
    due_at: int | None = None
    overdue: bool = False
    number: str | None = None
    case_id: str | None = None
    applicant: str | None = None
    board: str | None = None
    site: str | None = None
    source: str | None = None
    given_at: int | None = None
    concerned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingPage:
    """One stretch of a list and how many ratings match in all; ``now_ms`` is when it was asked for."""

    rows: tuple[RatingItem, ...]
    total: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class RatingDetail:
    """One rating. ``rating`` and ``phone`` are None for the clerk concerned; ``own_appeal`` is his own words."""

    item: RatingItem
    rating: Rating | None
    contact: str | None = None
    phone: str | None = None
    own_appeal: str | None = None
    decision: str | None = None


def sees_identity(actor: Actor, concerned: tuple[str, ...]) -> bool:
    """Whether ``actor`` may know whose rating it is."""
    return actor.role in SUPERVISORS and not actor.id.startswith("device:") and actor.id not in concerned


@reads
def list_ratings(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    name: str | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> RatingPage:
    """One stretch of a list: of ``LISTS`` for supervisors (``open`` by default), ``mine`` for everybody else.

    ``ratings.unknown_list``; ``permission.denied`` for a list of supervisors.
    """
    wanted = _filter(actor, clock.now_ms(), name)
    rows = uow.ratings.rows(wanted, by_due=name in (None, "open", "overdue"), limit=limit, offset=offset)
    items = tuple(_item(uow, clock, actor, row) for row in rows)
    return RatingPage(items, uow.ratings.count(wanted), clock.now_ms())


@reads
def count_ratings(uow: UnitOfWork, clock: Clock, actor: Actor) -> dict[str, int]:
    """How many ratings each list of ``actor`` holds."""
    names = LISTS if actor.role in SUPERVISORS else OF_CLERK
    return {name: uow.ratings.count(_filter(actor, clock.now_ms(), name)) for name in names}


@reads
def open_rating(uow: UnitOfWork, clock: Clock, actor: Actor, ref: str) -> RatingDetail:
    """The rating called ``ref``, as far as ``actor`` may see it; ``ratings.not_found`` for what is not his to see."""
    return detail(uow, clock, actor, rating_id(uow, actor, ref))


def rating_id(uow: UnitOfWork, actor: Actor, ref: str) -> str:
    """The id of the rating called ``ref`` that ``actor`` may see at all."""
    found = uow.ratings.id_of(ref.strip().upper())
    if found is not None:
        rating = uow.rating(found)
        if sees_identity(actor, rating.concerned) or actor.id in rating.concerned:
            return found
    raise AppError("ratings.not_found", ref=ref[:40])


def detail(uow: UnitOfWork, clock: Clock, actor: Actor, found: str) -> RatingDetail:
    """What ``actor`` may see of the rating with the id ``found``."""
    rating = uow.rating(found)
    row = uow.ratings.row(found)
    item = _item(uow, clock, actor, row)
    appeal = rating.appeal
    if item.hidden:
        own = appeal.reason if appeal is not None and appeal.actor == actor.id else None
        decision = appeal.decision if own is not None and appeal is not None else None
        return RatingDetail(item, None, own_appeal=own, decision=decision)
    if item.case_id is None or not uow.events.exists(item.case_id):
        return RatingDetail(item, rating)
    contact = uow.case(item.case_id).contact
    return RatingDetail(item, rating, contact.name, contact.phone)


def _filter(actor: Actor, now_ms: int, name: str | None) -> RatingFilter:
    if actor.role not in SUPERVISORS:
        if name not in (None, *OF_CLERK):
            raise AppError("permission.denied", action="rating_supervise", role=actor.role.value)
        return RatingFilter(concerned=actor.id, bad=True)
    filters = {
        "open": RatingFilter(states=frozenset(state.value for state in OPEN_RATINGS)),
        "overdue": RatingFilter(states=frozenset(s.value for s in OPEN_RATINGS), due_before=now_ms),
        "to_verify": RatingFilter(states=frozenset({RatingState.TO_VERIFY.value})),
        "to_answer": RatingFilter(states=frozenset({RatingState.TO_ANSWER.value})),
        "to_call": RatingFilter(states=frozenset({RatingState.TO_CALL.value})),
        "appeals": RatingFilter(appeal=AppealState.ASKED.value),
        "bad": RatingFilter(bad=True),
        "all": RatingFilter(),
        "mine": RatingFilter(concerned=actor.id, bad=True),
    }
    if (name or "open") not in filters:
        raise AppError("ratings.unknown_list", name=str(name)[:40], known=" ".join(LISTS))
    return filters[name or "open"]


def _item(uow: UnitOfWork, clock: Clock, actor: Actor, row: RatingRow) -> RatingItem:
    shown = sees_identity(actor, row.concerned)
    item = RatingItem(
        ref=row.ref,
        of=row.of,
        level=row.level,
        tags=row.tags,
        month=month_of(row.given_at, rulebook(uow).site.zone),
        state=row.state,
        at_parent=row.at_parent,
        appeal=row.appeal,
        second_level=row.second_level,
        steps=steps_of(uow, actor, row),
        hidden=not shown,
    )
    return _with_identity(uow, clock, item, row) if shown else item


def _with_identity(uow: UnitOfWork, clock: Clock, item: RatingItem, row: RatingRow) -> RatingItem:
    number, name, case_id = _whose(uow, row)
    is_open = RatingState(row.state) in OPEN_RATINGS
    return replace(
        item,
        due_at=row.due_at,
        overdue=is_open and row.due_at is not None and row.due_at < clock.now_ms(),
        number=number,
        case_id=case_id,
        applicant=name,
        board=row.board,
        site=row.site,
        source=row.source,
        given_at=row.given_at,
        concerned=row.concerned,
    )


def steps_of(uow: UnitOfWork, actor: Actor, row: RatingRow) -> tuple[str, ...]:
    """What ``actor`` may do with the rating now."""
    steps: list[str] = []
    state = RatingState(row.state)
    if actor.id in row.concerned and state in OPEN_RATINGS and row.appeal == AppealState.NONE.value:
        steps.append("appeal")
    if not sees_identity(actor, row.concerned):
        return tuple(steps)
    here = not row.at_parent or uow.events.node.site != row.site
    if state is RatingState.TO_VERIFY and here:
        steps.append("verify")
    if state is RatingState.TO_ANSWER:
        steps.append("answer")
    if state is RatingState.TO_CALL:
        steps.append("call")
    if row.appeal == AppealState.ASKED.value:
        steps.append("decide")
    return tuple(steps)


def _whose(uow: UnitOfWork, row: RatingRow) -> tuple[str, str, str | None]:
    """Number, applicant and case of what was rated; a visit's are those of the first case that it led to."""
    if row.of == RatingOf.CASE.value:
        number, name = _case_words(uow, row.subject)
        return number, name, row.subject
    ticket = uow.ticket(row.subject)
    led_to = next((one for one in ticket.cases if uow.events.exists(one)), None)
    if led_to is None:
        return ticket.number, ticket.visitor.name, None
    return ticket.number, _case_words(uow, led_to)[1], led_to


def _case_words(uow: UnitOfWork, case_id: str) -> tuple[str, str]:
    rows = uow.cases.by_key(case_id, short_since=0)
    return (rows[0].number, rows[0].applicant) if rows else ("", "")
