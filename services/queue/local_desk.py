"""The queue of a station that is its own hall: ``QueueDesk`` over its own store."""

from collections.abc import Sequence

from domain.queue.desk import HallView, IssuedTicket, TicketLine, TicketOrder
from domain.queue.model import Ticket, TicketSource, Visitor
from services.queue import hall, tickets, views
from services.queue.local_hall import LocalHall


class LocalQueueDesk(LocalHall):
    """``domain.queue.hall_desk.HallDesk``. Every call blocks until the store has answered."""

    def issue(self, order: TicketOrder, *, command: str = "") -> IssuedTicket:
        """取号. At the ticket machine it is the device that acts, whoever is signed in beside it."""
        machine = order.source is TicketSource.KIOSK
        actor = self._station.device_actor if machine else None
        return self._station.call(tickets.issue_ticket, order, command=command, as_actor=actor)

    def next(self, window: str, groups: Sequence[str] = (), *, command: str = "") -> Ticket | None:
        """叫下一个."""
        return self._station.call(tickets.call_next, window, groups, command=command)

    def call(self, ticket: str, window: str, *, command: str = "") -> Ticket:
        """叫指定号."""
        return self._station.call(tickets.call_ticket, ticket, window, command=command)

    def recall(self, ticket: str, *, command: str = "") -> Ticket:
        """重呼."""
        return self._station.call(tickets.recall_ticket, ticket, command=command)

    def serve(self, ticket: str) -> Ticket:
        """到达."""
        return self._station.call(tickets.serve_ticket, ticket)

    def miss(self, ticket: str) -> Ticket:
        """过号."""
        return self._station.call(tickets.miss_ticket, ticket)

    def hold(self, ticket: str) -> Ticket:
        """暂挂."""
        return self._station.call(tickets.hold_ticket, ticket)

    def resume(self, ticket: str, window: str = "") -> Ticket:
        """恢复."""
        return self._station.call(tickets.resume_ticket, ticket, window)

    def transfer(self, ticket: str, group: str = "", window: str = "") -> Ticket:
        """转队列或转窗口."""
        return self._station.call(tickets.transfer_ticket, ticket, group, window)

    def finish(self, ticket: str) -> Ticket:
        """办结."""
        return self._station.call(tickets.finish_ticket, ticket)

    def leave(self, ticket: str) -> Ticket:
        """离开."""
        return self._station.call(tickets.leave_ticket, ticket)

    def open_window(self, window: str) -> None:
        """开窗."""
        self._station.call(hall.open_window, window)

    def pause_window(self, window: str, reason: str) -> None:
        """暂停服务."""
        self._station.call(hall.pause_window, window, reason)

    def mark_time(self, ticket: str, wrong: bool) -> Ticket:
        """用时不准."""
        return self._station.call(tickets.mark_ticket_time, ticket, wrong=wrong)

    def set_visitor(self, ticket: str, visitor: Visitor) -> Ticket:
        """The enterprise of a visit."""
        return self._station.call(tickets.set_ticket_visitor, ticket, visitor)

    def begin_case(self, ticket: str, case: str) -> Ticket:
        """A case of this visit."""
        return self._station.call(tickets.begin_ticket_case, ticket, case)

    def issued(self, ticket: str) -> IssuedTicket:
        """A number given out before."""
        return self._station.call(tickets.read_issued, ticket)

    def view(self) -> HallView:
        """The hall now."""
        return self._station.call(views.read_hall)

    def line(self, group: str = "") -> tuple[TicketLine, ...]:
        """Those who wait."""
        return self._station.call(views.read_line, group)

    def tickets(self, day: str = "") -> tuple[TicketLine, ...]:
        """All tickets of a day."""
        return self._station.call(views.read_tickets, day)
