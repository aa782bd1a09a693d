"""The demonstration centre's hall: a made-up morning of visitors, so that its pages show what they are for."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import resources
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.queue.desk import TicketOrder
from domain.queue.model import TicketSource, Visitor
from domain.queue.rules import MINUTE_MS, NORMAL
from domain.staff import Actor
from services.demo_time import PastClock
from services.queue import hall, tickets
from services.queue.rules import queue_rules
from services.rulebook import rulebook

Step = Callable[[], object]


@dataclass(slots=True)
class _Morning:
    """The steps of the made-up visits, each with how long ago it was (minutes, of the morning as written down)."""

    uow: UnitOfWork
    device: Actor
    clock: PastClock
    numbers: dict[int, str] = field(default_factory=dict)
    steps: list[tuple[float, int, Step]] = field(default_factory=list)

    def add(self, ago: float, step: Step) -> None:
        """Keep a step for its time; of one moment the first that was written comes first."""
        self.steps.append((-ago, len(self.steps), step))

    def visit(self, place: int, told: dict[str, Any]) -> None:
        """One visitor, from the ticket machine or the counter on."""
        self.add(told["came"], partial(self._issue, place, told))
        window, staff = "", ""
        for step in told["steps"]:
            window, staff = step.get("window", window), step.get("staff", staff)
            self.add(step["ago"], partial(self._move, place, step["do"], window, staff))

    def pause(self, told: dict[str, Any]) -> None:
        """A window that rests."""
        args = (self._actor(told["staff"]), told["window"], told["reason"])
        self.add(told["ago"], lambda: hall.pause_window(self.uow, self.clock, *args))

    def _issue(self, place: int, told: dict[str, Any]) -> None:
        order = TicketOrder(
            group=told["group"],
            priority=told.get("priority", NORMAL),
            source=TicketSource.WINDOW,
            visitor=Visitor(told.get("uscc", ""), told.get("name", "")),
        )
        self.numbers[place] = tickets.issue_ticket(self.uow, self.clock, self.device, order).ticket.id

    def _move(self, place: int, name: str, window: str, staff: str) -> None:
        actor, ticket = self._actor(staff), self.numbers[place]
        if name == "call":
            tickets.call_ticket(self.uow, self.clock, actor, ticket, window)
        else:
            _MOVES[name](self.uow, self.clock, actor, ticket)

    def _actor(self, staff: str) -> Actor:
        member = rulebook(self.uow).staff.get(staff)
        return member.actor if member else self.device


_MOVES: dict[str, Callable[[UnitOfWork, Clock, Actor, str], object]] = {
    "serve": tickets.serve_ticket,
    "finish": tickets.finish_ticket,
    "miss": tickets.miss_ticket,
    "hold": tickets.hold_ticket,
    "leave": tickets.leave_ticket,
}


def fill_demo_queue(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Let the made-up visitors come, be served and wait, up to now; how many.

    Soon after midnight the morning is told faster, so that all of it lies on this day.
    """
    document = json.loads(resources.path("demo/queue.json").read_text("utf-8"))
    now_ms = clock.now_ms()
    past = PastClock(now_ms)
    morning = _Morning(uow, actor, past)
    for place, told in enumerate(document["visits"]):
        morning.visit(place, told)
    for told in document["pauses"]:
        morning.pause(told)
    minute_ms = _minute_of(uow, now_ms, longest=max(told["came"] for told in document["visits"]))
    for ago, _, step in sorted(morning.steps, key=lambda one: one[:2]):
        past.at_ms = now_ms + round(ago * minute_ms)
        step()
    return len(document["visits"])


def _minute_of(uow: UnitOfWork, now_ms: int, longest: int) -> float:
    local = rulebook(uow).rules.hours.local(now_ms)
    since_midnight = (local.hour * 60 + local.minute) * MINUTE_MS
    return min(MINUTE_MS, since_midnight / longest)


def fill_demo_queue_once(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """``fill_demo_queue`` for a demonstration centre whose hall nobody has used; any other station is left alone."""
    used = uow.hall_days.latest(uow.events.node.site) is not None
    groups = set(queue_rules(uow).groups)
    if not rulebook(uow).site.demo or used or not groups >= set("ABCD"):
        return 0
    return fill_demo_queue(uow, clock, actor)
