"""Erasures that have been folded here and of which files, free pages and backups may still hold something."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.erasing import files_named
from db.schema import attachment, case_row, event
from db.schema.erasing import erased_event, erasure
from domain.erasure import erasure_in
from domain.events.event import read_body


@dataclass(frozen=True, slots=True)
class Due:
    """``numbers`` of cases whose papers may lie in the home; ``files`` (SHA-256) that may lie there in part."""

    erasures: tuple[str, ...]
    numbers: tuple[str, ...]
    files: tuple[str, ...]


def due(connection: Connection) -> Due | None:
    """What is to be cleaned up; None where nothing is. What has not been folded yet is not due yet."""
    query = (
        sa.select(event.c.id, event.c.body)
        .join(erasure, erasure.c.event == event.c.id)
        .where(erasure.c.folded_at.is_not(None), erasure.c.cleaned_at.is_(None))
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    told = [erasure_in(read_body(bytes(row.body))) for row in rows]
    streams = [stream for one in told if one is not None for stream in one.streams]
    numbers = [
        number
        for stream in streams
        for number in connection.execute(
            sa.select(case_row.c.number).where(case_row.c.id == stream)
        ).scalars()
    ]
    ids = tuple(row.id for row in rows)
    gone = sa.select(erased_event.c.event).where(erased_event.c.by.in_(ids))
    living = set(connection.execute(sa.select(attachment.c.sha256)).scalars())
    files = sorted(set(files_named(connection, connection.execute(gone).scalars().all())) - living)
    return Due(ids, tuple(numbers), tuple(files))


def done(connection: Connection, one: Due, now_ms: int) -> None:
    """Nothing of it is left anywhere here."""
    c = erasure.c
    connection.execute(sa.update(erasure).where(c.event.in_(one.erasures)).values(cleaned_at=now_ms))
