"""Rows of enterprises made anew from what is left: after an erasure none may hold whom an erased record named."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.event_log import EventLog
from db.rows import enterprise_records, enterprise_rows, full_text
from db.schema import case_row, enterprise, enterprise_stream
from domain.cases.fold import fold_case

_NEWEST = 20
"""Cases looked through for a contact."""
_BY_NAME = "name:"


def renew(connection: Connection, log: EventLog, key: str, now_ms: int) -> None:
    """Make the row of the enterprise ``key`` (see ``enterprise_id``) from its cases and its streams."""
    row = connection.execute(sa.select(enterprise.c.rowid_).where(enterprise.c.id == key)).scalar()
    if row is not None:
        full_text.forget(connection, full_text.ENTERPRISES, int(row))
        connection.execute(sa.delete(enterprise).where(enterprise.c.rowid_ == row))
    c = case_row.c
    name = key.removeprefix(_BY_NAME)
    where = (c.uscc.is_(None), c.applicant == name) if key.startswith(_BY_NAME) else (c.uscc == key,)
    if key != _BY_NAME:
        newest = sa.select(c.id).where(*where).order_by(c.accepted_at.desc(), c.rowid_.desc()).limit(_NEWEST)
        for case_id in reversed(connection.execute(newest).scalars().all()):
            case = fold_case(log.stream(case_id))
            if case is not None:
                enterprise_rows.refresh(connection, [case], {case.id})
        count = connection.execute(
            sa.select(sa.func.count()).select_from(case_row).where(*where)
        ).scalar_one()
        connection.execute(sa.update(enterprise).where(enterprise.c.id == key).values(cases=int(count)))
    stream = connection.execute(
        sa.select(enterprise_stream.c.stream).where(enterprise_stream.c.uscc == key).limit(1)
    ).scalar()
    if stream is not None:
        enterprise_records.refresh(connection, log, stream, log.stream(stream), now_ms)
