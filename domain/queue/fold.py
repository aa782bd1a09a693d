"""Folding a ticket from its events. Total: it never fails; what does not fit any more is kept in ``unfit``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from domain.cases.reading import facts_of, flag_in, integer_in, optional_text, text_in
from domain.events.event import Event
from domain.events.folding import UnfitError, folded
from domain.queue.model import (
    Announced,
    EndReason,
    Period,
    Ticket,
    TicketSource,
    TicketState,
    Visitor,
)

Step = Callable[[Ticket, Event, dict[str, Any], int], Ticket]
BIRTH = "ticket_issued"


def fold_ticket(events: Iterable[Event]) -> Ticket | None:
    """The ticket told by ``events`` of one stream, in any order; None where its first event is not there."""
    told = folded(events, apply)
    return None if told.state is None else replace(told.state, unfit=told.unfit, newer=told.newer)


def fold_on(before: Ticket | None, known: Sequence[Event], fresh: Sequence[Event]) -> Ticket | None:
    """``fold_ticket`` of ``known`` and ``fresh``, where ``before`` is that of ``known``."""
    if before is None or max(map(_order, known)) > min(map(_order, fresh)):
        return fold_ticket([*known, *fresh])
    told = folded(fresh, lambda state, event, payload: apply(state or before, event, payload))
    unfit = (*before.unfit, *told.unfit)
    return replace(told.state or before, unfit=unfit, newer=before.newer or told.newer)


def _order(event: Event) -> tuple[bool, tuple[int, str, int, int, str]]:
    return (event.id != event.stream, event.fold_key)


def apply(ticket: Ticket | None, event: Event, payload: dict[str, Any]) -> Ticket | None:
    """One step; raises ``UnfitError``, or ``ValueError`` and the like for what is malformed."""
    at = integer_in(payload, "at", event.at)
    if event.kind == BIRTH:
        if ticket is not None:
            raise UnfitError("issued_twice")
        return _issued(event, payload, at)
    if ticket is None:
        raise UnfitError("not_issued")
    step = _STEPS.get(event.kind)
    if step is None:
        raise UnfitError("not_of_a_ticket")
    return step(ticket, event, payload, at)


def _issued(event: Event, payload: dict[str, Any], at: int) -> Ticket:
    group = text_in(payload, "group")
    return Ticket(
        id=event.stream,
        day=text_in(payload, "day"),
        number=text_in(payload, "number"),
        serial=integer_in(payload, "serial"),
        first_group=group,
        group=group,
        state=TicketState.WAITING,
        source=TicketSource(payload["source"]),
        priority=text_in(payload, "priority"),
        issued_at=at,
        line_at=integer_in(payload, "line_at"),
        came=event.hlc,
        appointment_at=integer_in(payload, "appointment_at") if "appointment_at" in payload else None,
        visitor=_visitor(event, payload),
        since=at,
        periods=(Period(TicketState.WAITING, group, "", "", at),),
    )


def _visitor(event: Event, payload: dict[str, Any]) -> Visitor:
    told = {**payload, **facts_of(event.private)}
    return Visitor(optional_text(told, "uscc") or "", optional_text(told, "name") or "")


def _move(ticket: Ticket, state: TicketState, at: int, **changes: Any) -> Ticket:
    """``ticket`` in ``state`` from ``at`` on; a clock that was set back makes no gap and no overlap."""
    at = max(at, ticket.since)
    moved = replace(ticket, state=state, since=at, **changes)
    *before, last = ticket.periods
    periods = (*before, replace(last, to_at=at))
    if state.is_open:
        periods += (Period(state, moved.group, moved.window, moved.staff, at),)
        return replace(moved, periods=periods)
    return replace(moved, periods=periods, ended_at=at, window="", staff="", target="")


def _need(ticket: Ticket, *states: TicketState) -> None:
    if ticket.state not in states:
        raise UnfitError(f"was_{ticket.state.value}")


def _called(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.WAITING, TicketState.TRANSFERRED, TicketState.MISSED)
    window = text_in(payload, "window")
    staff = _staff(event, payload)
    moved = _move(ticket, TicketState.CALLED, at, window=window, staff=staff, recalls=0, target="")
    call = Announced(event.id, event.hlc, moved.since, window, ticket.group)
    return replace(moved, announced=(*ticket.announced, call))


def _recalled(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.CALLED)
    call = Announced(event.id, event.hlc, max(at, ticket.since), ticket.window, ticket.group)
    return replace(ticket, recalls=ticket.recalls + 1, announced=(*ticket.announced, call))


def _serving(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.CALLED)
    return _move(ticket, TicketState.SERVING, at)


def _held(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.CALLED, TicketState.SERVING)
    return _move(ticket, TicketState.HELD, at)


def _missed(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.CALLED)
    return _move(ticket, TicketState.MISSED, at, window="", staff="")


def _rejoined(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.MISSED, TicketState.LEFT)
    line_at = integer_in(payload, "line_at")
    if ticket.state is TicketState.LEFT:
        # The time between is the visitor's own and no period of the visit: it begins again where it ended.
        ticket = _reopened(ticket, max(at, ticket.since))
    return _move(ticket, TicketState.WAITING, at, line_at=line_at, window="", staff="")


def _reopened(ticket: Ticket, at: int) -> Ticket:
    away = Period(TicketState.LEFT, ticket.group, "", "", ticket.since)
    return replace(ticket, periods=(*ticket.periods, away), ended_at=None, end_reason=None, time_wrong=False)


def _resumed(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.HELD)
    return _move(ticket, TicketState.SERVING, at, window=text_in(payload, "window"), staff=event.actor)


def _transferred(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    if not ticket.state.is_open:
        raise UnfitError(f"was_{ticket.state.value}")
    return _move(
        ticket,
        TicketState.TRANSFERRED,
        at,
        group=text_in(payload, "group"),
        target=optional_text(payload, "window") or "",
        line_at=integer_in(payload, "line_at"),
        window="",
        staff="",
    )


def _handed_over(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    _need(ticket, TicketState.CALLED, TicketState.SERVING, TicketState.HELD)
    window = text_in(payload, "window")
    return _move(ticket, TicketState.SERVING, at, window=window, staff=_staff(event, payload))


def _staff(event: Event, payload: dict[str, Any]) -> str:
    """Who sits at the window: a supervisor who sends somebody there serves nobody."""
    return optional_text(payload, "staff") or event.actor


def _ended(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    if not ticket.state.is_open:
        raise UnfitError(f"was_{ticket.state.value}")
    outcome = TicketState(payload["outcome"])
    if outcome.is_open:
        raise ValueError("outcome")
    reason = EndReason(payload["reason"])
    wrong = ticket.time_wrong or flag_in(payload, "time_wrong")
    ended = integer_in(payload, "ended_at", at)
    last = ticket.periods[-1]
    moved = _move(ticket, outcome, ended, end_reason=reason, time_wrong=wrong)
    # Who served to the end stays known, although no window is busy with the ticket any more.
    return replace(moved, staff=last.staff, window=last.window)


def _timed(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    return replace(ticket, time_wrong=flag_in(payload, "wrong"))


def _case_begun(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    case = text_in(payload, "case")
    return ticket if case in ticket.cases else replace(ticket, cases=(*ticket.cases, case))


def _visitor_set(ticket: Ticket, event: Event, payload: dict[str, Any], at: int) -> Ticket:
    return replace(ticket, visitor=_visitor(event, payload))


_STEPS: dict[str, Step] = {
    "ticket_called": _called,
    "ticket_recalled": _recalled,
    "ticket_serving": _serving,
    "ticket_held": _held,
    "ticket_missed": _missed,
    "ticket_rejoined": _rejoined,
    "ticket_resumed": _resumed,
    "ticket_transferred": _transferred,
    "ticket_handed_over": _handed_over,
    "ticket_ended": _ended,
    "ticket_timed": _timed,
    "ticket_case_begun": _case_begun,
    "ticket_visitor_set": _visitor_set,
}
TICKET_KINDS = frozenset({BIRTH, *_STEPS})
