"""Read models of supervision: as the events say, whatever order they came in; lists hold what their counts say."""

from typing import Any

import pytest
import sqlalchemy as sa

from db.chain_check import broken
from db.rows import reminder_rows, supervision_rows
from db.rows.supervision_rows import LISTS, SupervisionFilter
from db.schema.supervision import problem_row, reminder_row, supervision_row
from db.unit_of_work import UnitOfWork
from domain.cases.model import LimitClass
from domain.clock import Clock
from domain.staff import Actor
from services.case_steps import answer_case, flag_case, withdraw_case
from services.cases import accept_case
from services.common_problems import begin_problem
from services.problem_lists import ProblemFilter, count_problems, read_problems
from services.station import Station
from tests.db.rows import arrive
from tests.fixed import FixedClock, form


def _with(station: Station, work: Any) -> Any:
    return station.call(lambda uow, clock, actor: work(uow))


def _row(uow: UnitOfWork) -> Any:
    return uow.connection.execute(sa.select(supervision_row)).mappings().one_or_none()


def test_the_row_follows_the_case_and_goes_with_it(station: Station) -> None:
    done = station.call(accept_case, form(boards=("policy", "talent")))
    assert _with(station, _row)["board"] == "policy"

    def late(uow: UnitOfWork) -> None:
        urged = arrive(uow, done.id, "case_urged", {"boards": ["policy", "talent"]}, {"text": "快"}, at=5)
        arrive(uow, done.id, "supervision_answered", {"board": "policy", "of": urged}, {"text": "好"}, at=6)
        arrive(uow, done.id, "assignment_taken", {"board": "policy", "handler": "policy"}, at=7)
        assert supervision_rows.agrees(uow.connection, uow.case(done.id))

    _with(station, late)
    row = _with(station, _row)
    assert (row["urged"], row["waiting"], row["handler"], row["until_at"]) == (1, 1, "policy", None)
    station.call(withdraw_case, done.number, "不办了")
    assert _with(station, _row) is None


def test_an_answer_at_once_is_never_supervised(station: Station) -> None:
    station.call(accept_case, form(answer="好"))
    assert _with(station, _row) is None


def test_each_list_holds_what_its_count_says(station: Station, clock: FixedClock) -> None:
    for limit in (LimitClass.SIMPLE, LimitClass.STANDARD, LimitClass.HARD):
        for boards in (("policy",), ("talent",), ("talent", "policy")):
            station.call(accept_case, form(limit=limit, boards=boards, text=f"{limit} {boards}"))
    station.call(accept_case, form(limit=LimitClass.HARD, sensitive=True))
    for at in ("2026-11-18 16:50", "2026-11-19 10:00", "2026-11-23 10:00", "2026-11-26 10:00"):
        clock.set(at)
        for wanted in (
            SupervisionFilter(),
            SupervisionFilter(board="policy"),
            SupervisionFilter(text="hard"),
        ):

            def held(uow: UnitOfWork, wanted: SupervisionFilter = wanted) -> None:
                counts = uow.supervision.counts(wanted, clock.now_ms())
                rows = {name: uow.supervision.rows(name, wanted, clock.now_ms()) for name in LISTS}
                assert counts == {name: len(found) for name, found in rows.items()}
                assert counts["overdue"] == counts["yellow"] + counts["red"]

            _with(station, held)


@pytest.mark.parametrize("kind", ["case_urged", "problem_joined", "problem_begun"])
def test_a_malformed_event_stops_nothing(station: Station, kind: str) -> None:
    done = station.call(accept_case, form())
    stream = "019a95a0-0000-7000-9000-000000000077"

    def broken(uow: UnitOfWork) -> None:
        arrive(uow, done.id if kind == "case_urged" else stream, kind, {"boards": 7, "cases": "x"}, at=77)

    _with(station, broken)
    assert _with(station, _row)["urged"] == 0


def test_a_reminder_is_made_once_however_often_one_runs(station: Station, clock: FixedClock) -> None:
    station.call(accept_case, form(limit=LimitClass.SIMPLE))
    clock.set("2026-11-19 10:00")

    def run(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
        return uow.reminders.make(clock.now_ms())

    assert [station.call(run) for _ in range(3)] == [1, 0, 0]


def test_without_the_look_at_what_was_made_the_store_itself_refuses(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: a refold that forgets what was made meets the primary key."""
    made = station.call(accept_case, form(sensitive=True))
    _with(station, lambda uow: uow.refold([made.id], clock.now_ms()))
    unknown = sa.select(reminder_row.c.case_id).where(
        reminder_row.c.case_id == sa.bindparam("wanted"), sa.false()
    )
    monkeypatch.setattr(reminder_rows, "_KNOWN", unknown)
    with pytest.raises(sa.exc.IntegrityError):
        _with(station, lambda uow: uow.refold([made.id], clock.now_ms()))


def test_the_pool_by_every_filter(station: Station, clock: FixedClock) -> None:
    ids = []
    for scope, text in (("point", "停电"), ("chain", "停电"), ("block", "招工")):
        done = station.call(accept_case, form(scope=scope, text=f"园区{text}影响生产", name=f"{scope}公司"))
        station.call(flag_case, done.number, in_pool=True)
        ids.append(done)
    out = station.call(accept_case, form(text="另外一件"))
    station.call(flag_case, out.number, in_pool=False)
    station.call(answer_case, ids[2].number, "好", as_actor=Actor("clerk"))

    def numbers(**wanted: Any) -> list[str]:
        return sorted(row.number for row in station.call(read_problems, ProblemFilter(**wanted)).rows)

    first, second, third = (done.number for done in ids)
    assert numbers() == sorted([first, second])
    assert numbers(state=None) == sorted([first, second, third])
    assert (numbers(scope="chain"), numbers(state="closed")) == ([second], [third])
    assert numbers(text="停电", scope="point") == [first]
    assert (numbers(text="、。"), numbers(site="other"), numbers(board="talent")) == ([], [], [])
    assert station.call(count_problems, ProblemFilter(scope="point", state=None)) == {
        "point": 1,
        "chain": 1,
        "block": 1,
    }
    begun = station.call(begin_problem, "停电", (first,))
    assert numbers(loose=True) == [second]
    assert begun.cases[0].number == first
    clock.move(days=2)
    assert (numbers(age_days=2), numbers(age_days=3)) == (sorted([first, second]), [])
    assert numbers(state="overdue") in ([], sorted([first, second]), [first], [second])
    assert _with(station, lambda uow: uow.connection.execute(sa.select(problem_row.c.members)).scalar()) == 1


def test_the_doctor_holds_the_row_against_its_case(station: Station) -> None:
    station.call(accept_case, form())
    assert _with(station, lambda uow: list(broken(uow.connection))) == []
    _with(station, lambda uow: uow.connection.execute(sa.update(supervision_row).values(urged=3)))
    assert [one.split()[0] for one in _with(station, lambda uow: list(broken(uow.connection)))] == [
        "supervision"
    ]
