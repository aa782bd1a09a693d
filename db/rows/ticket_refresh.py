"""Keeps the rows of tickets: those of one ticket anew, or what one more event has changed about them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.event_log import EventLog
from db.prepared import Prepared, upserting
from db.rows import conflict_rows
from db.rows.row_sets import update_all
from db.rows.ticket_rows import Tickets
from db.schema import ticket_call, ticket_period, ticket_row
from db.upsert import insert_of
from domain.events.clock import order_key
from domain.events.event import Event
from domain.queue.fold import BIRTH, fold_on, fold_ticket
from domain.queue.model import Ticket

_EXISTS = sa.select(ticket_row.c.id).where(ticket_row.c.id == sa.bindparam("of_ticket"))
_UPDATE = sa.update(ticket_row).where(ticket_row.c.id == sa.bindparam("of_ticket"))
_INSERT = Prepared(sa.insert(ticket_row))
_NO_PERIODS = sa.delete(ticket_period).where(
    ticket_period.c.ticket == sa.bindparam("of_ticket"), ticket_period.c.place >= sa.bindparam("first")
)
_CALLS = sa.select(ticket_call.c.event).where(ticket_call.c.ticket == sa.bindparam("of_ticket"))


class TicketStreams:
    """The tickets of one transaction: each is read once, and folded on with what is appended to it.

    No one else writes while a unit of work holds the lock, and one that reads sees one moment, so that what was read
    stays true to the transaction's end.
    """

    def __init__(self, connection: Connection, log: EventLog, tickets: Tickets) -> None:
        self._connection = connection
        self._log = log
        self._tickets = tickets
        self._kept: dict[str, tuple[list[Event], Ticket]] = {}

    def get(self, ticket_id: str) -> Ticket | None:
        """The ticket folded from its events, or None where there is none."""
        if ticket_id not in self._kept:
            events = self._log.stream(ticket_id)
            ticket = fold_ticket(events)
            if ticket is None:
                return None
            self._kept[ticket_id] = (events, ticket)
        return self._kept[ticket_id][1]

    def latest_key(self, stream: str | None) -> int | None:
        """The key of the last event of a ticket in hand; None for all else."""
        if stream is None or stream not in self._kept:
            return None
        return max(order_key(one.hlc, one.received_at) for one in self._kept[stream][0])

    def grow(self, written: Sequence[Event]) -> bool:
        """Take in what was just appended to a ticket in hand and bring its rows up to date; False for all else."""
        stream = written[0].stream
        born = written[0].id == stream and written[0].kind == BIRTH
        if not born and stream not in self._kept:
            return False
        events, before = self._kept.get(stream, ([], None))
        ticket = fold_on(before, events, written)
        if ticket is None:
            return False
        events = [*events, *written]
        self._kept[stream] = (events, ticket)
        refresh_after(self._connection, before, ticket, _site(events, stream))
        if ticket.unfit != (before.unfit if before else ()):
            conflict_rows.refresh(self._connection, stream, dict(ticket.unfit), ticket.since)
        self._tickets.moved(ticket)
        return True

    def renew(self, stream: str, events: Sequence[Event]) -> None:
        """Fold a ticket from all of ``events`` and bring every row of it up to date."""
        self._kept.pop(stream, None)
        ticket = fold_ticket(events)
        if ticket is None:
            return
        refresh(self._connection, ticket, _site(events, stream))
        self._tickets.moved(ticket)
        conflict_rows.refresh(self._connection, stream, dict(ticket.unfit), ticket.since)


def _site(events: Sequence[Event], stream: str) -> str:
    return next(one.site for one in events if one.id == stream)


def refresh(connection: Connection, ticket: Ticket, site: str) -> None:
    """Write every row of ``ticket``, whatever they say now."""
    values = values_of(ticket, site)
    if connection.execute(_EXISTS, {"of_ticket": ticket.id}).first() is None:
        _INSERT.ask(connection, id=ticket.id, **values)
    else:
        connection.execute(_UPDATE, {"of_ticket": ticket.id, **values})
    connection.execute(_NO_PERIODS, {"of_ticket": ticket.id, "first": len(ticket.periods)})
    _put(connection, _put_periods, period_values(ticket))
    # A late event may show that a call never was one: another window had been first.
    gone = _calls_of(connection, ticket) - {one.key for one in ticket.announced}
    if gone:
        connection.execute(sa.delete(ticket_call).where(ticket_call.c.event.in_(sorted(gone))))
    _put(connection, _put_calls, call_values(ticket))


def _calls_of(connection: Connection, ticket: Ticket) -> set[str]:
    return {row.event for row in connection.execute(_CALLS, {"of_ticket": ticket.id})}


def refresh_after(connection: Connection, before: Ticket | None, ticket: Ticket, site: str) -> None:
    """Write what tells ``ticket`` from ``before``, which the rows say now; None where there are none yet."""
    values = values_of(ticket, site)
    if before is None:
        _INSERT.ask(connection, id=ticket.id, **values)
        told_periods: list[dict[str, Any]] = []
        told_calls: list[dict[str, Any]] = []
    else:
        told = values_of(before, site)
        changed = {name: value for name, value in values.items() if told[name] != value}
        if changed:
            update_all(connection, ticket_row, "id", [{"id": ticket.id, **changed}])
        told_periods, told_calls = period_values(before), call_values(before)
    if len(told_periods) > len(ticket.periods):
        connection.execute(_NO_PERIODS, {"of_ticket": ticket.id, "first": len(ticket.periods)})
    _put(connection, _put_periods, [one for one in period_values(ticket) if one not in told_periods])
    _put(connection, _put_calls, [one for one in call_values(ticket) if one not in told_calls])


def _put(connection: Connection, statement: Callable[[str], Prepared], rows: list[dict[str, Any]]) -> None:
    statement(connection.dialect.name).put(connection, rows)


@cache
def _put_periods(dialect: str) -> Prepared:
    return upserting(insert_of(dialect), ticket_period, "ticket", "place")


@cache
def _put_calls(dialect: str) -> Prepared:
    return upserting(insert_of(dialect), ticket_call, "event")


def agrees(connection: Connection, ticket: Ticket, site: str) -> bool:
    """Whether all rows of ``ticket`` say what its events say."""
    row = (
        connection.execute(sa.select(ticket_row).where(ticket_row.c.id == ticket.id)).mappings().one_or_none()
    )
    if row is None or dict(row) != {"id": ticket.id, **values_of(ticket, site)}:
        return False
    periods = (
        sa.select(ticket_period).where(ticket_period.c.ticket == ticket.id).order_by(ticket_period.c.place)
    )
    if [dict(one) for one in connection.execute(periods).mappings()] != period_values(ticket):
        return False
    calls = sa.select(ticket_call).where(ticket_call.c.ticket == ticket.id)
    told = {one["event"]: dict(one) for one in connection.execute(calls).mappings()}
    return told == {one["event"]: one for one in call_values(ticket)}


def values_of(ticket: Ticket, site: str) -> dict[str, Any]:
    """The row of ``ticket`` but for its id."""
    return {
        "site": site,
        "day": ticket.day,
        "number": ticket.number,
        "serial": ticket.serial,
        "first_group": ticket.first_group,
        "grp": ticket.group,
        "state": ticket.state.value,
        "source": ticket.source.value,
        "priority": ticket.priority,
        "issued_at": ticket.issued_at,
        "line_at": ticket.line_at,
        "came": ticket.came,
        "since": ticket.since,
        "appointment_at": ticket.appointment_at,
        "window": ticket.window,
        "staff": ticket.staff,
        "target": ticket.target,
        "recalls": ticket.recalls,
        "ended_at": ticket.ended_at,
        "end_reason": ticket.end_reason.value if ticket.end_reason else None,
        "uscc": ticket.visitor.uscc,
        "name": ticket.visitor.name,
        "cases": " ".join(ticket.cases),
        "time_wrong": int(ticket.time_wrong),
    }


def period_values(ticket: Ticket) -> list[dict[str, Any]]:
    """The rows of its periods."""
    return [
        {
            "ticket": ticket.id,
            "place": place,
            "state": period.state.value,
            "grp": period.group,
            "window": period.window,
            "staff": period.staff,
            "from_at": period.from_at,
            "to_at": period.to_at,
        }
        for place, period in enumerate(ticket.periods)
    ]


def call_values(ticket: Ticket) -> list[dict[str, Any]]:
    """The rows of its calls and recalls."""
    return [
        {
            "event": one.key,
            "ticket": ticket.id,
            "order": one.order,
            "at": one.at,
            "number": ticket.number,
            "window": one.window,
            "grp": one.group,
        }
        for one in ticket.announced
    ]
