"""The rows of tickets: as their events say, one at a time or all at once, late or malformed; and found by indexes."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import chain_check
from db.rows.ticket_refresh import agrees
from db.schema import conflict, ticket_call, ticket_period, ticket_row
from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue.desk import TicketOrder
from domain.queue.fold import TICKET_KINDS, fold_on, fold_ticket
from domain.queue.hall import HALL_KINDS
from domain.queue.model import Visitor
from services.queue import hall, tickets
from services.station import Station
from tests.db.rows import arrive
from tests.fixed import NAME, USCC, WEDNESDAY, FixedClock

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_NAMES = "at day group number serial source priority line_at appointment_at uscc name window reason outcome text wrong"
_DOCUMENTS = st.dictionaries(
    st.sampled_from([*_NAMES.split(), "ended_at", "time_wrong", "case"]), _JSON, max_size=5
)


def within(station: Station, work: Callable[[UnitOfWork], Any]) -> Any:
    """``work`` in one unit of work."""
    return station.call(lambda uow, clock, actor: work(uow))


def rows_of(uow: UnitOfWork) -> dict[str, list[tuple[Any, ...]]]:
    """All that the tables say of tickets."""
    tables = (ticket_row, ticket_period, ticket_call, conflict)
    ordered = {table.name: sa.select(table).order_by(*table.primary_key) for table in tables}
    return {name: [tuple(row) for row in uow.connection.execute(query)] for name, query in ordered.items()}


def visit(station: Station, clock: FixedClock) -> str:
    """A ticket that went through nearly everything."""
    order = TicketOrder(group="A", visitor=Visitor(USCC, NAME))
    ticket = station.call(tickets.issue_ticket, order).ticket
    steps: list[tuple[Any, ...]] = [
        (tickets.call_ticket, "1"),
        (tickets.recall_ticket,),
        (tickets.miss_ticket,),
        (tickets.resume_ticket,),
        (tickets.call_ticket, "2"),
        (tickets.serve_ticket,),
        (tickets.transfer_ticket, "B"),
        (tickets.leave_ticket,),
        (tickets.resume_ticket,),
        (tickets.call_ticket, "3"),
        (tickets.hold_ticket,),
        (tickets.resume_ticket,),
        (tickets.finish_ticket,),
    ]
    for service, *more in steps:
        clock.move(ms=7_000)
        station.call(service, ticket.id, *more)
    return ticket.id


def test_one_event_at_a_time_leaves_what_all_at_once_would(station: Station, clock: FixedClock) -> None:
    ticket = visit(station, clock)
    before = within(station, rows_of)
    within(station, lambda uow: uow.refold([ticket], clock.now_ms()))
    assert within(station, rows_of) == before
    assert within(station, lambda uow: agrees(uow.connection, uow.ticket(ticket), uow.events.node.site))
    assert len(before["ticket_period"]) == 12
    assert [row[-1] for row in sorted(before["ticket_call"], key=lambda row: row[2])] == ["A", "A", "A", "B"]


def test_a_row_that_was_changed_does_not_agree(station: Station, clock: FixedClock) -> None:
    ticket = visit(station, clock)

    def spoiled(uow: UnitOfWork, table: sa.Table, **values: Any) -> bool:
        uow.connection.execute(sa.update(table).values(**values))
        said = agrees(uow.connection, uow.ticket(ticket), uow.events.node.site)
        uow.refold([ticket], WEDNESDAY)
        assert agrees(uow.connection, uow.ticket(ticket), uow.events.node.site)
        return said

    assert not within(station, lambda uow: spoiled(uow, ticket_row, window="9"))
    assert not within(station, lambda uow: spoiled(uow, ticket_period, to_at=5))
    assert not within(station, lambda uow: spoiled(uow, ticket_call, event=ticket_call.c.event + "x"))


def test_the_doctor_holds_tickets_against_their_events(station: Station, clock: FixedClock) -> None:
    ticket = visit(station, clock)
    issued = station.call(tickets.issue_ticket, TicketOrder(group="B")).ticket.id

    def found(uow: UnitOfWork, *changes: sa.Update | sa.Delete | sa.Insert) -> list[str]:
        for change in changes:
            uow.connection.execute(change)
        return list(chain_check.broken(uow.connection))

    assert within(station, found) == []
    moved = sa.update(ticket_row).where(ticket_row.c.id == ticket).values(window="9")
    assert within(station, lambda uow: found(uow, moved)) == [f"ticket {ticket}"]
    renamed = sa.update(ticket_row).where(ticket_row.c.id == issued).values(id="nobody")
    told = within(station, lambda uow: found(uow, renamed))
    assert told == ["ticket without events nobody", *sorted(f"ticket {one}" for one in (ticket, issued))]


def test_in_one_transaction_a_ticket_is_what_was_last_done(station: Station) -> None:
    ticket = station.call(tickets.issue_ticket, TicketOrder(group="A")).ticket

    def twice(uow: UnitOfWork) -> list[str]:
        states = [uow.ticket(ticket.id).state.value]
        for kind, payload in (("ticket_called", {"window": "1"}), ("ticket_serving", {})):
            uow.append(ticket.id, [NewEvent(kind, payload)], actor="x", now_ms=WEDNESDAY)
            states.append(uow.ticket(ticket.id).state.value)
        arrive(uow, ticket.id, "ticket_held", {}, at=50)
        return [*states, uow.ticket(ticket.id).state.value]

    assert within(station, twice) == ["waiting", "called", "serving", "held"]


def test_what_is_kept_within_a_transaction_is_what_is_stored(station: Station) -> None:
    """Text is stored in NFC, so a name typed otherwise must not be two names for a moment."""
    order = TicketOrder(group="A", visitor=Visitor("", "Cafe\u0301"))
    told = station.call(tickets.issue_ticket, order).ticket.visitor.name
    assert told == "Caf\u00e9"


def test_two_windows_events_meet_in_any_order(station: Station, clock: FixedClock) -> None:
    """Two stations called the same ticket while apart: the earlier wins everywhere, the later is listed."""
    ticket = station.call(tickets.issue_ticket, TicketOrder(group="A")).ticket
    clock.move(ms=100)
    station.call(tickets.call_ticket, ticket.id, "1")
    within(station, lambda uow: arrive(uow, ticket.id, "ticket_called", {"window": "5"}, at=200))
    assert within(station, lambda uow: uow.ticket(ticket.id).window) == "1"
    within(station, lambda uow: arrive(uow, ticket.id, "ticket_called", {"window": "6"}, at=50))

    def seen(uow: UnitOfWork) -> tuple[Any, ...]:
        calls = uow.connection.execute(sa.select(ticket_call.c.window)).scalars().all()
        codes = uow.connection.execute(sa.select(conflict.c.code)).scalars().all()
        return (
            uow.ticket(ticket.id).window,
            calls,
            codes,
            agrees(uow.connection, uow.ticket(ticket.id), site(uow)),
        )

    assert within(station, seen) == ("6", ["6"], ["was_called", "was_called"], True)


def site(uow: UnitOfWork) -> str:
    return uow.events.node.site


def test_the_line_in_mind_is_the_line_in_the_rows(station: Station, clock: FixedClock) -> None:
    """Whatever is done with tickets in one transaction, of today and of a day before that goes on."""
    station.call(tickets.issue_ticket, TicketOrder(group="A"))
    clock.move(hours=16)

    def kept(uow: UnitOfWork) -> tuple[set[Any], set[Any], list[str]]:
        asked = (tickets.today_of(uow, clock.now_ms()), clock.now_ms() - 20 * 3_600_000)
        told = set(uow.tickets.line(*asked)), uow.tickets.open_before(asked[0])
        uow.tickets.forget()
        assert uow.tickets.open_before(asked[0]) == told[1]
        return told[0], set(uow.tickets.line(*asked)), told[1]

    def play(uow: UnitOfWork) -> None:
        actor, line = station.actor, kept(uow)
        assert len(line[0]) == len(line[2]) == 1
        steps: list[tuple[Any, ...]] = [
            (tickets.issue_ticket, TicketOrder(group="A")),
            (tickets.issue_ticket, TicketOrder(group="B")),
            (tickets.call_next, "1"),
            (tickets.miss_ticket, "A001"),
            (tickets.resume_ticket, "A001"),
            (tickets.transfer_ticket, "B001", "A"),
            (tickets.leave_ticket, "B001"),
            (tickets.resume_ticket, "B001"),
            (tickets.call_next, "1"),
            (tickets.call_next, "2"),
            (tickets.finish_ticket, "A001"),
        ]
        for service, *more in steps:
            clock.move(ms=1000)
            service(uow, clock, actor, *more)
            uow.tickets.line(tickets.today_of(uow, clock.now_ms()), clock.now_ms() - 20 * 3_600_000)
            in_mind, in_rows, _ = kept(uow)
            assert in_mind == in_rows

    within(station, play)


def test_a_line_that_is_not_kept_up_would_be_noticed(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: whoever was called stands in the line still."""
    monkeypatch.setattr("db.rows.ticket_rows.Tickets.moved", lambda self, ticket: None)
    with pytest.raises((AssertionError, AppError)):
        test_the_line_in_mind_is_the_line_in_the_rows(station, clock)


