"""Tickets (排队号) and the periods (时段) of their lives."""

from dataclasses import dataclass, field
from enum import StrEnum


class TicketState(StrEnum):
    """What a ticket is now. 过号 and 暂挂 visitors may come back; the last two are ends."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    TRANSFERRED = "transferred"
    LEFT = "left"
    FINISHED = "finished"

    @property
    def is_open(self) -> bool:
        """Whether the visit goes on."""
        return self not in (TicketState.LEFT, TicketState.FINISHED)

    @property
    def in_line(self) -> bool:
        """Whether a window may call it."""
        return self in (TicketState.WAITING, TicketState.TRANSFERRED)

    @property
    def at_window(self) -> bool:
        """Whether a window is busy with it."""
        return self in (TicketState.CALLED, TicketState.SERVING)


OPEN_STATES = tuple(state for state in TicketState if state.is_open)
LINE_STATES = tuple(state for state in TicketState if state.in_line)
WINDOW_STATES = tuple(state for state in TicketState if state.at_window)


class EndReason(StrEnum):
    """Why a ticket ended."""

    SERVED = "served"
    VISITOR_LEFT = "visitor_left"
    DAY_CLOSED = "day_closed"
    EMERGENCY = "emergency"
    SUPERVISOR = "supervisor"


class TicketSource(StrEnum):
    """Who gave the number out: 取号机 stops at opening hours and quota, a clerk does not."""

    KIOSK = "kiosk"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The enterprise a ticket was taken for: its credit code and name. No person."""

    uscc: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.uscc or self.name)


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of a ticket's life. Times are UTC milliseconds; ``to_at`` is None while it lasts.

    The periods of a ticket tile its visit: each begins when the one before it ends.
    """

    state: TicketState
    group: str
    window: str
    staff: str
    from_at: int
    to_at: int | None = None

    @property
    def duration_ms(self) -> int:
        """How long it took; 0 while it lasts."""
        return 0 if self.to_at is None else self.to_at - self.from_at


@dataclass(frozen=True, slots=True)
class Announced:
    """One call or recall of a ticket to a window. ``key`` is the event: whoever announces does so once a key.

    ``order`` tells calls of one moment apart; ``group`` is the one it waited in then.
    """

    key: str
    order: int
    at: int
    window: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A place in the queue. ``line_at`` orders the line: the smaller, the sooner.

    ``day`` is the local date of the site on which the number counts; ``number`` is unique within it. ``group`` is
    where the ticket waits now, ``first_group`` what its number was taken for. ``target`` is a window that alone may
    call it; ``came`` orders those who came at one moment. ``time_wrong`` keeps a forgotten Finish out of the averages.
    """

    id: str
    day: str
    number: str
    serial: int
    first_group: str
    group: str
    state: TicketState
    source: TicketSource
    priority: str
    issued_at: int
    line_at: int
    came: int
    appointment_at: int | None = None
    visitor: Visitor = field(default_factory=Visitor)
    window: str = ""
    staff: str = ""
    target: str = ""
    recalls: int = 0
    since: int = 0
    ended_at: int | None = None
    end_reason: EndReason | None = None
    time_wrong: bool = False
    cases: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    announced: tuple[Announced, ...] = ()
    unfit: tuple[tuple[str, str], ...] = ()
    newer: bool = False
