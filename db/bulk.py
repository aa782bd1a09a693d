"""Many rows at once: one prepared statement on SQLite, COPY on PostgreSQL."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.upsert import insert_of

_FEW = 20


def insert_rows(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    skip_known: bool = False,
) -> None:
    """Insert ``rows`` with these ``columns``. With ``skip_known`` rows whose key is there already are passed over."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _FEW:
        _copy(connection, table, columns, rows, skip_known)
        return
    if connection.dialect.name == "postgresql":
        statement = insert_of("postgresql")(table)
        values = [dict(zip(columns, row, strict=True)) for row in rows]
        wanted: Any = statement.on_conflict_do_nothing() if skip_known else statement
        connection.execute(wanted, values)
        return
    # The driver's own statement: SQLAlchemy's preparation of each row costs as much as the row itself.
    connection.exec_driver_sql(_sqlite(table, columns, skip_known), [tuple(row) for row in rows])


@cache
def _sqlite(table: sa.Table, columns: tuple[str, ...], skip_known: bool) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" for _ in columns)
    verb = "INSERT OR IGNORE" if skip_known else "INSERT"
    return f'{verb} INTO "{table.name}" ({names}) VALUES ({places})'


def _copy(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    skip_known: bool,
) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    target = f'"{table.name}"'
    with driver.cursor() as cursor:
        if skip_known:
            cursor.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS incoming_{table.name} (LIKE {target}) ON COMMIT DELETE ROWS"
            )
            target = f"incoming_{table.name}"
        with cursor.copy(f"COPY {target} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_type(table.c[name]) for name in columns])
            for row in rows:
                copy.write_row(row)
        if skip_known:
            cursor.execute(
                f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {target}'  # noqa: S608
                " ON CONFLICT DO NOTHING"
            )
            cursor.execute(f"TRUNCATE {target}")


def _type(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.BigInteger):
        return "int8"
    if isinstance(column.type, sa.Integer):
        return "int4"
    return "bytea" if isinstance(column.type, sa.LargeBinary) else "text"
