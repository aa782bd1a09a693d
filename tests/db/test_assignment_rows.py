"""The read model of the boards' shares: as the events say, each queue a stretch of an index."""

from typing import Any

import pytest
import sqlalchemy as sa

from db.rows import assignment_rows
from db.rows.assignment_rows import QUEUES
from db.schema import assignment_row
from db.unit_of_work import UnitOfWork
from domain.deadlines import case_clock
from services.case_steps import answer_case, withdraw_case
from services.cases import accept_case
from services.station import Station
from tests.db.rows import arrive
from tests.fixed import FixedClock, form


def _with(station: Station, work: Any) -> Any:
    return station.call(lambda uow, clock, actor: work(uow))


def _rows(uow: UnitOfWork) -> list[tuple[str, str, int]]:
    c = assignment_row.c
    return [
        tuple(row) for row in uow.connection.execute(sa.select(c.board, c.state, c.live).order_by(c.board))
    ]


def test_shares_follow_the_case(station: Station) -> None:
    done = station.call(accept_case, form(boards=("policy", "talent")))
    assert _with(station, _rows) == [("policy", "assigned", 1), ("talent", "assigned", 1)]

    def late(uow: UnitOfWork) -> list[tuple[str, str, int]]:
        arrive(uow, done.id, "assignment_answered", {"board": "talent"}, {"answer": "好"}, at=5)
        arrive(uow, done.id, "assist_removed", {"board": "policy"}, {"reason": "x"}, at=6)  # it leads: unfit
        arrive(uow, done.id, "case_transferred", {"from": "policy", "to": "data"}, {"reason": "x"}, at=7)
        return _rows(uow)

    assert _with(station, late) == [
        ("data", "assigned", 1),
        ("policy", "closed", 0),
        ("talent", "answered", 1),
    ]
    station.call(withdraw_case, done.number, "不办了")
    assert {live for _, _, live in _with(station, _rows)} == {0}


def test_an_answer_at_once_leaves_no_board_with_work(station: Station) -> None:
    done = station.call(accept_case, form(answer="好"))
    other = station.call(accept_case, form(text="另一件"))
    station.call(answer_case, other.number, "好")
    counts = _with(station, lambda uow: uow.assignments.counts("policy", now_ms=0, tomorrow_ms=1))
    assert set(counts) == set(QUEUES)
    assert set(counts.values()) == {0}
    of_done = sa.select(assignment_row).where(assignment_row.c.case_id == done.id)
    assert len(_with(station, lambda uow: uow.connection.execute(of_done).all())) == 1


def test_every_queue_holds_what_its_count_says(station: Station, clock: FixedClock) -> None:
    for text in ("一", "二", "三"):
        station.call(accept_case, form(text=text))
        clock.move(days=1)
    clock.set("2026-11-24 10:00")
    span = {"now_ms": clock.at_ms, "tomorrow_ms": clock.at_ms + 86_400_000}
    counts = _with(station, lambda uow: uow.assignments.counts("policy", **span))
    for queue in QUEUES:
        rows = _with(station, lambda uow, queue=queue: uow.assignments.queue("policy", queue, **span))
        assert len(rows) == counts[queue]
        assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)
    assert (counts["overdue"], counts["due_today"], counts["new"]) == (1, 1, 3)


@pytest.mark.parametrize("counted", [True, False])
def test_a_queue_is_a_stretch_of_its_index(
    station: Station, monkeypatch: pytest.MonkeyPatch, counted: bool
) -> None:
    def plan(uow: UnitOfWork) -> str:
        told: list[str] = []

        def explain(
            conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
        ) -> None:
            if "assignment_row" in statement and not statement.startswith("EXPLAIN"):
                told.extend(
                    str(row[3])
                    for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                )

        sa.event.listen(uow.connection, "before_cursor_execute", explain)
        if counted:
            uow.assignments.counts("policy", now_ms=1, tomorrow_ms=2)
        else:
            uow.assignments.queue("policy", "overdue", now_ms=1, tomorrow_ms=2)
        return " ".join(told)

    assert "ix_assignment_row_board_live_due" in _with(station, plan)


def test_instants_of_warnings_stand_in_both_rows(station: Station) -> None:
    station.call(accept_case, form())

    def read(uow: UnitOfWork) -> tuple[Any, Any]:
        row = uow.cases.rows()[0]
        share = uow.connection.execute(
            sa.select(assignment_row).where(assignment_row.c.case_id == row.id)
        ).one()
        return (row.due_at, row.amber_at, row.red_at), (share.due_at, share.amber_at, share.red_at)

    of_case, of_share = _with(station, read)
    assert of_case == of_share
    assert of_case[1] < of_case[0] < of_case[2]


def test_without_the_refresh_rows_would_lag(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    done = station.call(accept_case, form())
    monkeypatch.setattr(assignment_rows, "refresh", lambda *_, **__: None)
    station.call(withdraw_case, done.number, "不办了")
    assert _with(station, _rows) == [("policy", "assigned", 1)]


def test_a_store_without_documents_keeps_the_bare_promise(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.refolding.rules_in_force", lambda reference: None)
    done = station.call(accept_case, form())
    row = _with(station, lambda uow: uow.cases.rows()[0])
    assert (row.due_at, row.amber_at) == (done.due_at, None)
    assert case_clock.promised(_with(station, lambda uow: uow.case(done.id))).red_ms is None
