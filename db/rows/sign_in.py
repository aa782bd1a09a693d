"""Failed sign-ins, counted in the store so that restarting the program does not forget them."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import sign_in_failure
from db.upsert import upsert


class SignInFailures:
    """Failures in a row and locks by staff id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, staff: str) -> tuple[int, int]:
        """Failures in a row, and until when (UTC milliseconds) sign-in is locked."""
        c = sign_in_failure.c
        row = self._connection.execute(
            sa.select(c.failures, c.locked_until).where(c.staff == staff)
        ).one_or_none()
        return (0, 0) if row is None else (int(row.failures), int(row.locked_until))

    def set(self, staff: str, failures: int, locked_until: int) -> None:
        """Write the count and the lock."""
        upsert(
            self._connection,
            sign_in_failure,
            "staff",
            {"staff": staff, "failures": failures, "locked_until": locked_until},
        )

    def clear(self, staff: str) -> None:
        """Forget failures after a good sign-in."""
        self._connection.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.staff == staff))
