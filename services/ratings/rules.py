"""The site's ratings document: the one that ships with the program until the site writes its own."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases.model import Limit, LimitClass
from domain.clock import Clock
from domain.deadlines.case_clock import new_due
from domain.ratings.rules import RatingRules
from domain.staff import Actor
from services.documents import publish_own, shipped
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads

KIND = "ratings"


def rating_rules(uow: UnitOfWork) -> RatingRules:
    """The rules in force; kept between units of work while the document has no newer version."""
    key = (KIND, "rules", uow.reference.version(KIND))
    rules = uow.reference.cache.get(key)
    if rules is None:
        rules = RatingRules.from_document(uow.reference.get(KIND) or shipped(KIND))
        uow.reference.cache[key] = rules
    assert isinstance(rules, RatingRules)
    return rules


@reads
def read_rating_rules(uow: UnitOfWork, clock: Clock, actor: Actor) -> RatingRules:
    """The rules in force."""
    return rating_rules(uow)


def change_rating_rules(uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]) -> RatingRules:
    """Publish the site's next document; limits that run stay. ``ratings.rules_invalid``."""
    require(actor, "callback_rules")
    rules = RatingRules.from_document(document)
    publish_own(uow, KIND, rules.document(), clock.now_ms())
    uow.changed.note("ratings")
    return rules


def days_from_now(uow: UnitOfWork, clock: Clock, days: int) -> int:
    """The end of ``days`` working days from now by the site's calendar, UTC milliseconds."""
    book = rulebook(uow)
    limit = Limit(LimitClass.ITEM, days, book.rules.default_profile)
    return new_due(clock.now_ms(), limit, book.rules, book.versions.get("calendar", 0)).at
