"""What the engine of sync leaves in a store, written by hand: a node above, what it has, what was held back."""

from typing import Any

import sqlalchemy as sa

from db.schema.sync import chain, device, event_review, file_transfer, held_event, upstream
from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.events.canonical import canonical_bytes
from domain.events.clock import pack
from domain.events.event import Event, NewEvent, body_of, private_hash
from domain.events.ids import uuid7
from services.station import Station
from tests.fixed import WEDNESDAY

UPSTREAM = {
    "one": 1,
    "url": "https://centre.example.gov.cn",
    "site": "330100",
    "device": "c" * 16,
    "public_key": b"k" * 32,
    "epoch": "1",
    "enrolled_at": WEDNESDAY - 5_000_000,
    "heard_at": WEDNESDAY - 60_000,
}
OTHER = "0123456789abcdef"
"""Another window of the hall."""


def _write(station: Station, work: Any) -> Any:
    return station.call(lambda uow, clock, actor: work(uow))


def join(station: Station, **values: Any) -> None:
    """There is a node above, which has nothing yet."""

    def work(uow: UnitOfWork) -> None:
        uow.connection.execute(sa.delete(upstream))
        uow.connection.execute(sa.insert(upstream), {**UPSTREAM, **values})
        uow.changed.note("sync")

    _write(station, work)


def confirm(station: Station, seq: int | None = None) -> None:
    """The node above has this station's chain up to ``seq``, all of it by default."""

    def work(uow: UnitOfWork) -> None:
        node = uow.events.node
        own = {"device": node.device, "incarnation": node.incarnation, "branch": 0}
        uow.connection.execute(sa.delete(chain).where(chain.c.device == node.device))
        has = node.seq if seq is None else seq
        row = {**own, "seq": node.seq, "head": node.head, "upstream_seq": has}
        uow.connection.execute(sa.insert(chain), row)
        uow.changed.note("sync")

    _write(station, work)


def last_seq(station: Station) -> int:
    """How many events this station has recorded."""
    return int(_write(station, lambda uow: uow.events.node.seq))


def event_from_elsewhere(
    new: NewEvent, stream: str | None, seq: int, at_ms: int, device: str = OTHER
) -> tuple[Event, bytes, bytes | None]:
    """(event, salt, private) of a step that another window recorded."""
    private = None if new.private is None else canonical_bytes(new.private)
    salt = b"saltsalt"
    own = uuid7(at_ms, bytes([seq % 256] * 10))
    one = Event(
        id=own,
        stream=stream or own,
        kind=new.kind,
        kind_version=1,
        device=device,
        incarnation=1,
        seq=seq,
        hlc=pack(at_ms, 0),
        actor="clerk",
        site="demo",
        payload=new.payload,
        private_hash=None if private is None else private_hash(salt, private),
        private=new.private,
    )
    return one, salt, private


def arrive(station: Station, new: NewEvent, stream: str | None, seq: int, at_ms: int) -> str:
    """A step of another window arrives and is folded; its id."""
    one, salt, private = event_from_elsewhere(new, stream, seq, at_ms)

    def work(uow: UnitOfWork) -> None:
        from db.schema import event, event_private

        row = uow.events.row_of(one, body_of(one), b"h" * 32)
        uow.connection.execute(sa.insert(event), {**row, "upstream_pos": seq})
        if private is not None:
            uow.connection.execute(sa.insert(event_private), {"event": one.id, "salt": salt, "body": private})
        uow.refold([one.stream], at_ms)

    _write(station, work)
    return one.id


def hold(station: Station, new: NewEvent, state: str, reason: str, *, seq: int = 7, body: bytes = b"") -> str:
    """An event of another window is held back; its key."""
    one, salt, private = event_from_elsewhere(new, None, seq, WEDNESDAY)
    row = {
        "device": OTHER,
        "incarnation": 1,
        "branch": 0,
        "seq": seq,
        "body": body or body_of(one),
        "salt": None if private is None else salt,
        "private": private,
        "hash": b"h" * 32,
        "state": state,
        "reason": reason,
        "held_at": WEDNESDAY - seq,
    }
    _write(station, lambda uow: uow.connection.execute(sa.insert(held_event), row))
    return f"{OTHER}.1.0.{seq}"


def doubt(station: Station, event_id: str, stream: str, reason: str = "right_lapsed") -> None:
    """A step is flagged for review."""
    row = {"event": event_id, "stream": stream, "reason": reason, "found_at": WEDNESDAY}
    _write(station, lambda uow: uow.connection.execute(sa.insert(event_review), row))


def name_device(station: Station, name: str, of: str = OTHER) -> None:
    """A device of the hall has a name."""
    row = {
        "device": of,
        "site": "demo",
        "role": "window",
        "name": name,
        "public_key": b"k" * 32,
        "enrolled_at": WEDNESDAY,
    }
    _write(station, lambda uow: uow.connection.execute(sa.insert(device), row))


def file_on_its_way(station: Station, sha256: str = "ab" * 32) -> None:
    """A file has not reached the node above."""
    row = {"sha256": sha256, "direction": "up", "stream": "s", "size": 9, "asked_at": WEDNESDAY}
    _write(station, lambda uow: uow.connection.execute(sa.insert(file_transfer), row))


def two_answers(station: Station, case: Case, at_ms: int) -> str:
    """Another window, offline, withdrew a case later than this one answered it; the id of its step."""
    return arrive(
        station, NewEvent("case_withdrawn", {}, {"reason": "企业自行办理，不再需要"}), case.id, 41, at_ms
    )
