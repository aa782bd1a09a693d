"""What a desk shows of sync: what the upstream lacks, what was held back, what waits for a person's decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import reach
from db.log.ingest import RELEASED
from db.node import Node, load_node
from db.schema import case_row, conflict, event, event_private
from db.schema.sync import chain, device, event_review, file_transfer, held_event
from db.upstream import Upstream, UpstreamRow
from domain.events.clock import milliseconds

_MANY = 900
"""Parameters of one statement; SQLite takes 32,766, other stores fewer."""


@dataclass(frozen=True, slots=True)
class OpenChain:
    """Events ``after`` + 1 … ``seq`` of a chain, which the upstream has not confirmed and this node can send."""

    device: str
    incarnation: int
    branch: int
    after: int
    seq: int


@dataclass(frozen=True, slots=True)
class WaitingStream:
    """A record with events that the upstream lacks; ``since`` is when the first of them was made."""

    stream: str
    events: int
    since: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An event that was not taken in, with its place in its chain. ``state`` is refused or quarantined."""

    device: str
    incarnation: int
    branch: int
    seq: int
    state: str
    reason: str
    held_at: int
    body: bytes
    salt: bytes | None
    private: bytes | None
    hash: bytes


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """An event that no longer fits; ``stream`` is the record that lists it (an enterprise's: its credit code)."""

    event: str
    stream: str
    code: str
    found_at: int


@dataclass(frozen=True, slots=True)
class OpenReview:
    """An event of somebody who had no right to it."""

    event: str
    stream: str
    reason: str
    found_at: int


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored event's bytes and where its chain has it."""

    id: str
    stream: str
    device: str
    body: bytes
    private: bytes | None
    received_at: int | None


@dataclass(frozen=True, slots=True)
class AcceptedCase:
    """A case that this device accepted, with the place of its acceptance in the chain."""

    number: str
    incarnation: int
    branch: int
    seq: int
    body: bytes


