"""The read model of cases: as its events say, whatever arrives; conflicts come and go."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import chain_check
from db.rows import case_rows
from db.rows.case_rows import CaseFilter
from db.schema import assignment_row, case_row, conflict, enterprise
from db.unit_of_work import UnitOfWork
from domain.events.kinds import CURRENT
from domain.staff import Actor
from services.case_steps import answer_case, withdraw_case
from services.cases import accept_case
from services.station import Station
from tests.db.rows import arrive
from tests.fixed import FixedClock, form

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_NAMES = "number due limit boards applicant at versions items into to paper sha256 size missing contact text"
_FIELDS = _NAMES.split()
_DOCUMENTS = st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=5)


def _with(station: Station, work: object) -> object:
    return station.call(lambda uow, clock, actor: work(uow))  # type: ignore[operator]


def _conflicts(uow: UnitOfWork) -> list[tuple[str, int]]:
    return [tuple(row) for row in uow.connection.execute(sa.select(conflict.c.code, conflict.c.found_at))]


def test_a_late_event_makes_a_conflict_and_another_takes_it_off(station: Station, clock: FixedClock) -> None:
    done = station.call(accept_case, form())
    clock.move(ms=100)
    station.call(answer_case, done.number, "好")

    def late(uow: UnitOfWork) -> tuple[list[str], list[str]]:
        arrive(uow, done.id, "case_withdrawn", {}, {"reason": "不办"}, at=200)
        after_first = [code for code, _ in _conflicts(uow)]
        listed = len(uow.cases.rows(CaseFilter(conflicts=True)))
        assert listed == 1
        return after_first, []

    assert _with(station, late) == (["case_closed"], [])

    def earlier(uow: UnitOfWork) -> list[str]:
        # The other device had withdrawn before our answer: now the answer does not fit.
        arrive(uow, done.id, "case_withdrawn", {}, {"reason": "早"}, at=50)
        return sorted(code for code, _ in _conflicts(uow))

    assert _with(station, earlier) == ["case_closed", "case_closed"]


def test_what_fits_again_leaves_the_list(station: Station) -> None:
    done = station.call(accept_case, form())

    def work(uow: UnitOfWork) -> tuple[int, int]:
        uow.connection.execute(
            sa.insert(conflict), {"event": done.id, "stream": done.id, "code": "old", "found_at": 1}
        )
        before = len(_conflicts(uow))
        uow.refold([done.id], 5)
        return before, len(_conflicts(uow))

    assert _with(station, work) == (1, 0)


def test_when_a_conflict_was_found_stays(station: Station, clock: FixedClock) -> None:
    done = station.call(accept_case, form())
    station.call(answer_case, done.number, "好")

    def work(uow: UnitOfWork) -> list[int]:
        arrive(uow, done.id, "case_answered", {}, {"answer": "又"}, at=500)
        first = [found for _, found in _conflicts(uow)]
        uow.refold([done.id], 10**13)
        assert [found for _, found in _conflicts(uow)] == first
        return first

    assert len(_with(station, work)) == 1  # type: ignore[arg-type]


def test_newer_kinds_are_kept_and_shown(station: Station) -> None:
    done = station.call(accept_case, form())

    def work(uow: UnitOfWork) -> list[bool]:
        arrive(uow, done.id, "case_sealed", {"how": 1}, at=5)
        return [row.newer for row in uow.cases.rows()]

    assert _with(station, work) == [True]


@settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(kind=st.sampled_from(sorted(CURRENT)), payload=_DOCUMENTS, private=_DOCUMENTS)
def test_no_payload_breaks_the_rows(station: Station, kind: str, payload: object, private: object) -> None:
    """One poison record among others: the row stays, and agrees with what its events say."""
    accepted = station.call(accept_case, form(text="毒"))

    class Undo(Exception):
        pass

    def work(uow: UnitOfWork, clock: object, actor: Actor) -> None:
        arrive(uow, accepted.id, kind, payload, private, at=9)
        case = uow.case(accepted.id)
        assert case_rows.agrees(uow.connection, case)
        assert uow.cases.by_key(accepted.number, short_since=0)
        raise Undo

    assert isinstance(station.submit(work).exception(), Undo)


def test_rows_that_disagree_are_noticed(station: Station) -> None:
    done = station.call(accept_case, form())

    def work(uow: UnitOfWork) -> list[str]:
        uow.connection.exec_driver_sql("UPDATE case_row SET state = 'resolved'")
        return list(chain_check.broken(uow.connection))

    assert _with(station, work) == [f"row {done.id}"]


def test_filters(station: Station, clock: FixedClock) -> None:
    one = station.call(accept_case, form(boards=("policy", "talent")))
    clock.move(days=1)
    two = station.call(accept_case, form(text="二", boards=("talent",), kind="complaint", sensitive=True))
    station.call(withdraw_case, one.number, "不办")

    def found(uow: UnitOfWork) -> dict[str, list[str]]:
        wanted = {
            "talent": CaseFilter(board="talent"),
            "open": CaseFilter(open_only=True),
            "sensitive": CaseFilter(sensitive=True),
            "withdrawn": CaseFilter(states=frozenset({"withdrawn"})),
            "today": CaseFilter(accepted_from=clock.at_ms),
            "half a code": CaseFilter(board="tal"),
        }
        return {name: [row.id for row in uow.cases.rows(filter_)] for name, filter_ in wanted.items()}

    assert _with(station, found) == {
        "talent": [two.id, one.id],
        "open": [two.id],
        "sensitive": [two.id],
        "withdrawn": [one.id],
        "today": [two.id],
        "half a code": [],
    }


def test_a_new_case_has_the_rows_that_its_stored_events_tell(station: Station, clock: FixedClock) -> None:
    """They are made without reading back what was just written."""
    whole = form(
        uscc=None, answer="已当场答复", missing=("营业执照",), contact={"name": "王", "phone": "13800001111"}
    )

    def refold(uow: UnitOfWork) -> tuple[list[object], list[object]]:
        done = accept_case(uow, clock, Actor("device:1"), whole)
        tables = (case_row, assignment_row, enterprise, conflict)
        first = [list(uow.connection.execute(sa.select(table))) for table in tables]
        uow.refold([done.id], clock.now_ms())
        return first, [list(uow.connection.execute(sa.select(table))) for table in tables]

    first, again = _with(station, refold)  # type: ignore[misc]
    assert first == again
    assert first[0]


def test_accepting_asks_the_store_no_more_often_than_it_must(station: Station) -> None:
    station.call(accept_case, form())
    asked: list[str] = []

    def count(uow: UnitOfWork) -> None:
        def note(_: object, __: object, statement: str, *rest: object) -> None:
            asked.append(statement)

        sa.event.listen(uow.connection, "before_cursor_execute", note)
        accept_case(uow, station.clock, Actor("device:1"), form())
        sa.event.remove(uow.connection, "before_cursor_execute", note)

    _with(station, count)
    assert len(asked) <= 17, "\n".join(asked)
