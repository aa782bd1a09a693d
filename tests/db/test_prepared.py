"""Statements that go to the driver as text: they find, write and fail as SQLAlchemy's own do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.prepared import Prepared, upserting
from db.store.engine import open_engine
from db.upsert import insert_of
from domain.errors import AppError

_TABLE = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary),
)
_FOUND = Prepared(
    sa.select(_TABLE.c.id, _TABLE.c.body)
    .where(_TABLE.c.count.in_((1, 2)), _TABLE.c.id != sa.bindparam("not_this"))
    .order_by(_TABLE.c.id)
    .limit(sa.bindparam("most"))
)
_INSERT, _RAISE = (
    Prepared(sa.insert(_TABLE)),
    Prepared(sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("which"))),
)
_PUT = upserting(insert_of("sqlite"), _TABLE, "id")


@pytest.fixture
def connection(home: Path, key: bytes) -> Iterator[sa.Connection]:
    engine = open_engine(home / "things.db", key, create=True)
    with engine.connect() as opened:
        _TABLE.create(opened)
        yield opened
    engine.dispose()


def rows(connection: sa.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(sa.select(_TABLE).order_by(_TABLE.c.id))]


def test_written_and_found(connection: sa.Connection) -> None:
    for name, count in (("a", 1), ("b", 2), ("c", 3), ("d", 1)):
        _INSERT.ask(connection, id=name, count=count, body=name.encode())
    assert [tuple(row) for row in _FOUND.ask(connection, not_this="b", most=5)] == [("a", b"a"), ("d", b"d")]
    assert [row.id for row in _FOUND.ask(connection, not_this="", most=1)] == ["a"]


def test_columns_that_are_named_are_changed(connection: sa.Connection) -> None:
    _INSERT.ask(connection, id="a", count=1, body=b"x")
    _RAISE.ask(connection, which="a", count=7)
    _RAISE.ask(connection, which="a", body=None)
    _RAISE.ask(connection, which="nobody", count=9)
    assert rows(connection) == [("a", 7, None)]


def test_many_are_put_where_they_are_and_where_they_are_not(connection: sa.Connection) -> None:
    _INSERT.ask(connection, id="a", count=1, body=b"x")
    _PUT.put(connection, [{"id": name, "count": 5, "body": b"y"} for name in ("a", "b")])
    _PUT.put(connection, [])
    assert rows(connection) == [("a", 5, b"y"), ("b", 5, b"y")]


def test_an_error_is_the_one_that_it_is(connection: sa.Connection) -> None:
    _INSERT.ask(connection, id="a", count=1, body=b"x")
    with pytest.raises(sa.exc.IntegrityError):
        _INSERT.ask(connection, id="a", count=1, body=b"x")
    connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(AppError, match=r"storage\."):
        _INSERT.ask(connection, id="b", count=1, body=b"x")
