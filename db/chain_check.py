"""Whether the event log is whole and the read models agree with it."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import of_chain
from db.log.event_log import EventLog
from db.log.log_check import broken_chains, broken_logs
from db.rows import case_rows, supervision_rows, ticket_refresh
from db.schema import case_row, event, ticket_row
from domain.cases.fold import fold_case
from domain.events.event import genesis, read_body
from domain.queue.fold import BIRTH, fold_ticket


def broken(connection: Connection) -> Iterator[str]:
    """A word and a place for whatever does not fit: links of a chain, its head, private parts, rows of cases."""
    log = EventLog(connection)
    for device, incarnation, seq in broken_chains(connection):
        yield f"chain {device}/{incarnation}/{seq}"
    yield from _head(connection, log)
    for scope, pos in broken_logs(connection):
        yield f"log {scope}/{pos}"
    for event_id in log.private_mismatches():
        yield f"private {event_id}"
    yield from _rows(connection, log)
    yield from _tickets(connection, log)


def _head(connection: Connection, log: EventLog) -> Iterator[str]:
    if not log.is_opened:
        return
    node = log.node
    own = sa.and_(*of_chain(event, (node.device, node.incarnation, 0)))
    last = connection.execute(
        sa.select(event.c.seq, event.c.hash).where(own).order_by(event.c.seq.desc()).limit(1)
    ).one_or_none()
    if (node.seq, node.head) != (tuple(last) if last else (0, genesis(node.device, node.incarnation))):
        yield f"head {node.device}/{node.incarnation}/{node.seq}"


def _rows(connection: Connection, log: EventLog) -> Iterator[str]:
    """Every case folded again and held against its row, and no row without its case."""
    accepted = sa.select(event.c.stream).where(event.c.kind == "case_accepted", event.c.stream == event.c.id)
    streams = {row[0] for row in connection.execute(accepted)}
    rows = {row[0] for row in connection.execute(sa.select(case_row.c.id))}
    for case_id in sorted(rows - streams):
        yield f"row without events {case_id}"
    for case_id in sorted(streams):
        case = fold_case(log.stream(case_id))
        if case is not None and not case_rows.agrees(connection, case):
            yield f"row {case_id}"
        elif case is not None and not supervision_rows.agrees(connection, case):
            yield f"supervision {case_id}"


def _tickets(connection: Connection, log: EventLog) -> Iterator[str]:
    """Every ticket folded again and held against its rows, and no row without its ticket."""
    issued = sa.select(event.c.stream, event.c.body).where(
        event.c.kind == BIRTH, event.c.stream == event.c.id
    )
    sites = {row.stream: read_body(bytes(row.body)).site for row in connection.execute(issued)}
    rows = {row.id for row in connection.execute(sa.select(ticket_row.c.id))}
    for ticket_id in sorted(rows - set(sites)):
        yield f"ticket without events {ticket_id}"
    for ticket_id in sorted(sites):
        ticket = fold_ticket(log.stream(ticket_id))
        if ticket is not None and not ticket_refresh.agrees(connection, ticket, sites[ticket_id]):
            yield f"ticket {ticket_id}"
