"""The log, its unit of work and what hangs on it: chain, clock, outbox, counters, reference documents."""

import json

import pytest
import sqlalchemy as sa

from db import chain_check
from db.log.log_check import broken_chains
from db.reference import ReferenceDocuments
from db.schema import event, event_private, node
from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from domain.events.clock import milliseconds
from domain.events.event import NewEvent
from domain.staff import Actor
from services.cases import accept_case
from services.printing import record_print
from services.station import Station, reads
from tests.fixed import FixedClock, form


@reads
def _broken(uow: UnitOfWork, clock: object, actor: Actor) -> list[str]:
    return list(chain_check.broken(uow.connection))


def _append(uow: UnitOfWork, clock: FixedClock, actor: Actor, count: int = 1) -> list[tuple[int, int]]:
    new = [NewEvent("station_opened", {"n": n}, {"secret": n}) for n in range(count)]
    return [(e.seq, e.hlc) for e in uow.events.append(None, new, actor="x", now_ms=clock.now_ms())]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (sa.update(event).where(event.c.seq == 2).values(body=b"{}"), "chain"),
        (sa.update(event).where(event.c.seq == 2).values(hash=b"x"), "chain"),
        (sa.update(event).where(event.c.seq == 3).values(seq=99), "chain"),
        (sa.update(event_private).values(body=b'{"secret":"other"}'), "private"),
        (sa.update(node).values(head=b"x"), "head"),
        (sa.update(node).values(seq=1), "head"),
    ],
)
def test_whatever_is_changed_is_noticed(station: Station, statement: sa.Executable, what: str) -> None:
    station.call(_append, 3)
    assert station.call(_broken) == []

    def tamper(uow: UnitOfWork, clock: object, actor: Actor) -> list[str]:
        uow.connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        if what != "chain":
            uow.connection.execute(statement)
            return list(chain_check.broken(uow.connection))
        uow.connection.execute(statement)
        return [f"chain {'/'.join(map(str, one))}" for one in broken_chains(uow.connection)]

    assert what in {one.split()[0] for one in station.call(tamper)}


def test_seq_and_clock_go_on_and_survive_a_clock_set_back(station: Station, clock: FixedClock) -> None:
    first = station.call(_append, 2)
    clock.move(days=-366)
    second = station.call(_append, 2)
    readings = [hlc for _, hlc in (*first, *second)]
    assert [seq for seq, _ in (*first, *second)] == list(range(first[0][0], first[0][0] + 4))
    assert readings == sorted(set(readings))
    assert milliseconds(readings[-1]) > clock.at_ms


