"""Old closed cases of a window (24 个月以前): their private parts go here and stay at the centre, which has all.

Events stay, since chains and digests are reckoned from them; so does the row of a case with its number, states and
times, by which it is counted and found again. What one wants to read is fetched, and goes again after a while. Files
of such cases go, too, where they are above and no other case names them; they are fetched as somebody opens them.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import in_parts, insert_rows
from db.files.file_transfers import KIND, Direction
from db.log.erasing import files_named
from db.rows.sync_rows import waiting_streams
from db.schema import attachment, case_row, event, event_private, print_snapshot
from db.schema.erasing import erased_event, retired_case
from db.schema.sync import file_transfer
from domain.events.event import private_hash, read_body

_c, _r = case_row.c, retired_case.c


def old_cases(connection: Connection, closed_before: int, fetched_before: int, limit: int) -> list[str]:
    """Cases closed before then and confirmed from above whose private parts are here, the oldest first.

    One that was fetched stays until ``fetched_before``, one whose files are on their way up until they are there.
    """
    f = file_transfer.c
    going_up = sa.select(f.stream).where(f.direction == Direction.UP, f.done_at.is_(None), f.failure == "")
    here = sa.select(_r.id).where(sa.or_(_r.back_at.is_(None), _r.back_at >= fetched_before))
    query = (
        sa.select(_c.id)
        .where(_c.closed_at < closed_before, _c.id.not_in(here), _c.id.not_in(going_up))
        .where(_c.id.not_in(waiting_streams(connection)))
        .order_by(_c.closed_at)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def retire(connection: Connection, cases: Sequence[str], now_ms: int) -> None:
    """Drop what is private of ``cases``; their rows are to be folded again."""
    if not cases:
        return
    events = sa.select(event.c.id).where(event.c.stream.in_(cases))
    connection.execute(sa.delete(event_private).where(event_private.c.event.in_(events)))
    connection.execute(sa.delete(print_snapshot).where(print_snapshot.c.stream.in_(cases)))
    connection.execute(sa.delete(retired_case).where(_r.id.in_(cases)))
    connection.execute(sa.insert(retired_case), [{"id": one, "retired_at": now_ms} for one in cases])
    _let_files_go(connection, list(connection.execute(events.where(event.c.kind == KIND)).scalars()))


def _let_files_go(connection: Connection, events: Sequence[str]) -> None:
    """Drop the rows, and so the keys, of files that ``events`` name, that are above, and that no case needs here."""
    gone = set(files_named(connection, events))
    if not gone:
        return
    f = file_transfer.c
    above = sa.select(f.sha256).where(f.done_at.is_not(None), f.failure == "")
    gone &= set(connection.execute(above).scalars())
    kept = sa.select(event.c.id).where(
        event.c.kind == KIND, event.c.stream.not_in(sa.select(_r.id).where(_r.back_at.is_(None)))
    )
    gone -= set(files_named(connection, connection.execute(kept).scalars().all()))
    for part in in_parts(sorted(gone)):
        connection.execute(sa.delete(attachment).where(attachment.c.sha256.in_(part)))
        connection.execute(sa.delete(file_transfer).where(f.sha256.in_(part)))


def is_retired(connection: Connection, case: str) -> bool:
    """Whether the private parts of ``case`` lie at the centre alone."""
    return connection.execute(sa.select(_r.id).where(_r.id == case, _r.back_at.is_(None))).first() is not None


def private_parts(connection: Connection, case: str) -> list[tuple[str, bytes, bytes]]:
    """(event, salt, private part) of all that is here of ``case``."""
    p = event_private.c
    query = (
        sa.select(p.event, p.salt, p.body).join(event, event.c.id == p.event).where(event.c.stream == case)
    )
    rows = connection.execute(query.order_by(event.c.pos))
    return [(row.event, bytes(row.salt), bytes(row.body)) for row in rows]


def bring_back(
    connection: Connection, case: str, parts: Mapping[str, tuple[bytes, bytes]], now_ms: int
) -> int:
    """Keep the parts that fit the events which are here; how many. Event → (salt, private part)."""
    query = sa.select(event.c.id, event.c.body).where(
        event.c.stream == case, event.c.id.not_in(sa.select(erased_event.c.event))
    )
    rows = [
        (one, *parts[one])
        for one, body in connection.execute(query).all()
        if one in parts and read_body(bytes(body)).private_hash == private_hash(*parts[one])
    ]
    insert_rows(connection, event_private, ("event", "salt", "body"), rows, skip_known=True)
    connection.execute(sa.update(retired_case).where(_r.id == case).values(back_at=now_ms))
    return len(rows)
