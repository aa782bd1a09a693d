"""Making a window's store, copied, the store of a node of its own: who it was is forgotten, what it knows stays."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import Chains
from db.log.ingest import Ingest
from db.log.showing import Placed
from db.node import Node, load_node
from db.schema import (
    device_secret,
    draft,
    event,
    node,
    outbox,
    registry_question,
    replay_mark,
    sign_in_failure,
    ticket_command,
    ticket_counter,
)
from db.schema.sync import (
    chain,
    device_seen,
    enrol_code,
    file_transfer,
    scope_entry,
    scope_head,
    server_secret,
    stream_scope,
    upstream,
    upstream_cursor,
    upstream_mark,
)
from domain.events.event import read_body

_BATCH = 1_000
_OF_THE_NODE = (
    device_secret,
    draft,
    outbox,
    registry_question,
    replay_mark,
    sign_in_failure,
    ticket_command,
    ticket_counter,
    device_seen,
    enrol_code,
    file_transfer,
    scope_entry,
    scope_head,
    server_secret,
    stream_scope,
    upstream,
    upstream_cursor,
    upstream_mark,
    node,
)


def forget_who_it_was(connection: Connection) -> Node:
    """Take out all that belongs to the node itself, which is given back; its chain is one of many from now on."""
    was = load_node(connection)
    assert was is not None
    Chains(connection).put_own((was.device, was.incarnation, 0), was.seq, was.head)
    for table in _OF_THE_NODE:
        connection.execute(sa.delete(table))
    connection.execute(sa.update(chain).values(upstream_seq=0))
    return was


def show_all(connection: Connection, ingest: Ingest, now_ms: int) -> int:
    """Enter every stored event in the logs of the scopes that see it, in the order it came here; how many."""
    c, count, after = event.c, 0, 0
    connection.execute(sa.update(event).where(c.received_at.is_(None)).values(received_at=now_ms))
    while True:
        query = sa.select(c.pos, c.body, c.received_at).where(c.pos > after).order_by(c.pos).limit(_BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return count
        placed = [
            Placed(read_body(bytes(body)), int(pos), hashlib.sha256(bytes(body)).digest(), int(stamp))
            for pos, body, stamp in rows
        ]
        ingest.showing.enter(placed)
        count, after = count + len(rows), int(rows[-1].pos)