def test_the_wall_clock_is_told_only_where_the_stamp_differs(station: Station, clock: FixedClock) -> None:
    def payloads(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> list[object]:
        new = [NewEvent("station_opened", {})]
        return [e.payload.get("at") for e in uow.events.append(None, new, actor="x", now_ms=clock.now_ms())]

    clock.move(ms=10)
    assert station.call(payloads) == [None]
    clock.move(days=-1)
    assert station.call(payloads) == [clock.at_ms]


def test_private_parts_rest_apart(station: Station) -> None:
    station.call(accept_case, form(contact={"name": "赵一", "phone": "13900000000"}))

    def rows(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[bytes, bytes]:
        bodies = uow.connection.execute(sa.select(event.c.body)).scalars()
        private = uow.connection.execute(sa.select(event_private.c.body)).scalars()
        return b"".join(map(bytes, bodies)), b"".join(map(bytes, private))

    public, private = station.call(rows)
    assert b"13900000000" in private
    assert b"13900000000" not in public
    assert "赵一".encode() not in public


def test_erased_private_parts_keep_the_chain_whole(station: Station) -> None:
    done = station.call(accept_case, form())

    def erase(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> tuple[bool, str, list[str]]:
        uow.connection.execute(sa.delete(event_private))
        uow.refold([done.id], clock.now_ms())
        case = uow.case(done.id)
        return case.erased, case.text, list(chain_check.broken(uow.connection))

    assert station.call(erase) == (True, "", [])


def test_a_failed_unit_of_work_leaves_nothing(station: Station) -> None:
    def fails(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> None:
        accept_case(uow, clock, actor, form())
        raise RuntimeError("bug")

    assert isinstance(station.submit(fails).exception(), RuntimeError)

    def count(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[int, int]:
        return uow.events.count(), uow.cases.count()

    assert station.call(count) == (1, 0)
    assert station.call(_broken) == []


def test_refolding_repeats_no_side_effect(station: Station) -> None:
    done = station.call(accept_case, form())
    station.call(record_print, done.number, "case_slip", "a5")

    def refold(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> tuple[int, int]:
        for _ in range(3):
            uow.refold([done.id], clock.now_ms())
        waiting = uow.outbox.waiting()
        first = uow.outbox.done(waiting[0].id, 1)
        assert (first, uow.outbox.done(waiting[0].id, 2)) == (True, False)
        enterprise = uow.enterprises.get(None, form().name or "")
        return len(waiting), enterprise.cases if enterprise else 0

    assert station.call(refold) == (1, 1)


def test_an_effect_of_an_event_is_asked_for_once(station: Station) -> None:
    def twice(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> None:
        (one,) = uow.events.append(None, [NewEvent("station_opened", {})], actor="x", now_ms=clock.now_ms())
        uow.outbox.add(one.id, "print", {}, 0)
        uow.outbox.add(one.id, "print", {}, 0)

    with pytest.raises(sa.exc.IntegrityError):
        station.call(twice)


def test_counters(station: Station) -> None:
    def count(uow: UnitOfWork, clock: object, actor: Actor) -> list[tuple[int, str]]:
        seen = [uow.counters.get("x")]
        for value, day in ((1, "a"), (2, "b")):
            uow.counters.set("x", value, day)
            seen.append(uow.counters.get("x"))
        return seen

    assert station.call(count) == [(0, ""), (1, "a"), (2, "b")]


def test_a_published_version_never_changes(station: Station) -> None:
    def put(uow: UnitOfWork, clock: object, actor: Actor) -> dict[str, object] | None:
        uow.reference.put({"kind": "x", "version": 1, "a": 1}, source="own", now_ms=0)
        uow.reference.put({"kind": "x", "version": 1, "a": 2}, source="own", now_ms=0)
        uow.reference.put({"kind": "x", "version": 2, "a": 3}, source="own", now_ms=0)
        fresh = ReferenceDocuments(uow.connection)
        assert fresh.get("x") == {"kind": "x", "version": 2, "a": 3}
        assert fresh.get("x", 9) is None
        return fresh.get("x", 1)

    assert station.call(put) == {"kind": "x", "version": 1, "a": 1}


def test_a_store_without_a_station(home, engine, clock: FixedClock) -> None:  # type: ignore[no-untyped-def]
    from db.unit_of_work import Store

    store = Store(engine, clock)
    with store.write() as uow, pytest.raises(AppError) as caught:
        _ = uow.events.node
    assert caught.value.code == "storage.not_opened"
    store.close()


def test_enterprises_count_their_cases_once(station: Station) -> None:
    from domain.cases.intake import ContactForm
    from services.case_steps import correct_contact

    done = station.call(accept_case, form(answer="好", missing=("甲",)))
    station.call(accept_case, form(text="另一件"))
    station.call(correct_contact, done.number, ContactForm(name="新人", phone="10086"))

    def known(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[int, str]:
        row = uow.enterprises.get(None, form().name or "")
        assert row is not None
        return row.cases, row.contact_name

    assert station.call(known) == (2, "新人")


def test_bodies_are_canonical(station: Station) -> None:
    station.call(accept_case, form())

    def bodies(uow: UnitOfWork, clock: object, actor: Actor) -> list[bytes]:
        return [bytes(row) for row in uow.connection.execute(sa.select(event.c.body)).scalars()]

    for body in station.call(bodies):
        again = json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert again.encode() == body
