"""隔离: events of a device that had been taken out of service when it recorded them. A supervisor may let them in."""

from db.audience import audience_of
from db.log.ingest import QUARANTINED, Ingest, Taken
from db.rows.sync_rows import HeldRow, SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.events.incoming import received
from domain.staff import Actor
from services.permissions import require
from services.sync.waiting import held_key


def release(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> None:
    """放行: take the held event in after all; it counts from now on, at its own place and time.

    ``sync.held_gone`` where nothing of this key lies in quarantine, ``sync.held_broken`` where its bytes are no event.
    """
    require(actor, "release_held")
    rows, now_ms = SyncRows(uow.connection), clock.now_ms()
    found = next((row for row in rows.held(QUARANTINED) if held_key(row) == key), None)
    if found is None:
        raise AppError("sync.held_gone")
    _take_in(uow, found, now_ms)
    rows.release(found, actor.id, now_ms)
    uow.changed.note("sync")


def _take_in(uow: UnitOfWork, found: HeldRow, now_ms: int) -> None:
    one = received(
        found.device,
        found.incarnation,
        found.branch,
        found.seq,
        bytes(found.body),
        found.salt,
        found.private,
        now_ms,
    )
    ingest = Ingest(uow.connection, audience_of(uow.reference, uow.events.node.site), now_ms)
    if one.event is None or one.problem or ingest.known_ids([one.event.id]):
        raise AppError("sync.held_broken")
    ingest.keep([(one, one.event, found.hash)], None, Taken(found.seq, found.hash))
    uow.refold([one.event.stream], now_ms)
