"""The centre's store on real PostgreSQL: the same services, one writer of its own chain over all processes, search."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.bulk import insert_rows
from db.centre import CentreStore, open_centre
from db.folding import fold_some
from db.log.event_log import EventLog
from db.log.log_check import broken_chains
from db.rows.full_text import ts_query
from db.rows.tokens import match_query
from db.schema.sync import unfolded
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor
from services.case_steps import answer_case
from services.cases import accept_case
from services.demo import fill_demo
from services.demo_codes import fill_demo_codes
from services.demo_queue import fill_demo_queue
from services.setup import demo_site, demo_staff
from services.station import begin_node
from tests.fixed import USCC, FixedClock, form
from tests.patience import PATIENCE_S

CLERK = Actor("clerk")


@pytest.fixture
def store(pg_url: str, clock: FixedClock) -> Iterator[CentreStore]:
    """The demonstration centre on PostgreSQL."""
    opened = CentreStore(open_centre(pg_url), clock)
    with opened.write() as uow:
        begin_node(uow, demo_site(), demo_staff(), clock.now_ms())
    yield opened
    opened.close()


def test_made_up_cases_and_tickets_are_done_as_on_a_desk(
    store: CentreStore, clock: FixedClock, tmp_path: Path
) -> None:
    """Acceptance, the closed loop, ratings, callbacks and the queue, on the other dialect."""
    for fill in (lambda *known: fill_demo_codes(*known, tmp_path), fill_demo, fill_demo_queue):
        with store.write() as uow:
            fill(uow, clock, Actor(f"device:{uow.events.node.device}"))
    with store.read() as uow:
        assert uow.cases.count() == 40
        assert list(broken_chains(uow.connection)) == []
        assert list(uow.events.private_mismatches()) == []
        assert uow.cases.search("公司")
        assert uow.enterprises.search("gs")


def test_search_finds_what_a_desk_finds(store: CentreStore, clock: FixedClock) -> None:
    with store.write() as uow:
        case = accept_case(uow, clock, CLERK, form(uscc=USCC, text="员工宿舍停电，求助abc123456789012345"))
    with store.read() as uow:
        for found in ("停电", "宿舍 停电", USCC[:6], case.number, "abc12345678901234", "ABC"):
            assert [row.id for row in uow.cases.search(found)] == [case.id], found
        for absent in ("停水", "电停", "、", "abd"):
            assert uow.cases.search(absent) == []


def test_a_case_told_again_is_found_by_what_it_says_now(store: CentreStore, clock: FixedClock) -> None:
    with store.write() as uow:
        case = accept_case(uow, clock, CLERK, form(text="停电"))
    with store.write() as uow:
        answer_case(uow, clock, CLERK, case.id, "已答复。")
    with store.read() as uow:
        assert len(uow.cases.search("停电")) == 1


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("停电", "'停电'"),
        ("电", "'电'"),
        ("91 停电机", "'91' & '停电' & '电机'"),
        ("rz", "('rz' | ('ㄆrz'))"),
        ("abc123456789012345", "'abc123456789012345':*"),
        ("电' | '水", "'电' & '水'"),
    ],
)
def test_a_question_is_written_as_postgresql_reads_it(typed: str, asked: str) -> None:
    assert ts_query(match_query(typed)) == asked


def test_words_longer_than_postgresql_takes_keep_no_case_out(store: CentreStore, clock: FixedClock) -> None:
    with store.write() as uow:
        case = accept_case(uow, clock, CLERK, form(text="停电" + "x" * 1500))
    with store.read() as uow:
        assert [row.id for row in uow.cases.search("停电")] == [case.id]


def _append_many(store: CentreStore, clock: FixedClock, start: threading.Barrier, count: int) -> None:
    start.wait(PATIENCE_S)
    for _ in range(count):
        with store.write() as uow:
            node = uow.events.node
            uow.append(
                None,
                [NewEvent("station_opened", {"site": node.site})],
                actor="device:x",
                now_ms=clock.now_ms(),
            )


def test_several_writers_make_one_chain(pg_url: str, store: CentreStore, clock: FixedClock) -> None:
    """Two engines stand for two processes: none shares a lock with the other but the database's."""
    other, start = CentreStore(open_centre(pg_url), clock), threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(_append_many, one, clock, start, 15) for one in (store, other, store, other)]
        for one in done:
            one.result(PATIENCE_S)
    other.close()
    with store.read() as uow:
        assert uow.events.node.seq == 61
        assert list(broken_chains(uow.connection)) == []