class SyncRows:
    """Queries over the tables of sync; ``upstream`` is None where the station works alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upstream(self) -> UpstreamRow | None:
        """The node above."""
        return Upstream(self._connection).get()

    def open_chains(self) -> tuple[OpenChain, ...]:
        """Chains of which the upstream lacks something; one's own present one as far as it was written, noted or not.

        Chains of earlier incarnations are noted when a later one begins (``db/incarnation.py``).
        """
        node = load_node(self._connection)
        if node is None:
            return ()
        return tuple((self._open(reach(node.device)) | self._present_chain(node)).values())

    def _open(self, end: sa.ColumnElement[int]) -> dict[tuple[str, int, int], OpenChain]:
        c = chain.c
        query = sa.select(c.device, c.incarnation, c.branch, c.upstream_seq, end).where(end > c.upstream_seq)
        return {(row[0], row[1], row[2]): OpenChain(*row) for row in self._connection.execute(query)}

    def _present_chain(self, node: Node) -> dict[tuple[str, int, int], OpenChain]:
        c = chain.c
        own = (node.device, node.incarnation, 0)
        query = sa.select(c.upstream_seq).where(c.device == own[0], c.incarnation == own[1], c.branch == 0)
        after = int(self._connection.execute(query).scalar() or 0)
        return {own: OpenChain(*own, after, node.seq)} if node.seq > after else {}

    def oldest(self, chains: Sequence[OpenChain]) -> int | None:
        """When the oldest event of ``chains`` was made, UTC milliseconds."""
        c, found = event.c, []
        for one in chains:
            query = sa.select(c.hlc).where(_in_chain(one), c.seq > one.after).order_by(c.seq).limit(1)
            hlc = self._connection.execute(query).scalar()
            found += [] if hlc is None else [milliseconds(hlc)]
        return min(found, default=None)

    def waiting(self, chains: Sequence[OpenChain], limit: int | None = None) -> list[WaitingStream]:
        """Records with events in ``chains``, the one that waits longest first."""
        if not chains:
            return []
        c = event.c
        first = sa.func.min(c.hlc)
        query = sa.select(c.stream, sa.func.count(), first).where(_in_any(chains))
        rows = self._connection.execute(query.group_by(c.stream).order_by(first, c.stream).limit(limit))
        return [WaitingStream(stream, count, milliseconds(hlc)) for stream, count, hlc in rows]

    def count_waiting(self, chains: Sequence[OpenChain]) -> int:
        """How many records have events in ``chains``."""
        if not chains:
            return 0
        query = sa.select(sa.func.count(sa.distinct(event.c.stream))).where(_in_any(chains))
        return int(self._connection.execute(query).scalar_one())

    def is_confirmed(self, stream: str) -> bool:
        """Whether the upstream has every event of ``stream``; False where there is no upstream."""
        if self.upstream() is None:
            return False
        node = load_node(self._connection)
        present = {} if node is None else self._present_chain(node)
        chains = (self._open(sa.type_coerce(chain.c.seq, sa.Integer)) | present).values()
        if not chains:
            return True
        # By the stream's own index: the chains' may hold a whole history that has not gone up yet.
        after = {(one.device, one.incarnation, one.branch): one.after for one in chains}
        c = event.c
        query = sa.select(c.device, c.incarnation, c.branch, c.seq).where(c.stream == stream)
        return all(
            seq <= after.get((device, incarnation, branch), seq)
            for device, incarnation, branch, seq in self._connection.execute(query)
        )

    def held(self, state: str, limit: int | None = None) -> list[HeldRow]:
        """Events held back in ``state`` (refused, quarantined), the newest first, at most ``limit``."""
        columns = [held_event.c[name] for name in HeldRow.__slots__]
        query = sa.select(*columns).where(held_event.c.state == state)
        ordered = query.order_by(held_event.c.held_at.desc(), held_event.c.seq).limit(limit)
        rows = self._connection.execute(ordered)
        return [HeldRow(*row) for row in rows]

    def release(self, row: HeldRow, by: str, at: int) -> None:
        """A held event was let in."""
        c = held_event.c
        here = (c.device == row.device) & (c.incarnation == row.incarnation) & (c.branch == row.branch)
        values = {"state": RELEASED, "decided_at": at, "decided_by": by}
        self._connection.execute(sa.update(held_event).where(here, c.seq == row.seq).values(values))

    def held_counts(self) -> dict[str, int]:
        """State → how many events are held back in it."""
        state = held_event.c.state
        query = sa.select(state, sa.func.count()).group_by(state)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def conflicts(self, only: str | None = None) -> list[OpenConflict]:
        """Conflicts that nobody has decided, the oldest first; ``only`` the one of this event."""
        c = conflict.c
        query = sa.select(c.event, c.stream, c.code, c.found_at).where(c.decided_at.is_(None))
        if only is not None:
            query = query.where(c.event == only)
        return [OpenConflict(*row) for row in self._connection.execute(query.order_by(c.found_at, c.event))]

    def count_conflicts(self) -> int:
        """How many conflicts nobody has decided."""
        query = sa.select(sa.func.count()).select_from(conflict).where(conflict.c.decided_at.is_(None))
        return int(self._connection.execute(query).scalar_one())

    def decide_conflict(self, event_id: str, at: int) -> None:
        """A conflict was decided."""
        self._connection.execute(
            sa.update(conflict).where(conflict.c.event == event_id).values(decided_at=at)
        )

    def reviews(self, only: str | None = None) -> list[OpenReview]:
        """Steps without a right that nobody has decided about, the oldest first."""
        c = event_review.c
        query = sa.select(c.event, c.stream, c.reason, c.found_at).where(c.decided_at.is_(None))
        if only is not None:
            query = query.where(c.event == only)
        return [OpenReview(*row) for row in self._connection.execute(query.order_by(c.found_at, c.event))]

    def count_reviews(self) -> int:
        """How many reviews are open."""
        query = sa.select(sa.func.count()).select_from(event_review)
        return int(self._connection.execute(query.where(event_review.c.decided_at.is_(None))).scalar_one())

    def decide_review(self, event_id: str, decision: str, by: str, at: int) -> None:
        """A review was decided; an earlier decision stands."""
        open_one = (event_review.c.event == event_id) & event_review.c.decided_at.is_(None)
        values = {"decided_at": at, "decided_by": by, "decision": decision}
        self._connection.execute(sa.update(event_review).where(open_one).values(values))

    def files_waiting(self) -> int:
        """Files that have not reached the upstream yet."""
        c = file_transfer.c
        query = sa.select(sa.func.count()).select_from(file_transfer)
        return int(
            self._connection.execute(query.where(c.direction == "up", c.done_at.is_(None))).scalar_one()
        )

    def device_names(self) -> dict[str, str]:
        """Device → the name it was enrolled under."""
        return {row[0]: row[1] for row in self._connection.execute(sa.select(device.c.device, device.c.name))}

    def events(self, ids: Iterable[str]) -> list[StoredEvent]:
        """Stored events by id; those that are not here are left out."""
        c, wanted, found = event.c, list(ids), []
        for begin in range(0, len(wanted), _MANY):
            query = (
                sa.select(c.id, c.stream, c.device, c.body, event_private.c.body, c.received_at)
                .join_from(event, event_private, event_private.c.event == c.id, isouter=True)
                .where(c.id.in_(wanted[begin : begin + _MANY]))
            )
            found += [StoredEvent(*row) for row in self._connection.execute(query)]
        return found

    def accepted_between(self, from_ms: int, to_ms: int, by_device: str) -> list[AcceptedCase]:
        """Cases that ``by_device`` accepted in a stretch of time, in the order of its chain."""
        c, e = case_row.c, event.c
        columns = (c.number, e.incarnation, e.branch, e.seq, e.body)
        query = (
            sa.select(*columns)
            .join_from(case_row, event, e.id == c.id)
            .where(c.accepted_at >= from_ms, c.accepted_at < to_ms, e.device == by_device)
        )
        rows = self._connection.execute(query.order_by(e.incarnation, e.branch, e.seq))
        return [AcceptedCase(*row) for row in rows]


def _in_chain(one: OpenChain) -> sa.ColumnElement[bool]:
    c = event.c
    return sa.and_(c.device == one.device, c.incarnation == one.incarnation, c.branch == one.branch)


def _in_any(chains: Sequence[OpenChain]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(_in_chain(one), event.c.seq > one.after) for one in chains))


def waiting_streams(connection: Connection) -> sa.Select[tuple[str]]:
    """The ids of records with events that the upstream lacks; none where there is no upstream."""
    rows = SyncRows(connection)
    chains = rows.open_chains() if rows.upstream() is not None else ()
    query = sa.select(event.c.stream)
    return query.where(_in_any(chains)) if chains else query.where(sa.false())
