"""Many rows at once on PostgreSQL: whatever is in a text, it arrives and is found."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db import bulk
from db.bulk import each_of, insert_rows
from db.centre import open_centre
from db.schema.sync import stream_scope, unfolded

ODD = ["", "a\x1fb", "a", "b", "{a,b}", "'\"\\", "NULL", "𠮷", "null"]
MANY = [f"s{number}" for number in range(40)]


@pytest.fixture
def connection(pg_url: str) -> Iterator[sa.Connection]:
    engine = open_centre(pg_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def stored(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.select(unfolded.c.stream)).scalars())


def found(connection: sa.Connection, wanted: list[str]) -> set[str]:
    conditions = each_of(connection, unfolded.c.stream, wanted)
    queries = [sa.select(unfolded.c.stream).where(one) for one in conditions]
    return {one for query in queries for one in connection.execute(query).scalars()}


@pytest.mark.parametrize(
    "values", [MANY, [*ODD, *MANY], [*(one for one in ODD if one and "\x1f" not in one), *MANY]]
)
@pytest.mark.parametrize("hold", [True, False])
def test_every_text_arrives_and_is_found(connection: sa.Connection, values: list[str], hold: bool) -> None:
    rows = [(one,) for one in values]
    for _ in range(2):
        insert_rows(connection, unfolded, ("stream",), rows, hold_known=hold, skip_known=not hold)
    assert stored(connection) == set(values)
    assert found(connection, values) == set(values)
    for one in values:
        assert found(connection, [one]) == {one}
    assert found(connection, ["c", "", "nobody"]) == {""} & set(values)
    assert found(connection, []) == set()


def test_rows_of_several_texts_stay_together(connection: sa.Connection) -> None:
    rows = [(one, f"scope of {one}") for one in MANY]
    insert_rows(connection, stream_scope, ("stream", "scope"), rows, skip_known=True)
    assert {tuple(row) for row in connection.execute(sa.select(stream_scope))} == set(rows)


def test_without_the_look_at_them_odd_texts_are_lost(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation."""
    monkeypatch.setattr(bulk, "_may_join", lambda _: True)
    insert_rows(connection, unfolded, ("stream",), [(one,) for one in ["a\x1fb", *MANY]], skip_known=True)
    assert "a\x1fb" not in stored(connection)
    assert "a" in stored(connection)
