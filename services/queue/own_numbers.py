"""A window while its hall's hub is away: it gives out numbers of its own and calls nobody else.

Its numbers carry letters that no other device of the site has (``decide.own_number_of``), so that none is given twice.
They are ordinary tickets in its own chain: once the hub has them, it decides over them, too, and the window no longer.
Of what the hub has given out it goes on with whom it has at its window; nobody else would do that.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from db.rows.sync_rows import SyncRows
from db.store.read_only import only_reads
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.decide import own_number_of
from domain.queue.desk import HallView, TicketLine
from domain.queue.line import Waiting
from domain.queue.model import Ticket
from domain.queue.rules import Group
from domain.staff import Actor
from services.queue import hall, tickets, views
from services.queue.day import line_now
from services.queue.local_desk import LocalQueueDesk
from services.queue.local_hall import Caller
from services.station import reads

Result = TypeVar("Result")
Service = Callable[..., Any]
_AWAY = "queue.hub_away_only_own"


def own_number(uow: UnitOfWork, group: Group, day: str) -> tuple[int, str]:
    """The next of this device's own numbers of ``group``."""
    node = uow.events.node
    serial = uow.tickets.count_up(day, f"{group.code}+{node.letters}", node.incarnation, began_on="")
    return serial, own_number_of(group, serial, node.letters)


def is_own(uow: UnitOfWork, ticket: str) -> bool:
    """Whether this device gave the number out and the hub does not have it yet."""
    return uow.events.is_written_here(ticket) and not SyncRows(uow.connection).is_confirmed(ticket)


def own_line(uow: UnitOfWork, now_ms: int) -> list[Waiting]:
    """Whom a window may call whose hub is away."""
    return [one for one in line_now(uow, now_ms) if is_own(uow, one.id)]


@reads
def holds_own(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether the hub still lacks an open number of this device's own: until then it stays with its window."""
    return any(is_own(uow, one.id) for one in uow.tickets.lines(open_only=True))


@reads
def _read_hall(uow: UnitOfWork, clock: Clock, actor: Actor) -> HallView:
    return views.read_hall(uow, clock, actor, own_line)


@reads
def _read_line(uow: UnitOfWork, clock: Clock, actor: Actor, group: str = "") -> tuple[TicketLine, ...]:
    return tuple(one for one in views.read_line(uow, clock, actor, group) if is_own(uow, one.id))


def _need_own(uow: UnitOfWork, ticket: Ticket, place: str) -> None:
    if not is_own(uow, ticket.id):
        raise AppError(_AWAY, number=ticket.number)


def _need_own_or_here(uow: UnitOfWork, ticket: Ticket, place: str) -> None:
    if not place or ticket.window != place:
        _need_own(uow, ticket, place)


_GUARDS: dict[Service, Callable[[UnitOfWork, Ticket, str], None]] = {
    tickets.call_ticket: _need_own,
    tickets.resume_ticket: _need_own_or_here,
    tickets.transfer_ticket: _need_own_or_here,
    tickets.recall_ticket: _need_own_or_here,
    tickets.serve_ticket: _need_own_or_here,
    tickets.miss_ticket: _need_own_or_here,
    tickets.hold_ticket: _need_own_or_here,
    tickets.finish_ticket: _need_own_or_here,
    tickets.leave_ticket: _need_own_or_here,
    tickets.mark_ticket_time: _need_own_or_here,
    tickets.set_ticket_visitor: _need_own_or_here,
    tickets.begin_ticket_case: _need_own_or_here,
}
_INSTEAD: dict[Service, Service] = {views.read_hall: _read_hall, views.read_line: _read_line}
_MORE: dict[Service, dict[str, Any]] = {
    tickets.issue_ticket: {"numbering": own_number},
    tickets.call_next: {"line": own_line},
}
_FREE = frozenset({hall.open_window, hall.pause_window})


class OwnOnly:
    """A ``Caller`` over a station that lets through what a window may do alone; ``place`` gives its number.

    ``queue.hub_away_only_own`` for a number of the hub's, ``queue.hub_away_no_window`` where it has no window to
    give out numbers of its own for, ``queue.hub_away`` for what a hub alone decides.
    """

    def __init__(self, station: Caller, place: Callable[[], str]) -> None:
        self._station = station
        self._place = place

    @property
    def device_actor(self) -> Actor:
        """The device itself."""
        return self._station.device_actor

    def call(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Result:
        """Run ``service`` as far as it is this window's to decide."""
        if service in _GUARDS:
            guarded: Callable[..., Result] = _guarded
            return self._station.call(guarded, service, self._place(), *args, as_actor=as_actor, **kwargs)
        if service in _INSTEAD:
            other: Callable[..., Result] = _INSTEAD[service]
            return self._station.call(other, *args, as_actor=as_actor, **kwargs)
        if service is tickets.issue_ticket and not self._place():
            raise AppError("queue.hub_away_no_window")  # a ticket machine's numbers nobody would call
        if not (service in _MORE or service in _FREE or only_reads(service)):
            raise AppError("queue.hub_away")
        return self._station.call(service, *args, as_actor=as_actor, **kwargs, **_MORE.get(service, {}))


def _guarded(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    service: Callable[..., Result],
    place: str,
    key: str,
    *args: Any,
    **kwargs: Any,
) -> Result:
    ticket = tickets.find_ticket(uow, clock, key)
    _GUARDS[service](uow, ticket, place)
    return service(uow, clock, actor, ticket.id, *args, **kwargs)


def own_desk(station: Caller, place: Callable[[], str]) -> LocalQueueDesk:
    """The queue of a window whose hub is away."""
    return LocalQueueDesk(OwnOnly(station, place))
