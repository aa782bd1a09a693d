"""Taking in a stretch of the upstream's log: the other half of ``db/log/ingest``."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from db.bulk import insert_rows
from db.log.chains import ChainId, ChainMark, ChainRow, branch_name, of_chain
from db.log.ingest import FORK, REFUSED, RELEASED, Ingest, Place, Taken
from db.log.scope_log import empty_digest, next_digest
from db.node import Node
from db.schema import event
from db.schema.sync import held_event, unfolded, upstream_cursor, upstream_mark
from db.upsert import insert_of
from domain.events.clock import MAX_LEAD_MS, pack
from domain.events.event import Event, genesis, next_hash
from domain.events.incoming import Incoming, received

KEPT_MARKS = 400
ABOVE = "upstream"
"""Who let in a held event that came down in the log."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """One entry of the upstream's log. ``one`` is None where this node is said to have the event already."""

    pos: int
    chain: ChainId
    seq: int
    stamp: int
    one: Incoming | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Entries after ``pos`` of the log of ``scope``; ``digest`` is the upstream's after the last of them."""

    scope: str
    pos: int
    digest: bytes
    entries: Sequence[Pulled]
    marks: Sequence[ChainMark] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the log of a scope was taken in."""

    scope: str
    pos: int
    digest: bytes


class PageMismatch(Exception):
    """The page does not fit what was taken in before: its digest, its beginning, or events it says are here."""


class ChainsParted(Exception):
    """The upstream has a chain otherwise than this node: both have to be kept, as branches."""


@dataclass(slots=True)
class _Sorted:
    """The entries of a page: what is new, with hash and position, and what only tells when an event was seen."""

    good: list[tuple[Incoming, Event, bytes | None]]
    places: list[int]
    stamped: list[Pulled]
    released: list[Pulled] = field(default_factory=list)
    """Held back here and let in above."""

    def take(self, one: Incoming, what: Event, head: bytes | None, pos: int) -> None:
        """One more that is new."""
        self.good.append((one, what, head))
        self.places.append(pos)


class Pulling:
    """Takes pages in within one transaction."""

    def __init__(self, ingest: Ingest, node: Node) -> None:
        self._ingest = ingest
        self._connection = ingest._connection
        self._node = node

    def cursor(self, scope: str) -> Cursor:
        """How far the log of ``scope`` was taken in."""
        c = upstream_cursor.c
        row = self._connection.execute(sa.select(c.pos, c.digest).where(c.scope == scope)).one_or_none()
        return Cursor(scope, 0, empty_digest(scope)) if row is None else Cursor(scope, row[0], bytes(row[1]))

    def marks(self, scope: str, limit: int) -> list[Cursor]:
        """Earlier cursors, the newest first."""
        c = upstream_mark.c
        query = sa.select(c.pos, c.digest).where(c.scope == scope).order_by(c.pos.desc()).limit(limit)
        return [Cursor(scope, int(pos), bytes(digest)) for pos, digest in self._connection.execute(query)]

    def reset(self, scope: str, pos: int, digest: bytes) -> None:
        """Go back to where both logs agree: what lies beyond is asked for again."""
        self._connection.execute(
            sa.delete(upstream_mark).where(upstream_mark.c.scope == scope, upstream_mark.c.pos > pos)
        )
        self._put_cursor(scope, pos, digest)

    def is_behind_itself(self, page: Page) -> bool:
        """Whether the upstream has more of this node's present chain than the node: another store writes as it does."""
        own = (self._node.device, self._node.incarnation, 0)
        return any(one.chain == own and one.seq > self._node.seq for one in page.entries)

    def take(self, page: Page, *, parted: bool = False) -> Taken:
        """Store what is new and move the cursor. ``PageMismatch`` and ``ChainsParted`` change nothing.

        ``parted``: where a chain is another than here in spite of all, what the upstream has of it is held back.
        """
        before = self.cursor(page.scope)
        if before.pos != page.pos:
            raise PageMismatch("position")
        known = self._bodies(page.entries)
        digest = before.digest
        for entry in page.entries:
            body = entry.one.body if entry.one is not None else known.get((*entry.chain, entry.seq))
            if body is None:
                raise PageMismatch("known")
            digest = next_digest(digest, hashlib.sha256(body).digest(), entry.stamp, entry.again)
        if digest != page.digest:
            raise PageMismatch("digest")
        taken = self._store(page, parted)
        for mark in page.marks:
            self._ingest.chains.add_mark(mark)
        pos = page.entries[-1].pos if page.entries else page.pos
        self._put_cursor(page.scope, pos, digest)
        self._put_mark(page.scope, pos, digest)
        return taken

    def _bodies(self, entries: Sequence[Pulled]) -> dict[tuple[str, int, int, int], bytes]:
        """Bodies of events that were not sent since they are here, or stand further up in the page."""
        wanted: dict[ChainId, list[int]] = {}
        found: dict[tuple[str, int, int, int], bytes] = {}
        for entry in entries:
            if entry.one is None:
                wanted.setdefault(entry.chain, []).append(entry.seq)
            else:
                found[(*entry.chain, entry.seq)] = entry.one.body
        for table in (held_event, event):
            c = table.c
            for chain, seqs in wanted.items():
                query = sa.select(c.seq, c.body).where(
                    *of_chain(table, chain), c.seq >= min(seqs), c.seq <= max(seqs)
                )
                found |= {(*chain, int(seq)): bytes(body) for seq, body in self._connection.execute(query)}
        return found

    def _store(self, page: Page, parted: bool) -> Taken:
        taken = Taken(0, b"")
        chains: dict[ChainId, ChainRow | None] = {}
        found = self._sorted(page.entries, chains, parted)
        for row in chains.values():
            if row is not None:
                self._ingest.chains.lock(row.id, row.fork_seq, row.head)
                self._ingest.chains.advance(row.id, row.seq, row.head)
        self._ingest.keep(found.good, None, taken, upstream=found.places, also=self._served(page.scope))
        for row in chains.values():
            if row is not None:
                row = self._ingest.chains.link_on(row)
                self._ingest.chains.set_upstream(row.id, max(row.seq, row.upstream_seq))
        self._note_stamps(found.stamped)
        self._note_released(found.released)
        return taken

    def _served(self, scope: str) -> tuple[str, ...]:
        return (scope,) if self._node.serves else ()

    def _sorted(
        self, entries: Sequence[Pulled], chains: dict[ChainId, ChainRow | None], parted: bool
    ) -> _Sorted:
        found, held = _Sorted([], [], []), self._held(entries)
        told = [held.get((*entry.chain, entry.seq), (entry.one, None))[0] for entry in entries]
        known = self._ingest.known_ids(one.event.id for one in told if one is not None and one.event)
        for entry in entries:
            one = entry.one
            apart, head = held.get((*entry.chain, entry.seq), (None, None))
            if apart is not None and (one is None or one.body == apart.body):
                found.released.append(entry)
                if apart.event is not None and apart.event.id not in known:
                    known.add(apart.event.id)
                    found.take(apart, apart.event, head, entry.pos)
                    continue
            if one is None:
                found.stamped.append(entry)
                continue
            if one.event is not None and one.event.id in known:
                found.stamped.append(entry)
                continue
            head, problem = self._linked(one, chains)
            if problem and not parted:
                raise ChainsParted(entry.chain)
            if one.event is None or one.problem or problem:
                self._ingest.hold(one, head or b"", REFUSED, one.problem or problem or "malformed")
                continue
            known.add(one.event.id)
            found.take(one, one.event, head, entry.pos)
        return found

    def _held(self, entries: Sequence[Pulled]) -> dict[Place, tuple[Incoming, bytes | None]]:
        """What of ``entries`` is held back here, with its hash: whoever is above has decided otherwise."""
        wanted: dict[ChainId, dict[int, int]] = {}
        for entry in entries:
            wanted.setdefault(entry.chain, {})[entry.seq] = entry.stamp
        found: dict[Place, tuple[Incoming, bytes | None]] = {}
        c = held_event.c
        query = sa.select(c.seq, c.body, c.salt, c.private, c.hash)
        for chain, stamps in wanted.items():
            stretch = (*of_chain(held_event, chain), c.seq >= min(stamps), c.seq <= max(stamps))
            for row in self._connection.execute(query.where(*stretch, c.state != RELEASED)):
                if row.seq in stamps:
                    one = received(*chain, row.seq, row.body, row.salt, row.private, stamps[row.seq])
                    found[(*chain, int(row.seq))] = (one, row.hash or None)
        return found

    def _note_released(self, entries: Sequence[Pulled]) -> None:
        c, values = held_event.c, {"state": RELEASED, "decided_at": self._ingest.now_ms, "decided_by": ABOVE}
        for one in entries:
            here = (*of_chain(held_event, one.chain), c.seq == one.seq)
            self._connection.execute(sa.update(held_event).where(*here).values(values))

    def _linked(self, one: Incoming, chains: dict[ChainId, ChainRow | None]) -> tuple[bytes | None, str]:
        """The hash of the chain after ``one``, where its chain is known up to it; and whether it forks here."""
        chain_id = (one.device, one.incarnation, one.branch)
        if chain_id == (self._node.device, self._node.incarnation, 0) and one.seq <= self._node.seq:
            return None, FORK
        if chain_id not in chains:
            chains[chain_id] = self._ingest.chains.get(chain_id)
        row = chains[chain_id] or self._begun(one)
        if row is not None and one.seq <= row.seq:
            return None, FORK
        if row is None or one.seq != row.seq + 1:
            return None, FORK if self._ingest.occupied(chain_id, one.seq, one.seq) else ""
        head = next_hash(row.head, one.body)
        chains[chain_id] = replace(row, seq=one.seq, head=head)
        return head, ""

    def _begun(self, one: Incoming) -> ChainRow | None:
        """The chain that ``one`` is the first event of; None where it is not."""
        device, incarnation, branch = chain_id = (one.device, one.incarnation, one.branch)
        if not branch:
            return ChainRow(*chain_id, 0, genesis(device, incarnation)) if one.seq == 1 else None
        base = one.seq - 1
        if branch_name(one.body) != branch:
            return None
        head = self._ingest.chains.hashes((device, incarnation, 0), [base]).get(base)
        return None if head is None else ChainRow(*chain_id, base, head, fork_seq=base)

    def _note_stamps(self, entries: Sequence[Pulled]) -> None:
        """When events that are here were first seen, as the upstream has it."""
        for chain, first, last, stamp in _stretches(entries):
            self.note_stamp(chain, first, last, stamp)

    def note_stamp(self, chain: ChainId, first: int, last: int, stamp: int) -> None:
        """Events ``first`` … ``last`` of a chain were seen at ``stamp``; a smaller one that is known stays."""
        c = event.c
        later = sa.or_(c.received_at.is_(None), c.received_at > stamp)
        place = (*of_chain(event, chain), c.seq >= first, c.seq <= last)
        if self._node.serves:
            ids = self._connection.execute(sa.select(c.id).where(*place, later)).scalars()
            self._ingest.showing.restamp(dict.fromkeys(ids, stamp))
            return
        # Their place in their streams changes only where their clock ran ahead of the stamp.
        ahead = sa.select(c.stream).where(*place, later, c.hlc > pack(stamp + MAX_LEAD_MS, 0)).distinct()
        lagging = [(one,) for one in self._connection.execute(ahead).scalars()]
        self._connection.execute(sa.update(event).where(*place, later).values(received_at=stamp))
        insert_rows(self._connection, unfolded, ("stream",), lagging, hold_known=True)

    def _put_cursor(self, scope: str, pos: int, digest: bytes) -> None:
        statement = insert_of(self._connection.dialect.name)(upstream_cursor)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["scope"], set_={"pos": pos, "digest": digest}),
            {"scope": scope, "pos": pos, "digest": digest},
        )

    def _put_mark(self, scope: str, pos: int, digest: bytes) -> None:
        insert_rows(
            self._connection,
            upstream_mark,
            ("scope", "pos", "digest"),
            [(scope, pos, digest)],
            skip_known=True,
        )
        c = upstream_mark.c
        oldest = (
            sa.select(c.pos).where(c.scope == scope).order_by(c.pos.desc()).offset(KEPT_MARKS).limit(1)
        ).scalar_subquery()
        self._connection.execute(sa.delete(upstream_mark).where(c.scope == scope, c.pos <= oldest))


def _stretches(entries: Sequence[Pulled]) -> list[tuple[ChainId, int, int, int]]:
    """Entries side by side of one chain with one stamp: (chain, first seq, last seq, stamp)."""
    found: list[tuple[ChainId, int, int, int]] = []
    for entry in entries:
        if found:
            chain, first, last, stamp = found[-1]
            if last + 1 == entry.seq and stamp == entry.stamp and chain == entry.chain:
                found[-1] = (chain, first, entry.seq, stamp)
                continue
        found.append((entry.chain, entry.seq, entry.seq, entry.stamp))
    return found
