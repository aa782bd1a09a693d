"""What waits to be sent, record by record; and what was refused or lies in quarantine, event by event."""

from dataclasses import dataclass

from db.log.ingest import QUARANTINED, REFUSED
from db.rows.record_labels import RecordLabel, area_of, labels_of
from db.rows.sync_rows import HeldRow, SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.events.event import Event, read_body
from domain.staff import Actor
from services.station import reads

MOST = 500


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """One record that the upstream does not have as it is here. ``since`` is its oldest unsent event, UTC ms."""

    label: RecordLabel
    events: int
    since: int

    @property
    def key(self) -> str:
        """Its stream."""
        return self.label.stream


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The records that wait longest, of ``total``; ``now_ms`` when it was read."""

    rows: tuple[WaitingRecord, ...]
    total: int
    now_ms: int


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """An event that was not taken in. ``kind`` and ``actor`` are empty where its bytes are no event at all."""

    key: str
    device: str
    device_name: str
    incarnation: int
    branch: int
    seq: int
    reason: str
    held_at: int
    label: RecordLabel
    kind: str = ""
    actor: str = ""
    at: int | None = None


@reads
def list_waiting(uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = MOST) -> WaitingList:
    """What the upstream lacks, the record that waits longest first; nothing for a lone station."""
    rows = SyncRows(uow.connection)
    chains = rows.open_chains() if rows.upstream() is not None else ()
    found = rows.waiting(chains, limit)
    labels = labels_of(uow.connection, (one.stream for one in found))
    records = tuple(WaitingRecord(labels[one.stream], one.events, one.since) for one in found)
    cut = limit is not None and len(found) == limit
    return WaitingList(records, rows.count_waiting(chains) if cut else len(records), clock.now_ms())


@reads
def list_refused(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = None
) -> tuple[HeldRecord, ...]:
    """Events that are forged or malformed, the newest first. They stay, so that their chain can be checked."""
    return _held(uow, REFUSED, limit)


@reads
def list_quarantined(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = None
) -> tuple[HeldRecord, ...]:
    """Events that came from a device after it was taken out of service, the newest first."""
    return _held(uow, QUARANTINED, limit)


def _held(uow: UnitOfWork, state: str, limit: int | None) -> tuple[HeldRecord, ...]:
    rows = SyncRows(uow.connection)
    found = [(row, event_in(row)) for row in rows.held(state, limit)]
    labels = labels_of(uow.connection, (event.stream for _, event in found if event is not None))
    names = rows.device_names()
    return tuple(_record(row, event, names.get(row.device, ""), labels) for row, event in found)


def event_in(row: HeldRow) -> Event | None:
    """The event in the bytes that were held back, or None where they are none."""
    try:
        return read_body(row.body, row.private)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def held_key(row: HeldRow) -> str:
    """How a held event is named: ``device.incarnation.branch.seq``."""
    return f"{row.device}.{row.incarnation}.{row.branch}.{row.seq}"


def _record(row: HeldRow, event: Event | None, name: str, labels: dict[str, RecordLabel]) -> HeldRecord:
    label = RecordLabel("") if event is None else labels[event.stream]
    if event is not None and not label.number and event.id == event.stream:
        label = _told_by(event)
    return HeldRecord(
        key=held_key(row),
        device=row.device,
        device_name=name,
        incarnation=row.incarnation,
        branch=row.branch,
        seq=row.seq,
        reason=row.reason,
        held_at=row.held_at,
        label=label,
        kind=event.kind if event else "",
        actor=event.actor if event else "",
        at=event.at if event else None,
    )


def _told_by(birth: Event) -> RecordLabel:
    """A record of which nothing but its first event is here, held back."""
    said = birth.payload if isinstance(birth.payload, dict) else {}
    return RecordLabel(birth.stream, area_of(birth.kind), str(said.get("number", ""))[:40])