def test_folding_on_is_folding_all(station: Station, clock: FixedClock) -> None:
    """Cut anywhere, in order or not."""
    ticket = visit(station, clock)
    events = sorted(within(station, lambda uow: uow.events.stream(ticket)), key=lambda one: one.fold_key)
    whole = fold_ticket(events)
    for place in range(1, len(events)):
        before, after = events[:place], events[place:]
        assert fold_on(fold_ticket(before), before, after) == whole
        assert fold_on(fold_ticket([events[0], *after]), [events[0], *after], before[1:] or [events[0]]) == (
            fold_ticket([events[0], *after, *(before[1:] or [events[0]])])
        )


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(TICKET_KINDS | HALL_KINDS | {"case_answered", "ticket_of_tomorrow"})),
            st.integers(0, 2),
            _DOCUMENTS,
        ),
        max_size=6,
    )
)
def test_whatever_arrives_is_folded_and_kept(station: Station, arrived: list[tuple[str, int, Any]]) -> None:
    def play(uow: UnitOfWork) -> None:
        ticket = tickets.issue_ticket(uow, FixedClock(), station.actor, TicketOrder(group="A")).ticket
        day = hall.open_window(uow, FixedClock(), station.actor, "1")
        for place, (kind, version, payload) in enumerate(arrived, start=1):
            arrive(uow, ticket.id, kind, payload, at=place, version=version)
            arrive(uow, day.stream, kind, payload, at=1000 + place, version=version)
        folded = uow.ticket(ticket.id)
        assert agrees(uow.connection, folded, uow.events.node.site)
        assert fold_ticket(reversed(uow.events.stream(ticket.id))) == folded
        assert uow.hall_days.get(day.day, uow.events.node.site) is not None
        raise RollBackError

    with pytest.raises(RollBackError):
        within(station, play)


