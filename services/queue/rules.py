"""The site's queue document: the one that ships with the program until the site writes its own."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.queue.rules import QueueRules
from domain.staff import Actor
from services.documents import publish_own, shipped
from services.permissions import require
from services.station import reads


def queue_rules(uow: UnitOfWork) -> QueueRules:
    """The rules in force; kept between units of work while the document has no newer version."""
    version = uow.reference.version("queue")
    key = ("queue_rules", version)
    rules = uow.reference.cache.get(key)
    if rules is None:
        rules = QueueRules.from_document(uow.reference.get("queue") or shipped("queue"))
        uow.reference.cache[key] = rules
    assert isinstance(rules, QueueRules)
    return rules


@reads
def read_queue_rules(uow: UnitOfWork, clock: Clock, actor: Actor) -> QueueRules:
    """The rules in force."""
    return queue_rules(uow)


def change_queue_rules(uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]) -> QueueRules:
    """Publish the site's next queue document. ``queue.rules_invalid`` names the field that is wrong."""
    require(actor, "queue_rules")
    rules = QueueRules.from_document(document)
    publish_own(uow, "queue", rules.document(), clock.now_ms())
    uow.changed.note("queue")
    return rules
