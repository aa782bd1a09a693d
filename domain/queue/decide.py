"""What may be done with a ticket now, as the events it leads to. Refuses with ``AppError("queue.…")``.

None means that it is done already: a second press has no second effect. ``number`` stands in every refusal.
"""

from typing import Any

from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue.model import EndReason, Ticket, TicketSource, TicketState, Visitor
from domain.queue.rules import MINUTE_MS, NORMAL, Group, Priority, QueueRules

INDIVIDUAL_BUSINESS = "92"
"""First characters of the credit codes of individual businesses (个体工商户), GB 32100-2015."""

OWN_FROM = 900
"""A window's own numbers begin after it; they cannot be taken for the hub's, for none of those has letters behind."""


def number_of(group: Group, serial: int) -> str:
    """``A032``; a day of more than 999 has four digits."""
    return f"{group.prefix}{serial:03d}"


def own_number_of(group: Group, serial: int, letters: str) -> str:
    """``A901KF``: a number that a window gave out by itself while the hall's hub was away.

    The letters are its device's alone within the site, so that no two windows give out one number.
    """
    return f"{group.prefix}{OWN_FROM + serial}{letters}"


def line_time(came_at: int, priority: Priority, appointment_at: int | None = None) -> int:
    """Where somebody stands in the line: when they came, or were asked to come, less the head start of their class.

    Who comes early for an appointment stands where the appointed time puts them, who comes late where the delay does.
    """
    stands_at = came_at if appointment_at is None else max(came_at, appointment_at)
    return stands_at - priority.head_start_min * MINUTE_MS


def issue(
    rules: QueueRules,
    group: Group,
    *,
    day: str,
    serial: int,
    now_ms: int,
    number: str = "",
    source: TicketSource = TicketSource.WINDOW,
    priority: str = NORMAL,
    visitor: Visitor | None = None,
    appointment_at: int | None = None,
) -> NewEvent:
    """取号. ``number`` is what the serial makes of it where it is empty."""
    payload: dict[str, Any] = {
        "day": day,
        "group": group.code,
        "number": number or number_of(group, serial),
        "serial": serial,
        "source": source.value,
        "priority": priority,
        "line_at": line_time(now_ms, rules.priority(priority), appointment_at),
    }
    if appointment_at is not None:
        payload["appointment_at"] = appointment_at
    return _told("ticket_issued", payload, visitor or Visitor())


def _told(kind: str, payload: dict[str, Any], visitor: Visitor) -> NewEvent:
    """The name of an individual business, or of who has no credit code yet, may be a person's: it is private."""
    told = payload | ({"uscc": visitor.uscc} if visitor.uscc else {})
    if not visitor.name:
        return NewEvent(kind, told)
    if visitor.uscc and not visitor.uscc.startswith(INDIVIDUAL_BUSINESS):
        return NewEvent(kind, told | {"name": visitor.name})
    return NewEvent(kind, told, {"name": visitor.name})


def call(ticket: Ticket, window: str, staff: str = "") -> NewEvent | None:
    """叫号 to ``window``; ``staff`` sits there where another than them calls."""
    if ticket.state.at_window and ticket.window == window:
        return None
    if ticket.state.at_window:
        raise AppError("queue.at_other_window", number=ticket.number, window=ticket.window)
    if ticket.state is TicketState.HELD:
        raise AppError("queue.held", number=ticket.number)
    _need_open(ticket)
    if ticket.target not in ("", window):
        raise AppError("queue.for_other_window", number=ticket.number, window=ticket.target)
    return NewEvent("ticket_called", _to_window(window, staff))


def _to_window(window: str, staff: str) -> dict[str, Any]:
    return {"window": window} | ({"staff": staff} if staff else {})


def recall(ticket: Ticket, rules: QueueRules) -> NewEvent:
    """重呼, up to the limit."""
    _need_called(ticket)
    if ticket.recalls >= rules.recall_limit:
        raise AppError("queue.recall_limit", number=ticket.number, limit=rules.recall_limit)
    return NewEvent("ticket_recalled", {})


def serve(ticket: Ticket) -> NewEvent | None:
    """到达: the visitor stands at the window."""
    if ticket.state is TicketState.SERVING:
        return None
    _need_called(ticket)
    return NewEvent("ticket_serving", {})


def miss(ticket: Ticket) -> NewEvent | None:
    """过号."""
    if ticket.state is TicketState.MISSED:
        return None
    if ticket.state is TicketState.SERVING:
        raise AppError("queue.serving_not_missed", number=ticket.number)
    _need_called(ticket)
    return NewEvent("ticket_missed", {})


def hold(ticket: Ticket) -> NewEvent | None:
    """暂挂: the visitor fetches something and comes back to this window."""
    if ticket.state is TicketState.HELD:
        return None
    if not ticket.state.at_window:
        raise _not_at_window(ticket)
    return NewEvent("ticket_held", {})


