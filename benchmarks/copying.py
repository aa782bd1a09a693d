"""Rows for COPY in PostgreSQL's binary form, put together by hand, and tables that take them without their indexes."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from struct import Struct
from typing import Any

import sqlalchemy as sa

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_AT_ONCE = 1 << 20
"""Bytes that are sent together."""
NULL = b"\xff\xff\xff\xff"
_SIZE, _INT4, _INT8 = Struct(">i"), Struct(">ii"), Struct(">iq")


def int8(value: int) -> bytes:
    """A bigint as a field."""
    return _INT8.pack(8, value)


def int4(value: int) -> bytes:
    """An integer as a field."""
    return _INT4.pack(4, value)


def field(value: bytes) -> bytes:
    """Text or bytea as a field."""
    return _SIZE.pack(len(value)) + value


class Copy:
    """One COPY that runs while others do, on a connection of its own."""

    def __init__(self, stack: ExitStack, engine: sa.Engine, table: str, columns: Sequence[str]) -> None:
        self._connection = stack.enter_context(engine.begin())
        driver: Any = self._connection.connection.driver_connection
        cursor = stack.enter_context(driver.cursor())
        names = ", ".join(f'"{name}"' for name in columns)
        self._copy = stack.enter_context(cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)'))
        self.count = Struct(">h").pack(len(columns))
        self._waiting = bytearray(_HEAD)

    def add(self, *fields: bytes) -> None:
        """A row of these fields."""
        self._waiting += self.count
        for one in fields:
            self._waiting += one
        if len(self._waiting) >= _AT_ONCE:
            self._copy.write(bytes(self._waiting))
            self._waiting.clear()

    def end(self) -> None:
        """Send what is left."""
        self._copy.write(bytes(self._waiting) + _END)


@contextmanager
def without_indexes(engine: sa.Engine, *tables: str) -> Iterator[None]:
    """Meanwhile ``tables`` have no index, key or reference; afterwards all that they had."""
    with engine.begin() as connection:
        kept = _keys(connection, tables), _indexes(connection, tables)
        references = _references(connection, tables)
        for table, name, _ in (*references, *kept[0]):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        for name, _ in kept[1]:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        for _, made in kept[1]:
            connection.exec_driver_sql(made)
        for table, name, told in (*kept[0], *references):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {told}')


def _keys(connection: sa.Connection, tables: Sequence[str]) -> list[Any]:
    return _told(
        connection,
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('p', 'u') AND conrelid = ANY(:tables ::regclass[])",
        tables,
    )


def _references(connection: sa.Connection, tables: Sequence[str]) -> list[Any]:
    return _told(
        connection,
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        " AND (confrelid = ANY(:tables ::regclass[]) OR conrelid = ANY(:tables ::regclass[]))",
        tables,
    )


def _indexes(connection: sa.Connection, tables: Sequence[str]) -> list[Any]:
    return _told(
        connection,
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY(:tables ::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))",
        tables,
    )


def _told(connection: sa.Connection, query: str, tables: Sequence[str]) -> list[Any]:
    return list(connection.execute(sa.text(query), {"tables": list(tables)}).all())


@contextmanager
def careless(engine: sa.Engine) -> Iterator[None]:
    """Meanwhile nothing is safe from a power cut, and nobody cleans up."""
    loose = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "'4GB'"}
    loose["checkpoint_timeout"] = "'1h'"
    _set(engine, [f"ALTER SYSTEM SET {name} = {value}" for name, value in loose.items()])
    try:
        yield
    finally:
        _set(engine, [f"ALTER SYSTEM RESET {name}" for name in loose])
        _set(engine, ["VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"])


def _set(engine: sa.Engine, statements: Sequence[str]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for one in (*statements, "SELECT pg_reload_conf()"):
            connection.exec_driver_sql(one)
