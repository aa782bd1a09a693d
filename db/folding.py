"""Bringing read models up to date with events that came from elsewhere, a few streams a transaction."""

import sqlalchemy as sa

from db.schema_sync import unfolded
from db.unit_of_work import UnitOfWork


def fold_some(uow: UnitOfWork, limit: int, now_ms: int) -> int:
    """Fold up to ``limit`` streams that lag; how many there were. Several processes may do this at once."""
    query = sa.select(unfolded.c.stream).order_by(unfolded.c.stream).limit(limit)
    streams = list(uow.connection.execute(query.with_for_update(skip_locked=True)).scalars())
    if streams:
        uow.connection.execute(sa.delete(unfolded).where(unfolded.c.stream.in_(streams)))
        uow.refold(streams, now_ms)
    return len(streams)


def lagging(uow: UnitOfWork) -> int:
    """How many streams wait to be folded."""
    return int(uow.connection.execute(sa.select(sa.func.count()).select_from(unfolded)).scalar_one())
