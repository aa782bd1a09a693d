"""The loop that a bad rating begins: 核实, 整改 or 说明, 回访, 再次评价; and the appeal of the clerk concerned.

Each takes the rating's ``ref`` and gives it as this person may see it then.
"""

from db.unit_of_work import UnitOfWork
from domain.callbacks.model import CallResult
from domain.cases.wording import clean
from domain.clock import Clock
from domain.events.event import NewEvent
from domain.ratings import decide
from domain.ratings.model import Rating, RatingSource
from domain.staff import Actor
from services.permissions import require
from services.ratings.rules import days_from_now, rating_rules
from services.ratings.views import RatingDetail, detail, rating_id


def verify_rating(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, confirmed: bool, finding: str
) -> RatingDetail:
    """核实: whether it was so, with what was found. ``ratings.parent_verifies`` at a one-clerk station."""
    rating = _supervised(uow, actor, ref)
    due = days_from_now(uow, clock, rating_rules(uow).answer_days)
    here = not rating.at_parent or uow.events.node.site != rating.site
    new = decide.verify(rating, actor, confirmed, clean(finding).text, due, here=here)
    return _record(uow, clock, actor, rating, new)


def answer_rating(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, fixed: bool, text: str
) -> RatingDetail:
    """整改 (``fixed``) or 解释说明, in words."""
    rating = _supervised(uow, actor, ref)
    due = days_from_now(uow, clock, rating_rules(uow).call_days)
    new = decide.answer(rating, actor, fixed, clean(text).text, due)
    return _record(uow, clock, actor, rating, new)


def call_rating(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    ref: str,
    result: CallResult,
    note: str = "",
    level: int | None = None,
) -> RatingDetail:
    """回访 after a bad rating; ``level`` is the second rating where one was given on the line."""
    rating = _supervised(uow, actor, ref)
    opinion = None if level is None else decide.opinion_of(level, RatingSource.CALL)
    new = decide.call_back(rating, actor, result, clean(note).text, opinion)
    return _record(uow, clock, actor, rating, *new)


def appeal_rating(uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, reason: str) -> RatingDetail:
    """申诉 by a clerk concerned, who does not learn whose rating it is."""
    require(actor, "rating_appeal")
    rating = uow.rating(rating_id(uow, actor, ref))
    return _record(uow, clock, actor, rating, decide.appeal(rating, actor, clean(reason).text))


def decide_appeal(
    uow: UnitOfWork, clock: Clock, actor: Actor, ref: str, upheld: bool, decision: str
) -> RatingDetail:
    """申诉处理: upheld, the rating counts for nothing."""
    rating = _supervised(uow, actor, ref)
    return _record(
        uow, clock, actor, rating, decide.decide_appeal(rating, actor, upheld, clean(decision).text)
    )


def _supervised(uow: UnitOfWork, actor: Actor, ref: str) -> Rating:
    require(actor, "rating_supervise")
    return uow.rating(rating_id(uow, actor, ref))


def _record(uow: UnitOfWork, clock: Clock, actor: Actor, rating: Rating, *new: NewEvent) -> RatingDetail:
    uow.append(rating.id, new, actor=actor.id, now_ms=clock.now_ms())
    return detail(uow, clock, actor, rating.id)