class RollBackError(Exception):
    """Ends an example without a trace."""


def test_a_fold_that_is_not_total_would_be_noticed(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: a step that trusts its payload."""
    ticket = station.call(tickets.issue_ticket, TicketOrder(group="A")).ticket
    broken = {"ticket_called": lambda ticket, event, payload, at: payload["window"].strip() and ticket}
    monkeypatch.setattr("domain.queue.fold._STEPS", broken)
    with pytest.raises(AttributeError):
        within(station, lambda uow: arrive(uow, ticket.id, "ticket_called", {"window": 5}))


def test_old_tickets_are_never_read_through(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question of a call, of the line, of the displays and of the ticket machine goes by an index."""
    station.call(tickets.issue_ticket, TicketOrder(group="A"))
    station.call(tickets.call_next, "1")

    def plans(uow: UnitOfWork) -> list[str]:
        asked: list[tuple[str, Any]] = []
        watch = lambda c, cursor, statement, parameters, *more: asked.append((statement, parameters))  # noqa: E731
        sa.event.listen(uow.connection, "before_cursor_execute", watch)
        uow.tickets.at_window("1")
        uow.tickets.line("2026-11-18", WEDNESDAY)
        uow.tickets.open_days()
        uow.tickets.open_before("2026-11-18")
        uow.tickets.with_windows("2026-11-18", WEDNESDAY)
        uow.tickets.lines(day="2026-11-18", by_line=True, active_after=WEDNESDAY)
        uow.tickets.lines(day="2026-11-18")
        uow.tickets.issued_of("2026-11-18")
        uow.tickets.recent_services("A", 20)
        uow.tickets.calls(30, WEDNESDAY)
        uow.tickets.id_of("A001", ["2026-11-18"])
        uow.tickets.periods("2026-11-18", "2026-11-18")
        sa.event.remove(uow.connection, "before_cursor_execute", watch)
        told = []
        for statement, parameters in asked:
            rows = uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            told += [row[3] for row in rows]
        return told

    told = within(station, plans)
    assert len([line for line in told if "USING" in line]) >= 12
    assert [line for line in told if line.startswith("SCAN ticket")] == []
