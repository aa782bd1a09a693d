"""The supervisor's side of ``LocalQueueDesk``: ``domain.queue.hall_desk.HallDesk`` over the station's own store."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from domain.queue.desk import TicketLine
from domain.queue.hall import HallDay
from domain.queue.model import Ticket
from domain.queue.statistics import QueueStatistics
from domain.staff import Actor
from services.queue import hall, views

Result = TypeVar("Result")


class Caller(Protocol):
    """Runs services: an open ``Station``, each in a unit of work of its own, or one unit of work all of them."""

    @property
    def device_actor(self) -> Actor:
        """The device itself as the one who acts."""
        ...

    def call(
        self, service: Callable[..., Result], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Result:
        """``service(uow, clock, actor, *args, **kwargs)`` and its answer."""
        ...


class LocalHall:
    """Every call blocks until the store has answered."""

    def __init__(self, station: Caller) -> None:
        self._station = station

    def call_to(self, ticket: str, window: str) -> Ticket:
        """叫到窗口."""
        return self._station.call(hall.call_to_window, ticket, window)

    def hand_over(self, ticket: str, window: str) -> Ticket:
        """交接."""
        return self._station.call(hall.hand_over_ticket, ticket, window)

    def end(self, ticket: str) -> Ticket:
        """结束."""
        return self._station.call(hall.end_ticket, ticket)

    def pause_group(self, group: str, reason: str) -> HallDay:
        """暂停取号."""
        return self._station.call(hall.pause_group, group, reason)

    def resume_group(self, group: str) -> HallDay:
        """恢复取号."""
        return self._station.call(hall.resume_group, group)

    def close_hall(self, reason: str, send_away: bool = False) -> HallDay:
        """紧急关闭."""
        return self._station.call(hall.close_hall, reason, send_away=send_away)

    def open_hall(self) -> HallDay:
        """恢复开放."""
        return self._station.call(hall.open_hall)

    def set_notice(self, text: str) -> HallDay:
        """通知."""
        return self._station.call(hall.set_notice, text)

    def end_day(self) -> int:
        """日结."""
        return self._station.call(hall.end_day)

    def still_open(self) -> tuple[TicketLine, ...]:
        """What a 日结 would end."""
        return self._station.call(views.read_open_tickets)

    def statistics(self, first_day: str = "", last_day: str = "") -> QueueStatistics:
        """The figures of these days."""
        return self._station.call(views.read_statistics, first_day, last_day)
