"""Taking in events that were recorded elsewhere: pushed from below as a chain, or pulled from above as a log.

One transaction each. Events are stored as they came; read models follow in transactions of their own (``db/folding``),
so that a large batch never keeps a clerk waiting for the write lock.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import insert_rows
from db.chains import ChainId, ChainMark, ChainRow, Chains
from db.schema import event, event_private
from db.schema_sync import device, event_review, held_event, unfolded
from db.scope_log import Entry, ScopeLog
from domain.events.event import Event, next_hash
from domain.events.incoming import Incoming
from domain.events.visibility import sites_named

DUPLICATE = "duplicate_id"
NOT_VISIBLE = "not_visible"
REFUSED, QUARANTINED, RELEASED = "refused", "quarantined", "released"

Audience = Callable[[str], tuple[str, ...]]
"""Site → those of its scopes (itself and all above it) whose logs this node keeps."""


class Judge(Protocol):
    """What the taking side thinks of one event. Codes are for people to be told; "" is consent."""

    def refuses(self, one: Incoming) -> str:
        """Why it is forged or malformed."""
        ...

    def doubts(self, event: Event) -> str:
        """Why whoever recorded it had no right to; it is stored and flagged."""
        ...

    def quarantines(self, one: Incoming) -> str:
        """Why it is set aside until somebody decides: its device had been revoked."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one chain that follow ``seq`` events with the hash ``prev``; ``head`` is the hash after them."""

    chain: ChainId
    seq: int
    prev: bytes
    head: bytes
    signature: bytes
    events: Sequence[Incoming]
    fork_seq: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One event that was not taken into the log."""

    seq: int
    reason: str


@dataclass(slots=True)
class Taken:
    """What became of a batch: how far its chain is known now, when its events were first seen, what was refused."""

    seq: int
    head: bytes
    stored: int = 0
    stamps: list[tuple[int, int]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)


class ChainMismatch(Exception):
    """The batch does not begin where this node's chain ends. ``known`` is what this node has."""

    def __init__(self, known: ChainRow, *, forked: bool) -> None:
        super().__init__("fork" if forked else "gap")
        self.known = known
        self.forked = forked


class BadBatch(Exception):
    """The batch contradicts itself."""


