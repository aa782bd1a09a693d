"""Reading a chain so that it can be sent on, and keeping what the other side would not have."""

from collections.abc import Generator
from heapq import merge
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import insert_rows
from db.log.chains import ChainId, of_chain
from db.log.ingest import REFUSED
from db.schema import event, event_private
from db.schema.sync import held_event

Sendable = tuple[int, bytes, bytes | None, bytes | None]
"""Seq, body, salt and private part of an event; the last two are None where there is no private part (any more)."""

_AT_ONCE = 250
_COLUMNS = (event.c.seq, event.c.body, event_private.c.salt, event_private.c.body.label("private"))
_STORED = sa.select(*_COLUMNS, event.c.hash).join_from(
    event, event_private, event_private.c.event == event.c.id, isouter=True
)


def in_a_row(connection: Connection, chain: ChainId, after: int, to: int, limit: int) -> Generator[Sendable]:
    """Events of a chain after ``after``, without a gap and at most ``limit``, those that were refused here among them.

    To be closed: it holds a cursor.
    """
    e, h = event.c, held_event.c
    stored = (
        _STORED.with_only_columns(*_COLUMNS)
        .where(*of_chain(event, chain), e.seq > after, e.seq <= to)
        .order_by(e.seq)
        .limit(limit)
    )
    held = sa.select(h.seq, h.body, h.salt, h.private).where(
        *of_chain(held_event, chain), h.seq > after, h.seq <= to
    )
    apart = connection.execute(held.order_by(h.seq)).all()
    end = after
    with connection.execute(stored.execution_options(yield_per=_AT_ONCE)) as rows:
        for seq, body, salt, private in merge(rows, apart, key=itemgetter(0)) if apart else rows:
            # What stands in both is stored: it was let in.
            if seq == end and end > after:
                continue
            if seq != end + 1 or end == after + limit:
                return
            end = seq
            yield seq, body, salt, private


def keep_refused(connection: Connection, chain: ChainId, seq: int, reason: str, now_ms: int) -> None:
    """The upstream would not have an event: told to a person, who has what was typed here."""
    query = _STORED.where(*of_chain(event, chain), event.c.seq == seq)
    row = connection.execute(query).one_or_none()
    if row is None:
        return
    columns = ("device", "incarnation", "branch", "seq", "body", "salt", "private", "hash", "state", "reason",
               "held_at")  # fmt: skip
    values = (*chain, seq, row.body, row.salt, row.private, row.hash or b"", REFUSED, reason, now_ms)
    insert_rows(connection, held_event, columns, [values], skip_known=True)
