"""Rows of read models as dicts, many in one statement: text and whole numbers, as all of them hold.

SQLite gets them by the driver's own ``executemany``. PostgreSQL gets one JSON text, which both sides handle in C: a row
of thirty columns as parameters costs more than all else about it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Values = Mapping[str, Any]
_AT_ONCE = 512
"""Keys in one question; SQLite takes 32,766 parameters."""


def insert_all(connection: Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert ``rows``, which all have the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_insert_json(table, names), (_as_json(rows),))
    else:
        connection.exec_driver_sql(
            _insert(table, names), [tuple(row[name] for name in names) for row in rows]
        )


def update_all(connection: Connection, table: sa.Table, key: str, rows: Sequence[Values]) -> None:
    """Set what ``rows`` hold in the rows of ``table`` that have their ``key``. Their columns may differ."""
    groups: dict[tuple[str, ...], list[Values]] = {}
    for row in rows:
        groups.setdefault(tuple(name for name in row if name != key), []).append(row)
    for names, group in groups.items():
        if not names:
            continue
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_update_json(table, key, names), (_as_json(group),))
        else:
            values = [(*(row[name] for name in names), row[key]) for row in group]
            connection.exec_driver_sql(_update(table, key, names), values)


def rows_of(
    connection: Connection, table: sa.Table, names: tuple[str, ...], key: str, keys: Iterable[str]
) -> Iterator[Any]:
    """The columns ``names`` of all rows whose ``key`` is one of ``keys``."""
    return asked(connection, _question(table, names, key), keys)


def asked(connection: Connection, question: str, keys: Iterable[str]) -> Iterator[Any]:
    """What ``question``, which ends with the name of a column, finds where that column is one of ``keys``."""
    for wanted in _parts(connection, keys):
        among, parameters = _among(connection, wanted)
        yield from connection.exec_driver_sql(question + among, parameters).all()


def delete_all(connection: Connection, table: sa.Table, key: str, keys: Iterable[str]) -> None:
    """Delete all rows whose ``key`` is one of ``keys``."""
    for wanted in _parts(connection, keys):
        among, parameters = _among(connection, wanted)
        command = f"DELETE FROM {_quoted(table.name)} WHERE {_quoted(key)}"  # noqa: S608
        connection.exec_driver_sql(command + among, parameters)


def next_rows(connection: Connection, table: sa.Table, key: str, count: int) -> list[int]:
    """``count`` numbers for the integer column ``key``, as the database itself would give them to rows to come."""
    if connection.dialect.name == "postgresql":
        query = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        found = connection.exec_driver_sql(query, (table.name, key, count)).scalars()
        return sorted(int(one) for one in found)
    query = f"SELECT coalesce(max({_quoted(key)}), 0) FROM {_quoted(table.name)}"  # noqa: S608
    last = int(connection.exec_driver_sql(query).scalar_one())
    return list(range(last + 1, last + 1 + count))


def as_stored(connection: Connection, text: str) -> str:
    """``text`` as the database gives it back: PostgreSQL knows no NUL."""
    return text.replace("\0", "") if connection.dialect.name == "postgresql" else text


def _parts(connection: Connection, keys: Iterable[str]) -> Iterator[list[str]]:
    listed = list(keys)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        if connection.dialect.name != "postgresql":
            # Few lengths are few statements: each is prepared once.
            part += part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part))
        yield part


def _among(connection: Connection, wanted: list[str]) -> tuple[str, tuple[Any, ...]]:
    if connection.dialect.name == "postgresql":
        return " = ANY(%s)", (wanted,)
    return f" IN ({', '.join('?' * len(wanted))})", tuple(wanted)


def _as_json(rows: Sequence[Values]) -> str:
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" not in text:
        return text
    clean = [
        {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _listed(names: Iterable[str], of: str = "") -> str:
    return ", ".join(f"{of}{_quoted(name)}" for name in names)


@cache
def _question(table: sa.Table, names: tuple[str, ...], key: str) -> str:
    return f"SELECT {_listed(names)} FROM {_quoted(table.name)} WHERE {_quoted(key)}"  # noqa: S608


@cache
def _insert(table: sa.Table, names: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {_quoted(table.name)} ({_listed(names)}) VALUES ({places})"  # noqa: S608


@cache
def _insert_json(table: sa.Table, names: tuple[str, ...]) -> str:
    target = _quoted(table.name)
    given = f"json_populate_recordset(NULL::{target}, %s::json)"
    return f"INSERT INTO {target} ({_listed(names)}) SELECT {_listed(names)} FROM {given}"  # noqa: S608


@cache
def _update(table: sa.Table, key: str, names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(name)} = ?" for name in names)
    return f"UPDATE {_quoted(table.name)} SET {changes} WHERE {_quoted(key)} = ?"  # noqa: S608


@cache
def _update_json(table: sa.Table, key: str, names: tuple[str, ...]) -> str:
    target, place = _quoted(table.name), _quoted(key)
    changes = ", ".join(f"{_quoted(name)} = given.{_quoted(name)}" for name in names)
    given = f"json_populate_recordset(NULL::{target}, %s::json) AS given"
    return f"UPDATE {target} SET {changes} FROM {given} WHERE {target}.{place} = given.{place}"  # noqa: S608
