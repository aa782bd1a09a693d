"""Calls of windows, decided in transactions of the hub's store: one that stands alone, or all that wait together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.queue.hall import HallDay
from domain.queue.model import Ticket
from domain.staff import Actor
from services.hub import acting, require_deciding
from services.queue.day import hall_now
from services.queue.local_desk import LocalQueueDesk
from services.station import reads
from sync.queue_wire import QueueMethod

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what. ``device`` is the window's; ``term`` the highest that it knows."""

    method: QueueMethod
    args: Mapping[str, Any]
    device: str
    staff: str = ""
    command: str = ""
    term: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """The method's answer, and the term in which it was decided."""

    answer: Any
    term: int


@dataclass(frozen=True, slots=True)
class OneTransaction:
    """A ``services.queue.local_hall.Caller`` whose calls all run in one unit of work."""

    uow: UnitOfWork
    clock: Clock
    actor: Actor
    device_actor: Actor

    def call(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Result:
        """Run ``service`` here and now."""
        return service(self.uow, self.clock, as_actor or self.actor, *args, **kwargs)


def decide(uow: UnitOfWork, clock: Clock, actor: Actor, asked: Asked) -> Decided:
    """Carry out what was asked, as the person at the window; the same command again changes nothing."""
    hub = require_deciding(uow, asked.term)
    device = Actor(f"device:{asked.device}")
    desk = LocalQueueDesk(OneTransaction(uow, clock, acting(uow, asked.staff, asked.device), device))
    run = getattr(desk, asked.method.name)
    if asked.method.has_command:
        return Decided(run(**asked.args, command=asked.command), hub.term)
    if not asked.command:
        return Decided(run(**asked.args), hub.term)
    return Decided(_once(uow, clock, asked, lambda: run(**asked.args)), hub.term)


def decide_together(
    uow: UnitOfWork, clock: Clock, actor: Actor, presses: Sequence[Asked]
) -> list[Decided | Exception]:
    """Carry out many calls in this order in one transaction: what came of each.

    One that is refused has changed nothing and is nothing to the others. What is wrong with the store is wrong for all.
    """
    with uow.showing_at_the_end():
        return [uow.attempt(partial(decide, uow, clock, actor, asked)) for asked in presses]


@reads
def look(uow: UnitOfWork, clock: Clock, actor: Actor, asked: Asked) -> Decided:
    """The same for what changes nothing."""
    hub = require_deciding(uow, asked.term)
    who = acting(uow, asked.staff, asked.device)
    desk = LocalQueueDesk(OneTransaction(uow, clock, who, Actor(f"device:{asked.device}")))
    return Decided(getattr(desk, asked.method.name)(**asked.args), hub.term)


def _once(uow: UnitOfWork, clock: Clock, asked: Asked, act: Callable[[], Any]) -> Any:
    """What a command that was carried out before has answered, as that stands now; else ``act``, remembered."""
    key = f"{asked.method.name}:{asked.command}"
    known = uow.tickets.answered(key)
    if known is None:
        answer = act()
        uow.tickets.remember(key, _told(answer), clock.now_ms())
        return answer
    kind, _, text = (known[0] or "").partition(":")
    if kind == "ticket":
        return uow.ticket(text)
    if kind == "count":
        return int(text)
    return hall_now(uow, clock.now_ms()) if kind == "hall" else None


def _told(answer: Any) -> str | None:
    if isinstance(answer, Ticket):
        return f"ticket:{answer.id}"
    if isinstance(answer, HallDay):
        return "hall:"
    return f"count:{answer}" if isinstance(answer, int) else None
