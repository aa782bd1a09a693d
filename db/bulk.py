"""Many rows at once: one prepared statement on SQLite, COPY on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.upsert import insert_of

_FEW = 20
_AT_ONCE = 500
"""Values of one statement; every one is a parameter, of which SQLite takes 32,766."""
_BETWEEN = "\x1f"
"""Stands between values that go as one text."""
_HOLD = 'UPDATE SET "{key}" = excluded."{key}"'


def insert_rows(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    skip_known: bool = False,
    hold_known: bool = False,
) -> None:
    """Insert ``rows`` with these ``columns``. With ``skip_known`` rows whose key is there already are passed over.

    With ``hold_known`` they are, too, and nobody removes them before the transaction ends: a stream that was marked as
    lagging must not lose the mark to a folding that cannot see the newest event yet.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _FEW:
        known = _HOLD.format(key=columns[0]) if hold_known else "NOTHING" if skip_known else ""
        if _is_plain_text(table, columns, rows):
            _unnest(connection, table, columns, rows, known)
        else:
            _copy(connection, table, columns, rows, known)
        return
    if connection.dialect.name == "postgresql":
        statement = insert_of("postgresql")(table)
        values = [dict(zip(columns, row, strict=True)) for row in rows]
        wanted: Any = statement.on_conflict_do_nothing() if skip_known else statement
        if hold_known:
            key = columns[0]
            wanted = statement.on_conflict_do_update(
                index_elements=[key], set_={key: statement.excluded[key]}
            )
        connection.execute(wanted, values)
        return
    # The driver's own statement: SQLAlchemy's preparation of each row costs as much as the row itself.
    connection.exec_driver_sql(
        _sqlite(table, columns, skip_known or hold_known), [tuple(row) for row in rows]
    )


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
    known: str,
) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    target, place = f'"{table.name}"', f'("{columns[0]}")'
    with driver.cursor() as cursor:
        if known:
            cursor.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS incoming_{table.name} (LIKE {target}) ON COMMIT DELETE ROWS"
            )
            target = f"incoming_{table.name}"
        with cursor.copy(f"COPY {target} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_type(table.c[name]) for name in columns])
            for row in rows:
                copy.write_row(row)
        if known:
            cursor.execute(
                f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {target}'  # noqa: S608
                f" ON CONFLICT {'' if known == 'NOTHING' else place} DO {known}"
            )
            cursor.execute(f"TRUNCATE {target}")


def _is_plain_text(table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    if any(not isinstance(table.c[name].type, sa.Text) for name in columns):
        return False
    return all(map(_may_join, zip(*rows, strict=True)))


def _unnest(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    known: str,
) -> None:
    """Rows of text in one statement: a table on the way would cost more than they do."""
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"string_to_array(%s, '{_BETWEEN}')" for _ in columns)
    where = "" if known == "NOTHING" else f'("{columns[0]}")'
    conflict = f" ON CONFLICT {where} DO {known}" if known else ""
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}){conflict}',  # noqa: S608
        tuple(_BETWEEN.join(column) for column in zip(*rows, strict=True)),
    )


def _type(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.BigInteger):
        return "int8"
    if isinstance(column.type, sa.Integer):
        return "int4"
    return "bytea" if isinstance(column.type, sa.LargeBinary) else "text"


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """``values``, as many at once as one statement asks for."""
    listed = list(values)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def each_of(
    connection: Connection, column: sa.ColumnElement[Any], values: Iterable[str]
) -> Iterator[sa.ColumnElement[bool]]:
    """Whether ``column`` is one of ``values``: a condition for each statement that it takes to ask for them all.

    On PostgreSQL, where parameters are costly and their number is none, they go as one text.
    """
    listed = list(values)
    if connection.dialect.name != "postgresql" or not _may_join(listed):
        yield from (column.in_(part) for part in in_parts(listed))
    elif listed:
        told = sa.literal(_BETWEEN.join(listed), sa.Text)
        yield column == sa.func.any(sa.func.string_to_array(told, _BETWEEN))


def _may_join(values: Sequence[Any]) -> bool:
    """Whether the values are to be had back from one text: of none and of one that is empty it would be the same."""
    try:
        joined = _BETWEEN.join(values)
    except TypeError:
        return False
    return all(values) and joined.count(_BETWEEN) == len(values) - 1
