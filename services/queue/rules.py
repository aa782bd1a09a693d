"""The site's queue document: the one that ships with the program until the site writes its own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.rules import QueueRules
from domain.staff import Actor
from services.documents import publish_own, shipped
from services.queue.supervising import RULES, may_decide, require_decision
from services.rulebook import rulebook
from services.station import reads


@dataclass(frozen=True, slots=True)
class RulesFacts:
    """The rules in force, the boards that groups may name, and whether the one who asks may change them."""

    rules: QueueRules
    boards: Mapping[str, str]
    may_change: bool


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
def read_rules_facts(uow: UnitOfWork, clock: Clock, actor: Actor) -> RulesFacts:
    """What the settings show."""
    boards = {board.code: board.name for board in rulebook(uow).boards.values()}
    return RulesFacts(queue_rules(uow), boards, may_decide(uow, actor, RULES))


def change_queue_rules(uow: UnitOfWork, clock: Clock, actor: Actor, document: dict[str, Any]) -> QueueRules:
    """Publish the site's next queue document.

    ``queue.rules_invalid`` names the field that is wrong; ``queue.group_in_use`` and ``queue.window_in_use`` keep what
    open tickets need, ``queue.prefix_in_use`` a prefix whose numbers another group has given out today.
    """
    require_decision(uow, actor, RULES)
    rules = QueueRules.from_document(_cleaned(document))
    _keep_what_is_needed(uow, rules)
    _keep_numbers_apart(uow, rules, clock.now_ms())
    publish_own(uow, "queue", rules.document(), clock.now_ms())
    uow.changed.note("queue")
    return rules


def _cleaned(value: Any) -> Any:
    """``value`` with every text in it as one clean line."""
    if isinstance(value, str):
        return clean(value, one_line=True).text
    if isinstance(value, Mapping):
        return {name: _cleaned(part) for name, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value


def _keep_what_is_needed(uow: UnitOfWork, rules: QueueRules) -> None:
    opened = uow.tickets.lines(open_only=True)
    groups = Counter(one.group for one in opened)
    for code, count in groups.items():
        if code not in rules.groups:
            raise AppError("queue.group_in_use", group=code, count=count)
    windows = Counter(place for one in opened for place in {one.window, one.target} if place)
    for code, count in windows.items():
        if code not in rules.windows:
            raise AppError("queue.window_in_use", window=code, count=count)


def _keep_numbers_apart(uow: UnitOfWork, rules: QueueRules, now_ms: int) -> None:
    """A number is given once a day: a prefix goes to another group only when the day's numbers with it are past."""
    today = rulebook(uow).rules.hours.local(now_ms).date().isoformat()
    given = uow.tickets.prefixes_since(today)
    for group in rules.groups.values():
        other = next((one for prefix, one in given if prefix == group.prefix and one != group.code), None)
        if other is not None:
            raise AppError("queue.prefix_in_use", prefix=group.prefix, group=group.code, other=other)
