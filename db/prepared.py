"""Statements whose text is put together once and goes to SQLite's driver as it stands.

SQLAlchemy's own way from a statement to the driver costs some 50 µs each time: more than most of the queue's ask for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult


class Prepared:
    """A statement over columns of text, whole numbers and bytes, which the driver takes and gives without a detour."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], tuple[str, tuple[str, ...], dict[str, Any]]] = {}

    def ask(self, connection: Connection, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Execute it with these parameters or columns."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, values)
        text, places, told = self._text(connection, values)
        known = {**told, **values}
        return connection.exec_driver_sql(text, tuple([known[name] for name in places]))

    def put(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each of ``rows``, which all name the same."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        text, places, told = self._text(connection, rows[0])
        many = [{**told, **row} for row in rows]
        connection.exec_driver_sql(text, [tuple([row[name] for name in places]) for row in many])

    def _text(
        self, connection: Connection, values: Mapping[str, Any]
    ) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        """The text with a mark for each parameter, their names in order, and those the statement itself tells."""
        names = tuple(values)
        if names not in self._texts:
            compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=list(names))
            state = compiled.construct_expanded_state(dict(values))
            told = {name: value for name, value in state.parameters.items() if name not in values}
            self._texts[names] = (state.statement, tuple(state.positiontup or ()), told)
        return self._texts[names]


def upserting(insert: Any, table: sa.Table, *keys: str) -> Prepared:
    """Insert rows of ``table`` by ``insert`` (``db.upsert.insert_of``), or update the others' columns by ``keys``."""
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))
