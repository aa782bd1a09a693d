"""The site's callbacks document: the one that ships with the program until the site writes its own."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.callbacks.rules import CallbackRules
from domain.clock import Clock
from domain.staff import Actor
from services.documents import publish_own, shipped
from services.permissions import require
from services.station import reads

KIND = "callbacks"


def callback_rules(uow: UnitOfWork) -> CallbackRules:
    """The rules in force; kept between units of work while the document has no newer version."""
    key = (KIND, "rules", uow.reference.version(KIND))
    rules = uow.reference.cache.get(key)
    if rules is None:
        rules = CallbackRules.from_document(uow.reference.get(KIND) or shipped(KIND))
        uow.reference.cache[key] = rules
    assert isinstance(rules, CallbackRules)
    return rules


@reads
def read_callback_rules(uow: UnitOfWork, clock: Clock, actor: Actor) -> CallbackRules:
    """The rules in force."""
    return callback_rules(uow)


def change_callback_rules(
    uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]
) -> CallbackRules:
    """Publish the site's next document; tasks that were drawn stay. ``callbacks.rules_invalid``."""
    require(actor, "callback_rules")
    rules = CallbackRules.from_document(document)
    publish_own(uow, KIND, rules.document(), clock.now_ms())
    uow.changed.note("callbacks")
    return rules
