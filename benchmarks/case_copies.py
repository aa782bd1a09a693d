"""Rows of cases for a log that was filled fast: one case of each life is folded, the others are copies of its rows.

What a case has of its own is put in: id, number, site, who took it down, and the times, which lie as far apart as
those of the folded one; when it warns goes by that one's calendar. Open cases are folded, all of them.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from benchmarks.copying import without_indexes
from benchmarks.filling import OWN
from benchmarks.lives import OPEN_EVERY
from db.schema import assignment_row, case_row, conflict
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from server.nodes import ServerNode

_AT_ONCE = 2_000
_TIMES = frozenset(
    ("accepted_at", "due_at", "amber_at", "red_at", "closed_at", "assigned_at", "received_at", "answered_at")
)
_OWN = {
    "id": "m.stream",
    "case_id": "m.stream",
    "number": "m.number",
    "short": "m.short",
    "actor": "'device:' || m.device",
    "site": "m.site",
}
_COPIES = f"{OWN} m JOIN {OWN} f ON f.life = m.life AND f.first = 1"
_IS_COPY = f"m.first = 0 AND mod(m.life, {OPEN_EVERY}) <> {OPEN_EVERY - 1}"


def fold_and_copy(node: ServerNode) -> None:
    """Make the rows of all cases that ``benchmarks.filling`` has stored."""
    engine = node.store.engine
    with engine.connect() as connection:
        folded = connection.exec_driver_sql(f"SELECT stream FROM {OWN} m WHERE NOT ({_IS_COPY})")
        streams = list(folded.scalars())
    for start in range(0, len(streams), _AT_ONCE):
        node.call(_fold, streams[start : start + _AT_ONCE])
    with engine.connect() as connection:
        if unfit := connection.execute(sa.select(conflict.c.code).limit(1)).scalar():
            raise RuntimeError(f"a life does not fit: {unfit}")
    with without_indexes(engine, "case_row", "case_fts", "assignment_row"), engine.begin() as connection:
        _copy(connection, case_row, "id", ("rowid_",))
        _copy(connection, assignment_row, "case_id", ())
        _copy_words(connection)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE enterprise e SET cases = c.cases, last_at = c.last_at FROM"
            " (SELECT uscc, count(*) AS cases, max(accepted_at) AS last_at FROM case_row GROUP BY uscc) c"
            " WHERE c.uscc = e.id"
        )
        connection.exec_driver_sql(f"DROP TABLE {OWN}")


def _fold(uow: UnitOfWork, clock: Clock, actor: Actor, streams: Sequence[str]) -> None:
    uow.refold(streams, clock.now_ms())


def _copy(connection: sa.Connection, table: sa.Table, key: str, left_out: Sequence[str]) -> None:
    names = [column.name for column in table.c if column.name not in left_out]
    values = ", ".join(_value(name) for name in names)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values}"
        f" FROM {_COPIES} JOIN {table.name} t ON t.{key} = f.stream WHERE {_IS_COPY} ORDER BY m.begun_at"
    )


def _value(name: str) -> str:
    shifted = f"t.{name} + m.begun_at - f.begun_at" if name in _TIMES else f"t.{name}"
    return _OWN.get(name, shifted)


def _copy_words(connection: sa.Connection) -> None:
    """What a copy is found by is what the folded one is, but for the number."""
    connection.exec_driver_sql(
        "INSERT INTO case_fts (rowid_, words) SELECT c.rowid_, ts_delete(t.words, string_to_array(f.words, ' '))"
        f" || array_to_tsvector(string_to_array(m.words, ' ')) FROM {_COPIES}"
        " JOIN case_row c ON c.id = m.stream JOIN case_row o ON o.id = f.stream"
        f" JOIN case_fts t ON t.rowid_ = o.rowid_ WHERE {_IS_COPY} ORDER BY c.rowid_"
    )
