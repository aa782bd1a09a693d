"""The read model of tickets: a row a ticket, its periods and its calls, refreshed with its events."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.prepared import Prepared
from db.schema import ticket_call, ticket_command, ticket_counter, ticket_period, ticket_row
from domain.events.clock import pack
from domain.queue.desk import CallLine, TicketLine
from domain.queue.line import Waiting
from domain.queue.model import LINE_STATES, WINDOW_STATES, EndReason, Ticket, TicketState
from domain.queue.statistics import PeriodFact

_ROW = ticket_row.c
_IN_LINE = tuple(state.value for state in LINE_STATES)
_AT_WINDOW = tuple(state.value for state in WINDOW_STATES)
_STEP_AFTER_RESTORE = 500

# Built once: a call asks ten of them, and putting one together costs as much as asking it.
_OPEN = _ROW.ended_at.is_(None)
_OPEN_DAYS = Prepared(sa.select(_ROW.day).distinct().where(_OPEN))
_HELD = Prepared(sa.select(_ROW.id).where(_OPEN, _ROW.number == sa.bindparam("of_number")).limit(1))
_GIVEN = Prepared(
    sa.select(_ROW.id)
    .where(_ROW.day == sa.bindparam("of_day"), _ROW.number == sa.bindparam("of_number"))
    .limit(1)
)
_HIGHEST = Prepared(
    sa.select(sa.func.coalesce(sa.func.max(_ROW.serial), 0)).where(
        _ROW.day == sa.bindparam("of_day"),
        _ROW.first_group == sa.bindparam("of_group"),
        sa.func.rtrim(_ROW.number, "0123456789") != _ROW.number,  # a window's own end with its letters
    )
)
_OPEN_BEFORE = Prepared(
    sa.select(_ROW.id).where(_OPEN, _ROW.day < sa.bindparam("of_day")).order_by(_ROW.issued_at)
)
_BUSY = Prepared(
    sa.select(_ROW.id)
    .where(_OPEN, _ROW.state.in_(_AT_WINDOW), _ROW.window == sa.bindparam("of_window"))
    .order_by(_ROW.since.desc())
    .limit(1)
)
_LINE = Prepared(
    sa.select(
        _ROW.day,
        _ROW.id,
        _ROW.number,
        _ROW.grp,
        _ROW.priority,
        _ROW.line_at,
        _ROW.since,
        _ROW.came,
        _ROW.target,
    ).where(
        _OPEN,
        _ROW.state.in_(_IN_LINE),
        sa.or_(_ROW.day >= sa.bindparam("oldest_day"), _ROW.since > sa.bindparam("active_after")),
    )
)
_WITH_WINDOWS = Prepared(
    sa.select(ticket_row)
    .where(
        _OPEN,
        _ROW.window != "",
        sa.or_(_ROW.day >= sa.bindparam("oldest_day"), _ROW.since > sa.bindparam("active_after")),
    )
    .order_by(_ROW.came)
)
_OF_COUNTER = sa.and_(
    ticket_counter.c.day == sa.bindparam("of_day"), ticket_counter.c.grp == sa.bindparam("of_group")
)
_COUNTED = Prepared(sa.select(ticket_counter.c.value, ticket_counter.c.incarnation).where(_OF_COUNTER))
_COUNT_UP = Prepared(sa.update(ticket_counter).where(_OF_COUNTER))
_ANSWERED = Prepared(
    sa.select(ticket_command.c.answer).where(ticket_command.c.key == sa.bindparam("of_command"))
)
_CALLS = Prepared(
    sa.select(
        ticket_call.c.event, ticket_call.c.at, ticket_call.c.number, ticket_call.c.window, ticket_call.c.grp
    )
    .where(ticket_call.c.order >= sa.bindparam("stamp"), ticket_call.c.at >= sa.bindparam("since"))
    .order_by(ticket_call.c.order.desc())
    .limit(sa.bindparam("most"))
)
_ISSUED = Prepared(
    sa.select(_ROW.first_group, sa.func.count())
    .where(_ROW.day == sa.bindparam("of_day"))
    .group_by(_ROW.first_group)
)
_FINISHED = (
    sa.select(_ROW.id)
    .where(
        _ROW.grp == sa.bindparam("of_group"),
        _ROW.state == TicketState.FINISHED.value,
        _ROW.time_wrong == 0,
        _ROW.ended_at.is_not(None),
    )
    .order_by(_ROW.ended_at.desc())
    .limit(sa.bindparam("most"))
    .subquery()
)
_RECENT = Prepared(
    sa.select(sa.func.sum(ticket_period.c.to_at - ticket_period.c.from_at).label("busy_ms"))
    .join_from(_FINISHED, ticket_period, ticket_period.c.ticket == _FINISHED.c.id)
    .where(ticket_period.c.state.in_(_AT_WINDOW))
    .group_by(_FINISHED.c.id)
)


_REMEMBER = Prepared(sa.insert(ticket_command))


@dataclass(slots=True)
class _Line:
    """The line as it was read, kept up with what is done: id → day and place of those who wait."""

    oldest_day: str
    active_after: int
    waiting: dict[str, tuple[str, Waiting]]

    def holds(self, oldest_day: str, active_after: int) -> bool:
        """Whether everybody who is asked for was read."""
        return self.oldest_day == oldest_day and self.active_after <= active_after


class Tickets:
    """Reads the queue within one transaction, and counts its numbers.

    The line is read once, since many may be called in one transaction: whoever changes a ticket says so (``moved``).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: _Line | None = None
        self._left_open: tuple[str, list[str]] | None = None

    def moved(self, ticket: Ticket) -> None:
        """``ticket`` is now as its rows say."""
        if self._left_open is not None and ticket.day < self._left_open[0]:
            self._left_open = None
        kept = self._kept
        if kept is None:
            return
        if ticket.state not in LINE_STATES:
            kept.waiting.pop(ticket.id, None)
        elif ticket.day >= kept.oldest_day or ticket.since > kept.active_after:
            kept.waiting[ticket.id] = (ticket.day, _waiting(ticket))

    def forget(self) -> None:
        """Rows have changed otherwise."""
        self._kept = self._left_open = None

    def id_of(self, key: str, days: Iterable[str]) -> str | None:
        """The id of a ticket by id, or by number: an open one first, then the latest of ``days``."""
        query = (
            sa.select(_ROW.id)
            .where(sa.or_(_ROW.id == key, sa.and_(_ROW.number == key.upper(), _ROW.day.in_(list(days)))))
            .order_by(_ROW.ended_at.is_not(None), _ROW.issued_at.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar()

    def is_held(self, number: str) -> bool:
        """Whether an open ticket of any day has this number."""
        return _HELD.ask(self._connection, of_number=number).first() is not None

    def is_given(self, number: str, day: str) -> bool:
        """Whether a ticket of ``day`` has this number."""
        return _GIVEN.ask(self._connection, of_number=number, of_day=day).first() is not None

    def open_days(self) -> list[str]:
        """Days that still have open tickets."""
        return [row.day for row in _OPEN_DAYS.ask(self._connection)]

    def line(self, oldest_day: str, active_after: int) -> list[Waiting]:
        """Who may be called: of ``oldest_day`` or later, or of an earlier day but moved after ``active_after``."""
        kept = self._kept
        if kept is None or not kept.holds(oldest_day, active_after):
            rows = _LINE.ask(self._connection, oldest_day=oldest_day, active_after=active_after).all()
            kept = _Line(oldest_day, active_after, {row[1]: (row[0], Waiting(*row[1:])) for row in rows})
            self._kept = kept
        return [one for day, one in kept.waiting.values() if day >= oldest_day or one.since > active_after]

    def at_window(self, window: str) -> str | None:
        """The id of the ticket that ``window`` is busy with."""
        return _BUSY.ask(self._connection, of_window=window).scalar()

    def open_before(self, day: str) -> list[str]:
        """Open tickets of days before ``day``."""
        if self._left_open is None or self._left_open[0] != day:
            self._left_open = (day, [row.id for row in _OPEN_BEFORE.ask(self._connection, of_day=day)])
        return list(self._left_open[1])

    def with_windows(self, oldest_day: str, active_after: int) -> list[TicketLine]:
        """Open tickets that a window has: called, served or held; days as in ``line``."""
        known = {"oldest_day": oldest_day, "active_after": active_after}
        return [_line(row) for row in _WITH_WINDOWS.ask(self._connection, **known).mappings()]

    def lines(
        self,
        *,
        day: str | None = None,
        group: str | None = None,
        open_only: bool = False,
        by_line: bool = False,
        active_after: int | None = None,
    ) -> list[TicketLine]:
        """Tickets as lists show them, by time of issue, or in the order of the line with those in line alone.

        With ``active_after``, ``day`` is the earliest, and open tickets that moved since then are taken, too.
        """
        query = sa.select(ticket_row)
        if day is not None:
            matches = _ROW.day == day
            if active_after is not None:
                matches = sa.or_(_ROW.day >= day, _ROW.since > active_after)
            query = query.where(matches)
        if group:
            query = query.where(_ROW.grp == group)
        if open_only or by_line:
            query = query.where(_ROW.ended_at.is_(None))
        if by_line:
            query = query.where(_ROW.state.in_(_IN_LINE)).order_by(_ROW.line_at, _ROW.came)
        query = query.order_by(_ROW.came)
        return [_line(row) for row in self._connection.execute(query).mappings()]

    def calls(self, limit: int, since: int) -> list[CallLine]:
        """The latest calls and recalls, newest first, none earlier than ``since``."""
        # An event's stamp never lies before its time, so the stamps bound what has to be read.
        known = {"since": since, "stamp": pack(since, 0), "most": limit}
        return [CallLine(*row) for row in _CALLS.ask(self._connection, **known)]

    def prefixes_since(self, day: str) -> set[tuple[str, str]]:
        """(prefix, group) of the numbers given out on ``day`` and later."""
        prefix = sa.func.rtrim(_ROW.number, "0123456789")
        query = sa.select(prefix, _ROW.first_group).distinct().where(_ROW.day >= day)
        return {(str(row[0]), str(row[1])) for row in self._connection.execute(query)}

    def issued_of(self, day: str) -> dict[str, int]:
        """Group → numbers given out on ``day``."""
        return {group: int(count) for group, count in _ISSUED.ask(self._connection, of_day=day)}

    def recent_services(self, group: str, limit: int) -> list[int]:
        """Seconds a window was busy with each of the last visits of ``group``, newest first; doubtful ones left out."""
        rows = _RECENT.ask(self._connection, of_group=group, most=limit)
        return [int(row.busy_ms) // 1000 for row in rows]

    def periods(self, first_day: str, last_day: str) -> list[PeriodFact]:
        """All periods of tickets of these days."""
        columns = ticket_period.c
        query = (
            sa.select(
                columns.ticket,
                _ROW.number,
                _ROW.day,
                columns.state,
                columns.grp.label("group"),
                columns.window,
                columns.staff,
                columns.from_at,
                columns.to_at,
                (_ROW.time_wrong == 1).label("time_wrong"),
            )
            .join_from(ticket_period, ticket_row, _ROW.id == columns.ticket)
            .where(_ROW.day >= first_day, _ROW.day <= last_day)
            .order_by(columns.ticket, columns.place)
        )
        return [PeriodFact(**row) for row in self._connection.execute(query).mappings()]

    def count_up(self, day: str, group: str, incarnation: int, *, began_on: str) -> int:
        """The next serial of ``group`` on ``day``; ``began_on`` is the day on which a later incarnation began, or "".

        A store that was restored or copied within a day, or took over from another hub, does not know what was given
        out since: from then on its numbers begin at the next five hundred.
        """
        known = {"of_day": day, "of_group": group}
        row = _COUNTED.ask(self._connection, **known).one_or_none()
        if row is None:
            value = 1 + (_next_step(self._highest(day, group)) if began_on == day else 0)
            values = {"day": day, "grp": group, "value": value, "incarnation": incarnation}
            self._connection.execute(sa.insert(ticket_counter), values)
            return value
        value = int(row.value)
        if row.incarnation != incarnation:
            value = _next_step(max(value, self._highest(day, group)))
        value += 1
        _COUNT_UP.ask(self._connection, **known, value=value, incarnation=incarnation)
        return value

    def _highest(self, day: str, group: str) -> int:
        """The highest serial of the hall's own numbers that is known of."""
        return int(_HIGHEST.ask(self._connection, of_day=day, of_group=group).scalar_one())

    def answered(self, command: str) -> tuple[str | None] | None:
        """What a command that was carried out before has answered; None where it was not."""
        row = _ANSWERED.ask(self._connection, of_command=command).one_or_none()
        return None if row is None else (row.answer,)

    def remember(self, command: str, answer: str | None, now_ms: int) -> None:
        """Keep the answer of a command."""
        _REMEMBER.ask(self._connection, key=command, answer=answer, at=now_ms)

    def forget_commands(self, before: int) -> None:
        """Let go of answers nobody will ask for again."""
        self._connection.execute(sa.delete(ticket_command).where(ticket_command.c.at < before))


def _waiting(ticket: Ticket) -> Waiting:
    return Waiting(
        ticket.id,
        ticket.number,
        ticket.group,
        ticket.priority,
        ticket.line_at,
        ticket.since,
        ticket.came,
        ticket.target,
    )


def _next_step(value: int) -> int:
    return (value // _STEP_AFTER_RESTORE + 1) * _STEP_AFTER_RESTORE


def _line(row: sa.RowMapping) -> TicketLine:
    return TicketLine(
        id=row["id"],
        day=row["day"],
        number=row["number"],
        group=row["grp"],
        state=TicketState(row["state"]),
        priority=row["priority"],
        issued_at=row["issued_at"],
        line_at=row["line_at"],
        since=row["since"],
        window=row["window"],
        staff=row["staff"],
        target=row["target"],
        recalls=row["recalls"],
        appointment_at=row["appointment_at"],
        ended_at=row["ended_at"],
        end_reason=EndReason(row["end_reason"]) if row["end_reason"] else None,
        uscc=row["uscc"],
        name=row["name"],
        cases=tuple(row["cases"].split()),
        time_wrong=bool(row["time_wrong"]),
    )
