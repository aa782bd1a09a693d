"""What the figures of a centre are counted from: instants of the cases accepted in a period."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import assignment_row, case_row
from domain.supervision.figures import Counted, Given

_c, _a = case_row.c, assignment_row.c
_NO_CLOSING = ("declined", "withdrawn", "merged")


class FigureRows:
    """Questions of the figures."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cases(self, first_ms: int, last_ms: int) -> list[Counted]:
        """Cases accepted from ``first_ms`` until before ``last_ms`` but those that ended without an answer."""
        query = sa.select(_c.accepted_at, _c.closed_at, _c.due_at, _c.in_pool, _c.state).where(
            _c.accepted_at >= first_ms, _c.accepted_at < last_ms
        )
        return [
            Counted(accepted, closed, due, bool(pool))
            for accepted, closed, due, pool, state in self._connection.execute(query)
            if state not in _NO_CLOSING
        ]

    def shares(self, first_ms: int, last_ms: int) -> list[Given]:
        """The answered shares of cases accepted in the period."""
        query = (
            sa.select(_a.board, _a.assigned_at, _a.answered_at)
            .join(case_row, _c.id == _a.case_id)
            .where(_c.accepted_at >= first_ms, _c.accepted_at < last_ms, _a.answered_at.is_not(None))
        )
        return [Given(*row) for row in self._connection.execute(query)]
