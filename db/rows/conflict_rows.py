"""The list of what does not fit any more in the records that were folded."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.row_sets import insert_all, rows_of
from db.schema import conflict


def refresh(connection: Connection, stream: str, unfit: Mapping[str, str], found_at: int) -> None:
    """``refresh_all`` for one record."""
    refresh_all(connection, {stream: unfit}, found_at)


def refresh_all(connection: Connection, unfit: Mapping[str, Mapping[str, str]], found_at: int) -> None:
    """List what does not fit any more; what a late event has made fit again leaves the list.

    ``unfit`` is record → event → code. For an enterprise, whose streams are folded together, its credit code is the
    record.
    """
    listed: dict[str, set[str]] = {}
    for stream, event in rows_of(connection, conflict, ("stream", "event"), "stream", unfit):
        listed.setdefault(stream, set()).add(event)
    new: list[dict[str, Any]] = []
    for stream, codes in unfit.items():
        known = listed.get(stream, set())
        for event in known - set(codes):
            gone = sa.delete(conflict).where(conflict.c.event == event, conflict.c.decided_at.is_(None))
            connection.execute(gone)
        new += [
            {"event": event, "stream": stream, "code": code, "found_at": found_at}
            for event, code in codes.items()
            if event not in known
        ]
    insert_all(connection, conflict, new)
