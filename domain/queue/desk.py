"""Who decides over the queue (``QueueDesk``), and what it shows.

A station that is its own hall asks its own store; a window of a larger hall asks the hall's hub. Both answer with these
values, and both do the same work (``services.queue``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.queue.model import EndReason, Ticket, TicketSource, TicketState, Visitor
from domain.queue.rules import NORMAL, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOrder:
    """What somebody asks for who takes a number. ``appointment_at`` in UTC milliseconds."""

    group: str
    priority: str = NORMAL
    source: TicketSource = TicketSource.WINDOW
    visitor: Visitor = field(default_factory=Visitor)
    appointment_at: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A number that was given out. ``ahead`` people stand before it, ``wait_s`` is the estimate.

    ``qr`` is the text of its signed code (``QYS1``).
    """

    ticket: Ticket
    group_name: str
    ahead: int
    wait_s: int
    qr: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket as lists and displays show it. Times are UTC milliseconds."""

    id: str
    day: str
    number: str
    group: str
    state: TicketState
    priority: str
    issued_at: int
    line_at: int
    since: int
    window: str = ""
    staff: str = ""
    target: str = ""
    recalls: int = 0
    appointment_at: int | None = None
    ended_at: int | None = None
    end_reason: EndReason | None = None
    uscc: str = ""
    name: str = ""
    cases: tuple[str, ...] = ()
    time_wrong: bool = False


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call or recall, for displays and voice: spoken once a ``key``."""

    key: str
    at: int
    number: str
    window: str
    group: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group now. ``oldest_since`` is when the one who waits longest came; ``quota_left`` None without a quota."""

    code: str
    name: str
    waiting: int
    oldest_since: int | None
    wait_s: int
    open_windows: int
    issued: int
    paused: str = ""
    quota_left: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window now: who sits there, since when, with whom. ``reason`` says why it is paused."""

    code: str
    name: str
    groups: tuple[str, ...]
    staff: str = ""
    since: int | None = None
    open: bool = False
    reason: str = ""
    ticket: TicketLine | None = None
    held: tuple[TicketLine, ...] = ()
    staff_name: str = ""


@dataclass(frozen=True, slots=True)
class HallView:
    """The hall at one moment. ``calls`` are the latest, newest first; ``outside_hours`` stops the ticket machine.

    ``visiting`` are today's hours as instants (from, to) in UTC milliseconds; ``ticket_note`` stands on every ticket.
    """

    day: str
    now_ms: int
    zone: str
    site_name: str
    groups: tuple[GroupLine, ...]
    windows: tuple[WindowLine, ...]
    calls: tuple[CallLine, ...]
    closed: str = ""
    notice: str = ""
    outside_hours: bool = False
    recall_limit: int = 3
    alarm_wait_s: int = 1800
    long_service_s: int = 10800
    alarm_pause_s: int = 1800
    priorities: tuple[Priority, ...] = ()
    visiting: tuple[tuple[int, int], ...] = ()
    ticket_note: str = ""

    def window(self, code: str) -> WindowLine | None:
        """The window called ``code``."""
        return next((one for one in self.windows if one.code == code), None)


class QueueDesk(Protocol):
    """The decisions of a queue, each in one transaction.

    ``ticket`` is a number of today or a ticket's id. ``command`` is a key of the caller's own: the same key asked
    again, because an answer was lost or a key pressed twice, has one effect and gives the same answer. All raise
    ``AppError("queue.…")`` for what cannot be, and block: the window runs them on another thread.
    """

    def issue(self, order: TicketOrder, *, command: str = "") -> IssuedTicket:
        """取号: the next number of a group."""
        ...

    def next(self, window: str, groups: Sequence[str] = (), *, command: str = "") -> Ticket | None:
        """叫下一个: finishes what is still open at ``window``, then calls; None where nobody waits."""
        ...

    def call(self, ticket: str, window: str, *, command: str = "") -> Ticket:
        """叫指定号: out of turn."""
        ...

    def recall(self, ticket: str, *, command: str = "") -> Ticket:
        """重呼."""
        ...

    def serve(self, ticket: str) -> Ticket:
        """到达."""
        ...

    def miss(self, ticket: str) -> Ticket:
        """过号."""
        ...

    def hold(self, ticket: str) -> Ticket:
        """暂挂."""
        ...

    def resume(self, ticket: str, window: str = "") -> Ticket:
        """恢复: held → served at its window or ``window``; missed or left → back in the line."""
        ...

    def transfer(self, ticket: str, group: str = "", window: str = "") -> Ticket:
        """转队列或转窗口."""
        ...

    def finish(self, ticket: str) -> Ticket:
        """办结."""
        ...

    def leave(self, ticket: str) -> Ticket:
        """离开."""
        ...

    def open_window(self, window: str) -> None:
        """开窗 or 恢复服务."""
        ...

    def pause_window(self, window: str, reason: str) -> None:
        """暂停服务, with a reason for people to read."""
        ...

    def mark_time(self, ticket: str, wrong: bool) -> Ticket:
        """用时不准, or right after all."""
        ...

    def set_visitor(self, ticket: str, visitor: Visitor) -> Ticket:
        """The enterprise of a visit became known."""
        ...

    def begin_case(self, ticket: str, case: str) -> Ticket:
        """A case was accepted in this visit."""
        ...

    def issued(self, ticket: str) -> IssuedTicket:
        """A number that was given out before, as it stands now: for another copy of its paper."""
        ...

    def view(self) -> HallView:
        """The hall now."""
        ...

    def line(self, group: str = "") -> tuple[TicketLine, ...]:
        """Those who wait, in the order they will be called."""
        ...

    def tickets(self, day: str = "") -> tuple[TicketLine, ...]:
        """All tickets of a day, today's where empty, by number."""
        ...