def test_without_holding_the_node_they_meet(
    pg_url: str, store: CentreStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: it is the lock that keeps two writers from the same number."""
    monkeypatch.setattr(EventLog, "hold_node", lambda self: None)
    start = threading.Barrier(2)

    def append() -> None:
        with store.write() as uow:
            assert uow.events.node.seq == 1
            start.wait(PATIENCE_S)
            uow.append(None, [NewEvent("station_opened", {})], actor="device:x", now_ms=clock.now_ms())

    with ThreadPoolExecutor(2) as pool:
        errors = [one.exception(PATIENCE_S) for one in (pool.submit(append), pool.submit(append))]
    assert [type(one) for one in errors if one] == [sa.exc.IntegrityError]


def test_a_gatherer_that_appends_holds_the_node_first(store: CentreStore, clock: FixedClock) -> None:
    """``gather`` waits for nobody; an append in it does."""
    with store.gather() as uow:
        stale = uow.events.node.seq
        _append_many(store, clock, threading.Barrier(1), 1)
        uow.append(None, [NewEvent("station_opened", {})], actor="device:x", now_ms=clock.now_ms())
        assert uow.events.node.seq == stale + 2
    with store.read() as uow:
        assert list(broken_chains(uow.connection)) == []


def test_what_fails_leaves_nothing(store: CentreStore, clock: FixedClock) -> None:
    def fails() -> None:
        with store.write() as uow:
            accept_case(uow, clock, CLERK, form())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with store.read() as uow:
        assert (uow.cases.count(), uow.events.node.seq) == (0, 1)


def test_a_reader_sees_one_state_and_writes_nothing(store: CentreStore, clock: FixedClock) -> None:
    with store.read() as uow:
        before = uow.cases.count()
        with store.write() as other:
            accept_case(other, clock, CLERK, form())
        assert uow.cases.count() == before == 0
    with pytest.raises(sa.exc.DBAPIError), store.read() as uow:
        uow.counters.set("x", 1, "")


def test_a_write_moves_the_data_version(store: CentreStore, clock: FixedClock) -> None:
    before = store.data_version()
    assert store.data_version() == before
    with store.write() as uow:
        accept_case(uow, clock, CLERK, form())
    assert store.data_version() > before


def test_text_with_nul_is_stored_without(store: CentreStore) -> None:
    with store.write() as uow:
        uow.counters.set("a\0b", 1, "")
    with store.read() as uow:
        assert uow.counters.get("ab") == (1, "")


@pytest.mark.parametrize("url", ["postgresql://nobody:x@127.0.0.1:1/none", "{url}"])
def test_a_database_that_cannot_be_reached_is_told(pg_url: str, url: str) -> None:
    with pytest.raises(AppError, match=r"storage\.unreachable"):
        open_centre(url.replace("{url}", pg_url.replace("/qifu_test_", "/qifu_gone_")))


def test_a_lock_held_too_long_is_told(store: CentreStore) -> None:
    with store.write(), store.gather() as uow:
        uow.connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
        with pytest.raises(AppError, match=r"storage\.locked"):
            uow.events.hold_node()


@pytest.mark.parametrize("count", [1, 30])
def test_a_mark_is_not_taken_down_before_its_event_can_be_seen(
    store: CentreStore, clock: FixedClock, count: int
) -> None:
    """Marked by an earlier event, and again by one that folding cannot see yet: the mark outlives the fold."""
    rows = [(f"s{n}",) for n in range(count)]
    with store.gather() as uow:
        insert_rows(uow.connection, unfolded, ("stream",), rows, hold_known=True)
    with store.gather() as late:
        insert_rows(late.connection, unfolded, ("stream",), rows, hold_known=True)
        with store.write() as uow:
            assert fold_some(uow, 100, clock.now_ms()) == 0  # held: passed over until it can be seen
    with store.write() as uow:
        assert fold_some(uow, 100, clock.now_ms()) == count


def test_with_marks_that_are_only_skipped_one_is_lost(store: CentreStore, clock: FixedClock) -> None:
    """The mutation."""
    with store.gather() as uow:
        insert_rows(uow.connection, unfolded, ("stream",), [("s",)], skip_known=True)
    with store.gather() as late:
        insert_rows(late.connection, unfolded, ("stream",), [("s",)], skip_known=True)
        with store.write() as uow:
            assert fold_some(uow, 100, clock.now_ms()) == 1
    with store.write() as uow:
        assert fold_some(uow, 100, clock.now_ms()) == 0
