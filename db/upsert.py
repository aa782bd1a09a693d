"""INSERT … ON CONFLICT for SQLite and PostgreSQL alike."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection


def upsert(connection: Connection, table: Table, key: str, values: dict[str, Any]) -> None:
    """Insert ``values``, or update the row whose unique column ``key`` matches."""
    connection.execute(_statement(connection.dialect.name, table, key, tuple(values)), values)


@cache
def _statement(dialect: str, table: Table, key: str, names: tuple[str, ...]) -> Any:
    statement: Any = insert_of(dialect)(table)
    changed = {name: statement.excluded[name] for name in names if name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=changed)


def insert_of(dialect: str) -> Callable[[Table], Any]:
    """The INSERT of ``dialect`` that knows ON CONFLICT."""
    if dialect != "postgresql":
        return sqlite_insert
    # A desk never needs it, and its drivers take a while to import.
    from sqlalchemy.dialects.postgresql import insert

    return insert
