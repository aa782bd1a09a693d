"""Taking in a stretch of the upstream's log: the other half of ``db/ingest``."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from db.bulk import insert_rows
from db.chains import ChainId, ChainMark, ChainRow
from db.ingest import REFUSED, Ingest, Taken
from db.node import Node
from db.schema import event
from db.schema_sync import held_event, unfolded, upstream_cursor, upstream_mark
from db.scope_log import empty_digest, next_digest
from db.upsert import insert_of
from domain.events.clock import MAX_LEAD_MS, pack
from domain.events.event import Event, genesis, next_hash
from domain.events.incoming import Incoming

FORK = "fork"
KEPT_MARKS = 400


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

    def take(self, page: Page) -> Taken:
        """Store what is new and move the cursor; ``PageMismatch`` changes nothing."""
        before = self.cursor(page.scope)
        if before.pos != page.pos:
            raise PageMismatch("position")
        known = self._known(page.entries)
        digest = before.digest
        for entry in page.entries:
            body = entry.one.body if entry.one is not None else known.get((*entry.chain, entry.seq))
            if body is None:
                raise PageMismatch("known")
            digest = next_digest(digest, hashlib.sha256(body).digest(), entry.stamp, entry.again)
        if digest != page.digest:
            raise PageMismatch("digest")
        taken = self._store(page.entries)
        for mark in page.marks:
            self._ingest.chains.add_mark(mark)
        pos = page.entries[-1].pos if page.entries else page.pos
        self._put_cursor(page.scope, pos, digest)
        self._put_mark(page.scope, pos, digest)
        return taken

    def _known(self, entries: Sequence[Pulled]) -> dict[tuple[str, int, int, int], bytes]:
        """Bodies of the events that the upstream did not send since they are here."""
        wanted: dict[ChainId, list[int]] = {}
        for entry in entries:
            if entry.one is None:
                wanted.setdefault(entry.chain, []).append(entry.seq)
        c = event.c
        found: dict[tuple[str, int, int, int], bytes] = {}
        for chain, seqs in wanted.items():
            query = sa.select(c.seq, c.body).where(*_of_chain(chain), c.seq >= min(seqs), c.seq <= max(seqs))
            found |= {(*chain, int(seq)): bytes(body) for seq, body in self._connection.execute(query)}
        return found

    def _store(self, entries: Sequence[Pulled]) -> Taken:
        taken = Taken(0, b"")
        chains: dict[ChainId, ChainRow | None] = {}
        fresh = [entry for entry in entries if entry.one is not None]
        known = self._ingest.known_ids(e.one.event.id for e in fresh if e.one is not None and e.one.event)
        good: list[tuple[Incoming, Event, bytes | None]] = []
        places: list[int] = []
        stamped: list[Pulled] = [entry for entry in entries if entry.one is None]
        for entry in fresh:
            one = entry.one
            assert one is not None
            if one.event is not None and one.event.id in known:
                stamped.append(entry)
                continue
            head, problem = self._linked(one, chains)
            if one.event is None or one.problem or problem:
                self._hold(one, head, one.problem or problem or "malformed")
                continue
            known.add(one.event.id)
            good.append((one, one.event, head))
            places.append(entry.pos)
        for chain in chains.values():
            if chain is not None:
                self._ingest.chains.lock(chain.id, chain.fork_seq, chain.head)
                self._ingest.chains.advance(chain.id, chain.seq, chain.head)
                self._ingest.chains.set_upstream(chain.id, max(chain.seq, chain.upstream_seq))
        self._ingest.keep(good, None, taken, upstream=places)
        self._note_stamps(stamped)
        return taken

    def _linked(self, one: Incoming, chains: dict[ChainId, ChainRow | None]) -> tuple[bytes | None, str]:
        """The hash of the chain after ``one``, where its chain is known up to it; and whether it forks here."""
        chain_id = (one.device, one.incarnation, one.branch)
        if chain_id == (self._node.device, self._node.incarnation, 0) and one.seq <= self._node.seq:
            return None, FORK
        if chain_id not in chains:
            chains[chain_id] = self._ingest.chains.get(chain_id)
        row = chains[chain_id]
        if row is None:
            if one.seq != 1 or one.branch:
                return None, ""
            row = ChainRow(*chain_id, 0, genesis(one.device, one.incarnation))
        if one.seq <= row.seq:
            return None, FORK
        if one.seq != row.seq + 1:
            return None, ""
        head = next_hash(row.head, one.body)
        chains[chain_id] = ChainRow(*chain_id, one.seq, head, row.fork_seq, row.upstream_seq)
        return head, ""

    def _hold(self, one: Incoming, head: bytes | None, reason: str) -> None:
        columns = ("device", "incarnation", "branch", "seq", "body", "salt", "private", "hash", "state",
                   "reason", "held_at")  # fmt: skip
        row = (one.device, one.incarnation, one.branch, one.seq, one.body, one.salt, one.private, head or b"",
               REFUSED, reason, self._ingest._now_ms)  # fmt: skip
        insert_rows(self._connection, held_event, columns, [row], skip_known=True)

    def _note_stamps(self, entries: Sequence[Pulled]) -> None:
        """When events that are here were first seen, as the upstream has it."""
        for chain, first, last, stamp, pos in _stretches(entries):
            self.note_stamp(chain, first, last, stamp)
            c = event.c
            self._connection.execute(
                sa.update(event)
                .where(*_of_chain(chain), c.seq >= first, c.seq <= last, c.upstream_pos.is_(None))
                .values(upstream_pos=c.seq - first + pos)
            )

    def note_stamp(self, chain: ChainId, first: int, last: int, stamp: int) -> None:
        """Events ``first`` … ``last`` of a chain were seen at ``stamp``; a smaller one that is known stays."""
        c = event.c
        later = sa.or_(c.received_at.is_(None), c.received_at > stamp)
        place = (*_of_chain(chain), c.seq >= first, c.seq <= last)
        if self._node.serves:
            ids = self._connection.execute(sa.select(c.id).where(*place, later)).scalars()
            self._ingest.restamp(dict.fromkeys(ids, stamp))
            return
        # Their place in their streams changes only where their clock ran ahead of the stamp.
        ahead = sa.select(c.stream).where(*place, later, c.hlc > pack(stamp + MAX_LEAD_MS, 0)).distinct()
        lagging = [(one,) for one in self._connection.execute(ahead).scalars()]
        self._connection.execute(sa.update(event).where(*place, later).values(received_at=stamp))
        insert_rows(self._connection, unfolded, ("stream",), lagging, skip_known=True)

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


def _of_chain(chain: ChainId) -> tuple[sa.ColumnElement[bool], ...]:
    device, incarnation, branch = chain
    c = event.c
    return (c.device == device, c.incarnation == incarnation, c.branch == branch)


def _stretches(entries: Sequence[Pulled]) -> list[tuple[ChainId, int, int, int, int]]:
    """Entries side by side of one chain with one stamp: (chain, first seq, last seq, stamp, first position)."""
    found: list[tuple[ChainId, int, int, int, int]] = []
    for entry in entries:
        if found:
            chain, first, last, stamp, pos = found[-1]
            if (chain, last + 1, stamp, pos + last - first + 1) == (
                entry.chain,
                entry.seq,
                entry.stamp,
                entry.pos,
            ):
                found[-1] = (chain, first, entry.seq, stamp, pos)
                continue
        found.append((entry.chain, entry.seq, entry.seq, entry.stamp, entry.pos))
    return found
