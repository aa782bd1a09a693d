"""Running numbers, taken inside the transaction that uses them."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import counter
from db.upsert import upsert

_ONE = sa.select(counter.c.value, counter.c.day).where(counter.c.name == sa.bindparam("wanted"))


class Counters:
    """Counters by name; ``day`` is whatever period the caller counts in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> tuple[int, str]:
        """Last value and its day; (0, "") before the first use."""
        row = self._connection.execute(_ONE, {"wanted": name}).one_or_none()
        return (0, "") if row is None else (int(row.value), str(row.day))

    def set(self, name: str, value: int, day: str) -> None:
        """Remember the last value and its day."""
        upsert(self._connection, counter, "name", {"name": name, "value": value, "day": day})
