"""How this station hangs together with the node above it, in one frozen value."""

from dataclasses import dataclass, replace
from enum import StrEnum

from db.log.ingest import QUARANTINED, REFUSED
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.station import reads

CLOCK_TOLD_MS = 120_000
"""From here on the clerk is told: further ahead an event is not sorted by its own clock (``domain.events.clock``)."""
COUNTED = 5_000
"""Up to so many waiting events the records they belong to are counted; beyond, the figure of events says enough."""
REVOKED = frozenset({"sync.revoked", "device.revoked"})
"""What is noted once the node above has answered that this device was taken out of service."""


class Phase(StrEnum):
    """独立网点, 已同步, 等待同步, 离线, 已被停用."""

    ALONE = "alone"
    SYNCED = "synced"
    WAITING = "waiting"
    OFFLINE = "offline"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class SyncState:
    """Times are UTC milliseconds. ``waiting`` events are made here, or passed on, and not confirmed from above.

    ``records`` are the cases, tickets and so on that they belong to, None where they are too many to count.
    ``upstream_name`` is empty while no document has told it. ``failure`` is why the last run ended early, empty after a
    whole one; ``offset_ms`` is the upper clock less ours.
    """

    site: str
    device: str
    now_ms: int
    joined: bool = False
    upstream: str = ""
    upstream_name: str = ""
    url: str = ""
    joined_at: int | None = None
    heard_at: int | None = None
    failed_at: int | None = None
    failure: str = ""
    offset_ms: int = 0
    waiting: int = 0
    records: int | None = 0
    oldest_at: int | None = None
    files: int = 0
    refused: int = 0
    quarantined: int = 0
    conflicts: int = 0
    reviews: int = 0

    @property
    def phase(self) -> Phase:
        """The one word for it."""
        if not self.joined:
            return Phase.ALONE
        if self.failure in REVOKED:
            return Phase.REVOKED
        if self.failure:
            return Phase.OFFLINE
        return Phase.WAITING if self.waiting or self.files else Phase.SYNCED

    @property
    def above(self) -> str:
        """The node above for people: by its name, before that is known by its address."""
        return self.upstream_name or self.url

    @property
    def clock_is_off(self) -> bool:
        """Whether this machine's clock differs so much that people should know."""
        return self.joined and abs(self.offset_ms) > CLOCK_TOLD_MS

    @property
    def silent_ms(self) -> int:
        """How long nothing was heard from above; 0 for a lone station."""
        since = self.heard_at or self.joined_at
        return 0 if since is None else max(0, self.now_ms - since)

    @property
    def to_decide(self) -> int:
        """What waits for a person."""
        return self.conflicts + self.reviews + self.quarantined


@reads
def read_sync_state(uow: UnitOfWork, clock: Clock, actor: Actor) -> SyncState:
    """The state as of now."""
    rows, node = SyncRows(uow.connection), uow.events.node
    held = rows.held_counts()
    base = SyncState(
        site=node.site,
        device=node.device,
        now_ms=clock.now_ms(),
        refused=held.get(REFUSED, 0),
        quarantined=held.get(QUARANTINED, 0),
        conflicts=rows.count_conflicts(),
        reviews=rows.count_reviews(),
    )
    return _joined(uow, rows, base)


def _joined(uow: UnitOfWork, rows: SyncRows, base: SyncState) -> SyncState:
    above = rows.upstream()
    if above is None:
        return base
    chains = rows.open_chains()
    waiting = sum(one.seq - one.after for one in chains)
    return replace(
        base,
        joined=True,
        upstream=above.site,
        upstream_name=site_name(uow, above.site),
        url=above.url,
        joined_at=above.enrolled_at,
        heard_at=above.heard_at,
        failed_at=above.failed_at,
        failure=above.failure,
        offset_ms=above.offset_ms,
        waiting=waiting,
        records=rows.count_waiting(chains) if waiting <= COUNTED else None,
        oldest_at=rows.oldest(chains),
        files=rows.files_waiting(),
    )


def site_name(uow: UnitOfWork, code: str) -> str:
    """The name of a site in the tree of sites, or of the station's own; empty where no document has told it yet."""
    told = [*(uow.reference.get("sites") or {}).get("entries", ()), uow.reference.get("site") or {}]
    return next((str(one["name"]) for one in told if one.get("code") == code and one.get("name")), "")