def resume(ticket: Ticket, window: str) -> NewEvent | None:
    """恢复 a held ticket at ``window``."""
    if ticket.state is TicketState.SERVING and ticket.window == window:
        return None
    if ticket.state is not TicketState.HELD:
        _need_open(ticket)
        raise AppError("queue.not_held", number=ticket.number, state=ticket.state.value)
    return NewEvent("ticket_resumed", {"window": window})


def rejoin(ticket: Ticket, line_at: int) -> NewEvent | None:
    """过号 or left by mistake, and back: in the line again at ``line_at``."""
    if ticket.state.in_line:
        return None
    if ticket.state not in (TicketState.MISSED, TicketState.LEFT):
        raise AppError("queue.not_missed", number=ticket.number, state=ticket.state.value)
    return NewEvent("ticket_rejoined", {"line_at": line_at})


def transfer(ticket: Ticket, group: str, window: str, line_at: int) -> NewEvent | None:
    """转 to another group, or to one window that alone may call it."""
    _need_open(ticket)
    if ticket.state is TicketState.TRANSFERRED and (ticket.group, ticket.target) == (group, window):
        return None
    if ticket.state.in_line and (ticket.group, ticket.target) == (group, window):
        raise AppError("queue.transfer_nowhere", number=ticket.number)
    payload = {"group": group, "line_at": line_at}
    return NewEvent("ticket_transferred", payload | ({"window": window} if window else {}))


def hand_over(ticket: Ticket, window: str, staff: str = "") -> NewEvent | None:
    """交接: another window, where ``staff`` sits, goes on with the service under way."""
    if ticket.state is TicketState.SERVING and ticket.window == window:
        return None
    if not ticket.state.at_window and ticket.state is not TicketState.HELD:
        raise _not_at_window(ticket)
    return NewEvent("ticket_handed_over", _to_window(window, staff))


def finish(ticket: Ticket, rules: QueueRules, now_ms: int) -> NewEvent | None:
    """办结, also straight from the call. A service of more than ``long_service_s`` marks its time as not right."""
    if ticket.state is TicketState.FINISHED:
        return None
    if not ticket.state.at_window and ticket.state is not TicketState.HELD:
        _need_open(ticket)
        raise _not_at_window(ticket)
    forgotten = ticket.state.at_window and now_ms - ticket.since > rules.long_service_s * 1000
    return _end(TicketState.FINISHED, EndReason.SERVED, time_wrong=forgotten)


def leave(ticket: Ticket, reason: EndReason = EndReason.VISITOR_LEFT) -> NewEvent | None:
    """离开: the visitor does not wait any longer."""
    if ticket.state is TicketState.LEFT:
        return None
    _need_open(ticket)
    return _end(TicketState.LEFT, reason)


def end_stuck(ticket: Ticket) -> NewEvent | None:
    """A supervisor ends what nobody at the window ends; its time is not right."""
    if not ticket.state.is_open:
        return None
    outcome = TicketState.FINISHED if ticket.state.at_window else TicketState.LEFT
    return _end(outcome, EndReason.SUPERVISOR, time_wrong=ticket.state.at_window)


def close_day(ticket: Ticket, closing_at: int, reason: EndReason = EndReason.DAY_CLOSED) -> NewEvent | None:
    """日结: what is still open ends at ``closing_at``, or when it last changed; forgotten services are marked."""
    if not ticket.state.is_open:
        return None
    busy = ticket.state.at_window
    ended = _end(TicketState.FINISHED if busy else TicketState.LEFT, reason, time_wrong=busy)
    return NewEvent(ended.kind, {**ended.payload, "ended_at": max(closing_at, ticket.since)})


def mark_time(ticket: Ticket, *, wrong: bool) -> NewEvent | None:
    """用时不准: keep this ticket out of the averages, or take it in again."""
    return None if ticket.time_wrong is wrong else NewEvent("ticket_timed", {"wrong": wrong})


def begin_case(ticket: Ticket, case: str) -> NewEvent | None:
    """A case that was begun in this visit."""
    return None if case in ticket.cases else NewEvent("ticket_case_begun", {"case": case})


def set_visitor(ticket: Ticket, visitor: Visitor) -> NewEvent | None:
    """The enterprise became known after the number was given."""
    return None if ticket.visitor == visitor else _told("ticket_visitor_set", {}, visitor)


def _end(outcome: TicketState, reason: EndReason, *, time_wrong: bool = False) -> NewEvent:
    payload: dict[str, Any] = {"outcome": outcome.value, "reason": reason.value}
    return NewEvent("ticket_ended", payload | ({"time_wrong": True} if time_wrong else {}))


def _need_open(ticket: Ticket) -> None:
    if not ticket.state.is_open:
        raise AppError("queue.ended", number=ticket.number, state=ticket.state.value)


def _need_called(ticket: Ticket) -> None:
    if ticket.state is not TicketState.CALLED:
        _need_open(ticket)
        raise AppError("queue.not_called", number=ticket.number, state=ticket.state.value)


def _not_at_window(ticket: Ticket) -> AppError:
    return AppError("queue.not_at_window", number=ticket.number, state=ticket.state.value)
