"""INSERT … ON CONFLICT for SQLite and PostgreSQL alike."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection


def upsert(connection: Connection, table: Table, key: str, values: dict[str, Any]) -> None:
    """Insert ``values``, or update the row whose unique column ``key`` matches."""
    statement: Any = insert_of(connection.dialect.name)(table)
    changed = {name: statement.excluded[name] for name in values if name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), values)


def insert_of(dialect: str) -> Callable[[Table], Any]:
    """The INSERT of ``dialect`` that knows ON CONFLICT."""
    if dialect != "postgresql":
        return sqlite_insert
    # A desk never needs it, and its drivers take a while to import.
    from sqlalchemy.dialects.postgresql import insert

    return insert