class Ingest:
    """Takes events in within one transaction."""

    def __init__(self, connection: Connection, audience: Audience, now_ms: int) -> None:
        self._connection = connection
        self._audience = audience
        self._homes: dict[str, tuple[str, frozenset[str]]] = {}
        self._now_ms = now_ms
        self.chains = Chains(connection)
        self.log = ScopeLog(connection)

    def push(self, batch: Batch, judge: Judge) -> Taken:
        """Take in what a device below sends. The signature over ``head`` was checked before.

        What is here already is passed over, so that a batch may come twice. ``ChainMismatch``, ``BadBatch``.
        """
        known = self._locked(batch)
        hashes = _hashes(batch)
        fresh_from = known.seq - batch.seq
        self._fits(batch, known, hashes)
        taken = Taken(max(known.seq, batch.seq + len(batch.events)), known.head)
        self._note_earlier_stamps(batch.events[:fresh_from])
        fresh = batch.events[fresh_from:]
        if fresh:
            self._store(fresh, hashes[fresh_from + 1 :], judge, taken)
            self.chains.advance(batch.chain, batch.seq + len(batch.events), batch.head)
            taken.head = batch.head
        if batch.head == (hashes[-1] if hashes else b""):
            self.chains.add_mark(
                ChainMark(*batch.chain, batch.seq + len(batch.events), batch.head, batch.signature)
            )
        taken.stamps = self.stamps_of(batch.chain, batch.seq, taken.seq)
        return taken

    def _locked(self, batch: Batch) -> ChainRow:
        device, incarnation, branch = batch.chain
        if not branch:
            return self.chains.lock(batch.chain)
        base = self.chains.hashes((device, incarnation, 0), [batch.fork_seq]).get(batch.fork_seq)
        if base is None:
            raise ChainMismatch(self.chains.lock((device, incarnation, 0)), forked=False)
        return self.chains.lock(batch.chain, batch.fork_seq, base)

    def _fits(self, batch: Batch, known: ChainRow, hashes: list[bytes]) -> None:
        if batch.seq > known.seq:
            raise ChainMismatch(known, forked=False)
        if hashes[-1] != batch.head:
            raise BadBatch("head")
        if batch.seq < known.seq:
            here = self.chains.hashes(batch.chain, [batch.seq]).get(batch.seq)
            end = min(known.seq, batch.seq + len(batch.events))
            there = known.head if end == known.seq else self.chains.hashes(batch.chain, [end]).get(end)
            if here != batch.prev or there != hashes[end - batch.seq]:
                raise ChainMismatch(known, forked=True)
        elif batch.prev != known.head:
            raise ChainMismatch(known, forked=True)

    def _store(self, fresh: Sequence[Incoming], hashes: Sequence[bytes], judge: Judge, taken: Taken) -> None:
        known_ids = self.known_ids(one.event.id for one in fresh if one.event is not None)
        good: list[tuple[Incoming, Event, bytes]] = []
        for one, head in zip(fresh, hashes, strict=True):
            state, reason = self._verdict(one, judge, known_ids)
            if state:
                self._hold(one, head, state, reason)
                taken.refused.append(Refusal(one.seq, reason))
            else:
                assert one.event is not None
                known_ids.add(one.event.id)
                good.append((one, one.event, head))
        self.keep(good, judge, taken)

    def _verdict(self, one: Incoming, judge: Judge, known_ids: set[str]) -> tuple[str, str]:
        if one.event is None or one.problem:
            return REFUSED, one.problem or "malformed"
        if one.event.id in known_ids:
            return REFUSED, DUPLICATE
        reason = judge.refuses(one)
        if reason:
            return REFUSED, reason
        reason = judge.quarantines(one)
        return (QUARANTINED, reason) if reason else ("", "")

    def keep(
        self,
        good: Sequence[tuple[Incoming, Event, bytes | None]],
        judge: Judge | None,
        taken: Taken,
        *,
        upstream: Sequence[int] = (),
    ) -> None:
        """Store events, let their sites see them, and note that their read models lag.

        ``upstream`` are their positions in the log they were pulled from.
        """
        if not good:
            return
        first = self._next_positions(len(good))
        stamps = [self._now_ms if one.stamp is None else one.stamp for one, _, _ in good]
        rows, privates = [], []
        for index, (one, what, head) in enumerate(good):
            place = upstream[index] if upstream else None
            rows.append(_row(first[index], one, what, head, stamps[index], place))
            if one.private is not None:
                privates.append((what.id, one.salt, one.private))
        insert_rows(self._connection, event, _EVENT_COLUMNS, rows)
        insert_rows(self._connection, event_private, ("event", "salt", "body"), privates)
        placed = [
            (what, first[index], hashlib.sha256(one.body).digest(), stamps[index])
            for index, (one, what, _) in enumerate(good)
        ]
        self.enter(placed, judge, taken)
        streams = {(what.stream,) for _, what, _ in good}
        insert_rows(self._connection, unfolded, ("stream",), sorted(streams), skip_known=True)
        taken.stored += len(good)

    def enter(
        self, placed: Sequence[tuple[Event, int, bytes, int]], judge: Judge | None, taken: Taken
    ) -> None:
        """Append stored events (with row, SHA-256 of the body, stamp) to the logs of all scopes that see them."""
        streams = sorted({what.stream for what, *_ in placed})
        seen = self.log.scopes_of([one for one in streams if one])
        entries: dict[str, list[Entry]] = {}
        shown: list[tuple[str, str]] = []
        doubts: list[tuple[str, str, str]] = []
        mine = {row for _, row, _, _ in placed}
        for what, row, body_hash, stamp in placed:
            scopes = seen.setdefault(what.stream, set())
            own = self._seen_from(what)
            stranger = bool(scopes) and bool(own) and own[0] not in scopes
            wanted = set() if stranger else {*own}
            for site in sites_named(what.kind, what.payload):
                wanted |= set() if stranger else {*self._audience(site)}
            for scope in sorted(wanted - scopes):
                if scopes:
                    entries.setdefault(scope, []).extend(self._history(what.stream, placed, row, mine))
                shown.append((what.stream, scope))
            scopes |= wanted
            for scope in scopes:
                entries.setdefault(scope, []).append(Entry(row, body_hash, stamp))
            reason = NOT_VISIBLE if stranger else (judge.doubts(what) if judge is not None else "")
            if reason:
                doubts.append((what.id, what.stream, reason))
        self.log.show(shown)
        self._flag(doubts)
        for scope in sorted(entries):
            self.log.append(scope, entries[scope])
            taken.scopes.add(scope)

    def _seen_from(self, what: Event) -> tuple[str, ...]:
        """The scopes of the site where it was recorded; a station that joined may have had another site before."""
        if what.device not in self._homes:
            c = device.c
            row = self._connection.execute(
                sa.select(c.site, c.sites).where(c.device == what.device)
            ).one_or_none()
            self._homes[what.device] = (
                ("", frozenset()) if row is None else (row.site, frozenset(row.sites.split()))
            )
        home, earlier = self._homes[what.device]
        return self._audience(home if what.site in earlier else what.site)

    def show_own(self, written: Sequence[Event]) -> list[Event]:
        """Let those below see what this node has just recorded itself; the events with their stamp."""
        ids = [one.id for one in written]
        self._connection.execute(sa.update(event).where(event.c.id.in_(ids)).values(received_at=self._now_ms))
        query = sa.select(event.c.id, event.c.pos, event.c.body).where(event.c.id.in_(ids))
        found = {row.id: (int(row.pos), bytes(row.body)) for row in self._connection.execute(query)}
        placed = [
            (one, found[one.id][0], hashlib.sha256(found[one.id][1]).digest(), self._now_ms)
            for one in written
        ]
        self.enter(placed, None, Taken(0, b""))
        return [replace(one, received_at=self._now_ms) for one in written]

    def _history(
        self,
        stream: str,
        placed: Sequence[tuple[Event, int, bytes, int]],
        before: int,
        mine: set[int],
    ) -> list[Entry]:
        """What came of a stream before the row ``before``: from the store, and from this very batch."""
        old = [
            Entry(row, digest, stamp) for row, digest, stamp in self.log.history(stream) if row not in mine
        ]
        same = [
            Entry(row, digest, stamp)
            for what, row, digest, stamp in placed
            if what.stream == stream and row < before
        ]
        return old + same

    def stamps_of(self, chain: ChainId, after: int, to: int) -> list[tuple[int, int]]:
        """(seq, stamp): when the events of a chain were first seen, each up to that seq."""
        device, incarnation, branch = chain
        c = event.c
        query = (
            sa.select(c.seq, c.received_at)
            .where(
                c.device == device,
                c.incarnation == incarnation,
                c.branch == branch,
                c.seq > after,
                c.seq <= to,
            )
            .order_by(c.seq)
        )
        found: list[tuple[int, int]] = []
        for seq, stamp in self._connection.execute(query):
            if stamp is None:
                continue
            if found and found[-1][1] == stamp:
                found[-1] = (int(seq), int(stamp))
            else:
                found.append((int(seq), int(stamp)))
        return found

    def _note_earlier_stamps(self, known: Sequence[Incoming]) -> None:
        """A second, smaller stamp of an event that is here wins, and is an entry of its own in the logs."""
        told = [one for one in known if one.stamp is not None and one.event is not None]
        if not told:
            return
        ids = {one.event.id: one.stamp for one in told if one.event is not None and one.stamp is not None}
        self.restamp(ids)

    def restamp(self, stamps: dict[str, int]) -> None:
        """Event → stamp: where it is smaller than the one that is known, it wins."""
        ids = list(stamps)
        entries: dict[str, list[Entry]] = {}
        lagging: set[tuple[str]] = set()
        for start in range(0, len(ids), 500):
            query = sa.select(
                event.c.id, event.c.pos, event.c.stream, event.c.body, event.c.received_at
            ).where(event.c.id.in_(ids[start : start + 500]))
            for one_id, row, stream, body, known in self._connection.execute(query).all():
                stamp = stamps[one_id]
                if known is not None and stamp >= known:
                    continue
                self._connection.execute(sa.update(event).where(event.c.pos == row).values(received_at=stamp))
                lagging.add((stream,))
                for scope in self.log.scopes_of([stream]).get(stream, ()):
                    digest = hashlib.sha256(bytes(body)).digest()
                    entries.setdefault(scope, []).append(Entry(int(row), digest, stamp, again=True))
        for scope in sorted(entries):
            self.log.append(scope, entries[scope])
        insert_rows(self._connection, unfolded, ("stream",), sorted(lagging), skip_known=True)

    def known_ids(self, ids: Iterable[str]) -> set[str]:
        """Which of these events are stored."""
        wanted = list(ids)
        found: set[str] = set()
        for start in range(0, len(wanted), 500):
            query = sa.select(event.c.id).where(event.c.id.in_(wanted[start : start + 500]))
            found |= set(self._connection.execute(query).scalars())
        return found

    def _next_positions(self, count: int) -> list[int]:
        if self._connection.dialect.name == "postgresql":
            query = sa.text(
                "SELECT nextval(pg_get_serial_sequence('event', 'pos')) FROM generate_series(1, :count)"
            )
            return sorted(int(one) for one in self._connection.execute(query, {"count": count}).scalars())
        last = int(
            self._connection.execute(sa.select(sa.func.coalesce(sa.func.max(event.c.pos), 0))).scalar_one()
        )
        return list(range(last + 1, last + 1 + count))

    def _hold(self, one: Incoming, head: bytes, state: str, reason: str) -> None:
        columns = (
            "device", "incarnation", "branch", "seq", "body", "salt", "private", "hash", "state", "reason",
            "held_at",
        )  # fmt: skip
        row = (
            one.device, one.incarnation, one.branch, one.seq, one.body, one.salt, one.private, head, state,
            reason, self._now_ms,
        )  # fmt: skip
        insert_rows(self._connection, held_event, columns, [row], skip_known=True)

    def _flag(self, doubts: Sequence[tuple[str, str, str]]) -> None:
        rows = [(event_id, stream, reason, self._now_ms) for event_id, stream, reason in doubts]
        columns = ("event", "stream", "reason", "found_at")
        insert_rows(self._connection, event_review, columns, rows, skip_known=True)


_EVENT_COLUMNS = (
    "pos",
    "id",
    "stream",
    "kind",
    "kind_version",
    "device",
    "incarnation",
    "branch",
    "seq",
    "hlc",
    "received_at",
    "body",
    "hash",
    "upstream_pos",
)


def _row(
    pos: int, one: Incoming, what: Event, head: bytes | None, stamp: int, upstream: int | None
) -> tuple[object, ...]:
    return (
        pos,
        what.id,
        what.stream,
        what.kind,
        what.kind_version,
        one.device,
        one.incarnation,
        one.branch,
        one.seq,
        what.hlc,
        stamp,
        one.body,
        head,
        upstream,
    )


def _hashes(batch: Batch) -> list[bytes]:
    """The chain's hashes: before the first event, and after each."""
    found = [batch.prev]
    for one in batch.events:
        found.append(next_hash(found[-1], one.body))
    return found
