"""Memory of accepted presentations in the store: across restarts, shared by all processes that use it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import replay_mark


class ReplayMarks:
    """``domain.codes.replay.ReplayMemory`` within one writing transaction, whose lock makes ``remember`` atomic."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(self, mark: bytes, until_ms: int) -> bool:
        """Keep ``mark`` until ``until_ms``; false when it is known already."""
        c = replay_mark.c
        if self._connection.execute(sa.select(c.mark).where(c.mark == mark)).first():
            return False
        self._connection.execute(sa.insert(replay_mark), {"mark": mark, "until": until_ms})
        return True

    def forget(self, now_ms: int) -> None:
        """Drop what was over before ``now_ms``."""
        self._connection.execute(sa.delete(replay_mark).where(replay_mark.c.until < now_ms))
