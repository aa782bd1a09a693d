"""Random histories of a store's records as they arrive from elsewhere, and all that is folded from them."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import event, event_private, metadata
from db.schema.sync import unfolded
from db.unit_of_work import UnitOfWork
from domain.events.canonical import canonical_bytes
from domain.events.clock import pack
from domain.events.event import Event, body_of, private_hash
from tests.fixed import WEDNESDAY

_SALT = b"12345678"
_WHO = (
    ("杭州蓝鲸智能装备有限公司", "91330100MA2H0KCB5W"),
    ("杭州蓝鲸智能装备公司", "91330100MA2H0KCB5W"),
    ("重庆单于茶行", None),
    ("河\0畔", None),
    ("", "92330106MA2CFLWJ4X"),
)
_PEOPLE = ("张三", "李四 ", "", "曾\0国")
_DEVICES = ("d" * 16, "e" * 16)
_BOARDS = ("policy", "talent", "appeal")
_NOT_FOLDED = frozenset(("event", "event_private", "unfolded"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event with the stretch of the history in which it arrives."""

    event: Event
    stretch: int


def history(chance: random.Random, *, streams: int, events: int, stretches: int) -> list[Arrival]:
    """``events`` of some records; most begin with their birth, not all of it arrives first."""
    ids = [_uuid(at) for at in range(streams)]
    kinds = {one: chance.choice(_BIRTHS) for one in ids}
    made: list[Arrival] = []
    for at in range(events):
        stream = chance.choice(ids)
        begun = any(one.event.id == stream for one in made)
        birth = not begun and chance.random() < 0.9
        # No stream tells of two things: an acceptance that comes later is a second one of the same case.
        steps = _STEPS if kinds[stream] is _accepted else _STEPS[1:]
        make = kinds[stream] if birth else chance.choice(steps)
        kind, payload, private = make(chance, [*_known(made), *ids])
        one = _event(chance, stream if birth else _uuid(1_000 + at), stream, kind, payload, private, at)
        made.append(Arrival(one, chance.randrange(stretches)))
    return made


def arrive(uow: UnitOfWork, made: list[Arrival], stretch: int) -> int:
    """Store what arrives in ``stretch``, unfolded, as taking it in does; how many events."""
    here = [one.event for one in made if one.stretch == stretch]
    for one in here:
        uow.connection.execute(sa.insert(event), uow.events.row_of(one, body_of(one), b"hash"))
        if one.private is not None:
            values = {"event": one.id, "salt": _SALT, "body": canonical_bytes(one.private)}
            uow.connection.execute(sa.insert(event_private), values)
    known = set(uow.connection.execute(sa.select(unfolded.c.stream)).scalars())
    for stream in {one.stream for one in here} - known:
        uow.connection.execute(sa.insert(unfolded), {"stream": stream})
    return len(here)


def folded(connection: Connection) -> dict[str, Any]:
    """All rows of all tables that folding writes, and what the search index finds which row by."""
    tables = [table for table in metadata.sorted_tables if table.name not in _NOT_FOLDED]
    found: dict[str, Any] = {table.name: _rows(connection, table) for table in tables}
    found["event_private"] = _rows(connection, event_private)
    for name in ("case", "enterprise"):
        found[f"{name}_fts"] = sorted(_found_by(connection, f"{name}_fts", _first(connection, name)))
    return found


def _rows(connection: Connection, table: sa.Table) -> list[str]:
    first = _first(connection, table.name.removesuffix("_row")) if "rowid_" in table.c else 0
    rows = connection.execute(sa.select(table)).mappings()
    return sorted(
        repr({name: value - first if name == "rowid_" else value for name, value in row.items()})
        for row in rows
    )


def _first(connection: Connection, name: str) -> int:
    """A sequence goes on where it was, also after what used it has been undone."""
    table = "case_row" if name == "case" else name
    return int(connection.exec_driver_sql(f"SELECT coalesce(min(rowid_), 0) FROM {table}").scalar_one())


def _found_by(connection: Connection, table: str, first: int) -> Iterator[tuple[int, str]]:
    if connection.dialect.name == "postgresql":
        for row, words in connection.exec_driver_sql(f"SELECT rowid_, words::text FROM {table}"):
            yield row - first, words
        return
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.told USING fts5vocab(main, {table}, instance)")
    for term, row in connection.exec_driver_sql("SELECT term, doc FROM temp.told").all():
        yield row - first, term
    connection.exec_driver_sql("DROP TABLE temp.told")


