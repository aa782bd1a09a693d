"""The read model of devices, and what this node alone knows of them: when each was last heard, codes that are open."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import insert_rows
from db.log.joining import fold_anew
from db.schema import event
from db.schema.sync import chain, device, device_seen, enrol_code, event_review, held_event
from db.upsert import upsert
from domain.enrolment import BIRTH, ChainEnd, Device, fold_device
from domain.events.event import Event

_d, _s, _e = device.c, device_seen.c, enrol_code.c
LOST = "device_lost"
"""Why a step is to be reviewed: it came when its device was in other hands."""
_ONE = sa.select(device).where(_d.device == sa.bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Seen:
    """How a device was last heard. ``offset_ms`` is its clock less ours; ``waiting`` what it has not sent yet."""

    seen_at: int
    version: str
    offset_ms: int
    waiting: int


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """A one-time code, of which only the hash is known. Times are UTC milliseconds."""

    hash: str
    site: str
    role: str
    made_at: int
    until: int
    used_at: int | None = None
    device: str | None = None
    answer: bytes | None = None


def refresh(connection: Connection, stream: str, events: Sequence[Event]) -> bool:
    """Bring the row of the device that ``stream`` tells of up to date; False for every other stream."""
    birth = next((one for one in events if one.id == stream), None)
    if birth is None or birth.kind != BIRTH:
        return False
    found = fold_device(events)
    if found is None:
        return True
    known = Devices(connection).get(found.device)
    if known is None:
        _put(connection, found, stream, set(found.sites))
        _flag(connection, found)
    elif found.public_key == known.public_key:
        # Enrolled again, perhaps by another server: records of all its earlier sites count where it is now.
        before = {known.site, *known.sites}
        now, of_stream = (
            (found, stream)
            if _replaces(found, known)
            else (known, Devices(connection).stream_of(known.device))
        )
        sites = tuple(sorted({*known.sites, *found.sites} - {now.site}))
        _put(connection, replace(now, sites=sites), of_stream, {now.site, *sites} - before)
        _flag(connection, now)
    return True


def _flag(connection: Connection, one: Device) -> None:
    """What a stolen device had sent before it was revoked counts, and waits for somebody to look at it."""
    if one.since is None or one.revoked_at is None:
        return
    e, h = event.c, held_event.c
    # What lay in quarantine and was let in has been looked at.
    let_in = sa.select(h.seq).where(
        h.device == e.device, h.incarnation == e.incarnation, h.branch == e.branch, h.seq == e.seq
    )
    query = sa.select(e.id, e.stream).where(
        e.device == one.device, e.received_at >= one.since, sa.not_(let_in.exists())
    )
    rows = [(row.id, row.stream, LOST, one.revoked_at) for row in connection.execute(query)]
    insert_rows(connection, event_review, ("event", "stream", "reason", "found_at"), rows, skip_known=True)


def _put(connection: Connection, one: Device, stream: str, new_sites: set[str]) -> None:
    """Keep the row. What the device recorded at ``new_sites`` may have been folded before they were known."""
    upsert(connection, device, "device", {**_values(one), "stream": stream})
    if new_sites:
        fold_anew(connection, one.device)


def _replaces(found: Device, known: Device) -> bool:
    """Whether another enrolment of one device counts from now on. One that was revoked stays so."""
    if found.public_key != known.public_key or (known.is_revoked and not found.is_revoked):
        return False
    newly_out = found.is_revoked and not known.is_revoked
    return newly_out or found.enrolled_at >= known.enrolled_at


def _values(one: Device) -> dict[str, Any]:
    counts = json.dumps([asdict(end) for end in one.counts]) if one.is_revoked else None
    return {
        "device": one.device,
        "site": one.site,
        "role": one.role,
        "name": one.name,
        "public_key": one.public_key,
        "letters": " ".join(one.letters),
        "sites": " ".join(one.sites),
        "parent": one.parent,
        "enrolled_at": one.enrolled_at,
        "revoked_at": one.revoked_at,
        "revoked_seq": counts,
    }


def _frozen(row: sa.RowMapping) -> Device:
    return Device(
        device=row["device"],
        site=row["site"],
        role=row["role"],
        name=row["name"],
        public_key=bytes(row["public_key"]),
        letters=tuple(row["letters"].split()),
        sites=tuple(row["sites"].split()),
        parent=row["parent"],
        enrolled_at=row["enrolled_at"],
        revoked_at=row["revoked_at"],
        counts=tuple(ChainEnd(**end) for end in json.loads(row["revoked_seq"] or "[]")),
    )


class Devices:
    """Reads devices within one transaction, and keeps what this node knows of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, wanted: str) -> Device | None:
        """The device of this id, also a revoked one."""
        row = self._connection.execute(_ONE, {"wanted": wanted}).mappings().one_or_none()
        return None if row is None else _frozen(row)

    def all(self, site: str | None = None) -> list[Device]:
        """Devices, of one site or of all, in the order in which they came."""
        query = sa.select(device).order_by(_d.enrolled_at, _d.device)
        query = query if site is None else query.where(_d.site == site)
        return [_frozen(row) for row in self._connection.execute(query).mappings()]

    def mark(self) -> tuple[int, int, int]:
        """What is another after a device was enrolled or revoked."""
        query = sa.select(sa.func.count(), sa.func.max(_d.enrolled_at), sa.func.max(_d.revoked_at))
        count, enrolled, revoked = self._connection.execute(query.select_from(device)).one()
        return int(count), int(enrolled or 0), int(revoked or 0)

    def pairs_of(self, site: str) -> set[str]:
        """All pairs of letters that were ever given out at ``site``."""
        rows = self._connection.execute(sa.select(_d.letters).where(_d.site == site))
        return {pair for row in rows for pair in row.letters.split()}

    def stream_of(self, wanted: str) -> str:
        """The stream of the device's last enrolment; "" for one that is not known."""
        return str(self._connection.execute(sa.select(_d.stream).where(_d.device == wanted)).scalar() or "")

    def chain_ends(self, wanted: str, since: int | None = None) -> list[ChainEnd]:
        """How far this node has the device's chains; up to before what was seen from ``since`` on."""
        c, e = chain.c, event.c
        query = sa.select(c.incarnation, c.branch, c.seq).where(c.device == wanted)
        ends = [ChainEnd(*row) for row in self._connection.execute(query.order_by(c.incarnation, c.branch))]
        if since is None:
            return ends
        late = sa.select(e.incarnation, e.branch, sa.func.min(e.seq)).where(
            e.device == wanted, e.received_at >= since
        )
        first = {
            (row[0], row[1]): row[2]
            for row in self._connection.execute(late.group_by(e.incarnation, e.branch))
        }
        return [
            replace(one, seq=min(one.seq, first.get((one.inc, one.branch), one.seq + 1) - 1)) for one in ends
        ]

    def seen(self) -> dict[str, Seen]:
        """Device → how it was last heard."""
        rows = self._connection.execute(sa.select(device_seen))
        return {row.device: Seen(row.seen_at, row.version, row.offset_ms, row.waiting) for row in rows}

    def saw(self, wanted: str, seen: Seen) -> None:
        """Note that the device was heard."""
        upsert(self._connection, device_seen, "device", {"device": wanted, **asdict(seen)})

    def seen_since(self, since: int) -> int:
        """How many devices were heard since ``since``."""
        query = sa.select(sa.func.count()).select_from(device_seen).where(_s.seen_at >= since)
        return int(self._connection.execute(query).scalar_one())

    def put_code(self, code: EnrolCode) -> None:
        """Keep a fresh code."""
        self._connection.execute(sa.insert(enrol_code), asdict(code))

    def code(self, hashed: str) -> EnrolCode | None:
        """The code of this hash; at a centre nobody else may use it before the transaction ends."""
        row = self._connection.execute(sa.select(enrol_code).where(_e.hash == hashed).with_for_update())
        found = row.mappings().one_or_none()
        if found is None:
            return None
        values = dict(found)
        values["answer"] = None if found["answer"] is None else bytes(found["answer"])
        return EnrolCode(**values)

    def use_code(self, hashed: str, wanted: str, answer: bytes, now_ms: int) -> None:
        """The device used the code; ``answer`` is what it was told."""
        query = sa.update(enrol_code).where(_e.hash == hashed)
        self._connection.execute(query, {"used_at": now_ms, "device": wanted, "answer": answer})

    def forget_codes(self, before: int) -> None:
        """Let go of codes whose time was over before ``before``."""
        self._connection.execute(sa.delete(enrol_code).where(_e.until < before))