def _uuid(at: int) -> str:
    return f"019a95a0-0000-7000-9000-{at:012d}"


def _known(made: list[Arrival]) -> list[str]:
    return [one.event.id for one in made]


def _event(
    chance: random.Random, own: str, stream: str, kind: str, payload: Any, private: Any, at: int
) -> Event:
    if private is not None and chance.random() < 0.1:
        private = None
    digest = None if private is None else private_hash(_SALT, canonical_bytes(private))
    device = chance.choice(_DEVICES)
    return Event(
        id=own,
        stream=stream,
        kind=kind,
        kind_version=1 if chance.random() < 0.97 else 99,
        device=device,
        incarnation=1,
        seq=at + 1,
        hlc=pack(WEDNESDAY + chance.randrange(-40, 40) * 3_600_000 + at, 0),
        actor="clerk",
        site=chance.choice(("hall", "old")),
        payload=payload,
        private_hash=digest,
        private=private,
        received_at=WEDNESDAY + at,
    )


def _accepted(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    name, uscc = chance.choice(_WHO)
    applicant = {"kind": "enterprise", "name": name} | ({"uscc": uscc} if uscc else {})
    payload = {
        "applicant": applicant,
        "boards": chance.sample(_BOARDS, chance.randrange(3)),
        "channel": "window",
        "due": {"at": WEDNESDAY + chance.randrange(9) * 86_400_000, "provisional": False},
        "kind": "request",
        "limit": "standard" if chance.random() < 0.1 else {"class": "standard"},
        "number": f"HP261118AB{chance.randrange(9000):04d}X",
        "sensitive": chance.random() < 0.2,
        "in_pool": chance.random() < 0.5,
        "scope": "point",
        "chosen": chance.random() < 0.5,
        "versions": {"boards": 1},
    }
    return (
        "case_accepted",
        payload,
        {"contact": _contact(chance), "text": chance.choice(("换证", "补贴 AB1234567", ""))},
    )


def _contact(chance: random.Random) -> dict[str, Any]:
    return {"name": chance.choice(_PEOPLE), "phone": chance.choice(("13800000000", "", "张三"))}


def _registered(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    name, uscc = chance.choice(_WHO[:2])
    return (
        "enterprise_registered",
        {"uscc": uscc, "source": "typed", "fields": {"name": name}, "name": name},
        None,
    )


def _issued(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    payload = {
        "day": "2026-11-18",
        "number": f"A{chance.randrange(999):03d}",
        "serial": 1,
        "group": "A",
        "source": "kiosk",
        "priority": "",
        "line_at": WEDNESDAY,
    }
    return "ticket_issued", payload, None


def _enrolled(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    payload = {
        "device": chance.choice(_DEVICES),
        "site": "hall",
        "role": "window",
        "name": "",
        "public_key": base64.b64encode(b"k" * 32).decode(),
        "letters": [],
        "sites": ["old"],
    }
    return "device_enrolled", payload, None


def _erased(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    payload = {"streams": chance.sample(ids, 2), "events": [], "parts": [], "reason": "request"}
    return "person_erased", payload, None


def _step(kind: str, payload: Any = None, private: Any = None) -> Any:
    return lambda chance, ids: (kind, payload or {}, private)


def _decided(chance: random.Random, ids: list[str]) -> tuple[str, Any, Any]:
    if chance.random() < 0.5:
        return "conflict_decided", {"event": chance.choice(ids), "choice": "kept"}, None
    return "review_decided", {"event": chance.choice(ids), "decision": "undone"}, None


_BIRTHS = (*[_accepted] * 6, _registered, _issued, _enrolled, _erased)
_STEPS = (
    _accepted,
    _step("case_answered", private={"answer": "已办"}),
    _step("case_withdrawn", private={"reason": "不办"}),
    _step("case_fed_back", {"by": "window"}, {"text": "好"}),
    _step("assignment_received", {"board": "policy"}),
    _step("assignment_answered", {"board": "policy"}, {"answer": "可以"}),
    _step("case_resolved", private={"answer": "可以"}),
    _step("case_reopened", private={"reason": "没有"}),
    _step("case_suspended", {"reason": "material"}),
    _step("case_flagged", {"sensitive": True}),
    _step("paper_printed", {"paper": "slip"}),
    _step("case_sealed", {"how": 1}),
    lambda chance, ids: ("contact_corrected", {}, {"contact": _contact(chance)}),
    _decided,
    _decided,
)
