"""Taking in events that were recorded elsewhere: pushed from below as a chain, or pulled from above as a log.

One transaction each. Events are stored as they came; read models follow in transactions of their own
(``db/folding``), so that a large batch never keeps a clerk waiting for the write lock.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import each_of, insert_rows
from db.log import erasing
from db.log.chains import ChainId, ChainMark, ChainRow, Chains, of_chain
from db.log.showing import Audience, Placed, Showing
from db.schema import event, event_private
from db.schema.sync import held_event, unfolded
from domain.events.event import Event, next_hash
from domain.events.incoming import Incoming

DUPLICATE = "duplicate_id"
FORK = "fork"
REFUSED, QUARANTINED, RELEASED = "refused", "quarantined", "released"

Place = tuple[str, int, int, int]
"""Device, incarnation, branch, seq."""


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
    """Events of one chain that follow ``seq`` events with the hash ``prev``; ``head`` is the hash after them.

    ``hashes`` are the chain's before the first event and after each (``chain_hashes``). ``marks`` are signatures of
    hashes on the way: (seq, signature).
    """

    chain: ChainId
    seq: int
    prev: bytes
    head: bytes
    signature: bytes
    events: Sequence[Incoming]
    hashes: Sequence[bytes]
    fork_seq: int = 0
    marks: Sequence[tuple[int, bytes]] = ()

    @property
    def end(self) -> int:
        """The number of its last event."""
        return self.seq + len(self.events)


def chain_hashes(prev: bytes, events: Sequence[Incoming]) -> list[bytes]:
    """The chain's hashes: before the first event, and after each."""
    found = [prev]
    for one in events:
        found.append(next_hash(found[-1], one.body))
    return found


@dataclass(frozen=True, slots=True)
class Refusal:
    """One event that was not taken into the log."""

    seq: int
    reason: str


@dataclass(slots=True)
class Taken:
    """What became of a batch: how far its chain is known now, when its events were first seen, what was refused.

    ``kept`` are seq and stamp of what was stored, ``linked`` how many were here before their chain reached them.
    """

    seq: int
    head: bytes
    stored: int = 0
    linked: int = 0
    kept: list[tuple[int, int]] = field(default_factory=list)
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
        self.now_ms = now_ms
        self.chains = Chains(connection)
        self.showing = Showing(connection, audience, now_ms)
        self.log = self.showing.log

    def push(self, batch: Batch, judge: Judge, *, apart: bool = False) -> Taken:
        """Take in what a device below sends. Signatures were checked before.

        What is here already is passed over, so that a batch may come twice. ``apart``: it may begin behind a gap.
        ``ChainMismatch``, ``BadBatch``.
        """
        known = self._locked(batch)
        if apart and batch.seq > known.seq:
            return self._push_apart(batch, known, judge)
        self._fits(batch, known)
        end, done = batch.end, max(0, known.seq - batch.seq)
        taken = Taken(max(known.seq, end), known.head)
        self._note_earlier_stamps(batch.events[:done])
        if fresh := batch.events[done:]:
            self._store(batch.chain, fresh, batch.hashes[done + 1 :], judge, taken)
            self.chains.advance(batch.chain, end, batch.head)
            row = self.chains.link_on(replace(known, seq=end, head=batch.head))
            taken.seq, taken.head = row.seq, row.head
        self._note_marks(batch)
        # What this very call has stored need not be asked for.
        known_here = not done and not taken.linked and taken.seq == end
        taken.stamps = _runs(taken.kept) if known_here else self.stamps_of(batch.chain, batch.seq, taken.seq)
        taken.refused = self._refused(batch.chain, batch.seq, taken.seq)
        return taken

    def _push_apart(self, batch: Batch, known: ChainRow, judge: Judge) -> Taken:
        if batch.hashes[-1] != batch.head:
            raise BadBatch("head")
        taken = Taken(known.seq, known.head)
        self._store(batch.chain, batch.events, batch.hashes[1:], judge, taken)
        self._note_marks(batch)
        taken.stamps = self.stamps_of(batch.chain, batch.seq, batch.end)
        taken.refused = self._refused(batch.chain, batch.seq, batch.end)
        return taken

    def _note_marks(self, batch: Batch) -> None:
        self.chains.add_marks(
            ChainMark(*batch.chain, seq, batch.hashes[seq - batch.seq], signature)
            for seq, signature in (*batch.marks, (batch.end, batch.signature))
        )

    def _locked(self, batch: Batch) -> ChainRow:
        device, incarnation, branch = batch.chain
        if not branch:
            return self.chains.lock(batch.chain)
        base = self.chains.hashes((device, incarnation, 0), [batch.fork_seq]).get(batch.fork_seq)
        if base is None:
            raise ChainMismatch(self.chains.lock((device, incarnation, 0)), forked=False)
        return self.chains.lock(batch.chain, batch.fork_seq, base)

    def _fits(self, batch: Batch, known: ChainRow) -> None:
        hashes = batch.hashes
        if batch.seq > known.seq:
            raise ChainMismatch(known, forked=False)
        if hashes[-1] != batch.head:
            raise BadBatch("head")
        if batch.seq < known.seq:
            here = self.chains.hashes(batch.chain, [batch.seq]).get(batch.seq)
            end = min(known.seq, batch.end)
            there = known.head if end == known.seq else self.chains.hashes(batch.chain, [end]).get(end)
            if here != batch.prev or there != hashes[end - batch.seq]:
                raise ChainMismatch(known, forked=True)
        elif batch.prev != known.head:
            raise ChainMismatch(known, forked=True)

    def _store(
        self, chain: ChainId, fresh: Sequence[Incoming], hashes: Sequence[bytes], judge: Judge, taken: Taken
    ) -> None:
        here = self.places_of(one.event.id for one in fresh if one.event is not None)
        occupied = self.occupied(chain, fresh[0].seq, fresh[-1].seq)
        good: list[tuple[Incoming, Event, bytes]] = []
        for one, head in zip(fresh, hashes, strict=True):
            known = here.get(one.event.id) if one.event is not None else None
            # It may have come down before, out of a log, while its chain was not known up to it.
            if known == (*chain, one.seq) and self.chains.link(chain, one.seq, one.body, head):
                taken.linked += 1
                continue
            state, reason = self._verdict(one, judge, here, occupied)
            if state:
                self.hold(one, head, state, reason)
            else:
                assert one.event is not None
                here[one.event.id] = (*chain, one.seq)
                good.append((one, one.event, head))
        self.keep(good, judge, taken)

    def _verdict(
        self, one: Incoming, judge: Judge, here: Mapping[str, Place], occupied: Set[int]
    ) -> tuple[str, str]:
        if one.event is None or one.problem:
            return REFUSED, one.problem or "malformed"
        if one.event.id in here:
            return REFUSED, DUPLICATE
        if one.seq in occupied:
            return REFUSED, FORK
        reason = judge.refuses(one)
        if reason:
            return REFUSED, reason
        reason = judge.quarantines(one)
        return (QUARANTINED, reason) if reason else ("", "")

    def _refused(self, chain: ChainId, after: int, to: int) -> list[Refusal]:
        """What was refused or set aside of a stretch, now or when it came first: the answer to that may be lost."""
        c = held_event.c
        query = sa.select(c.seq, c.reason).where(
            *of_chain(held_event, chain), c.seq > after, c.seq <= to, c.state != RELEASED
        )
        return [Refusal(int(seq), reason) for seq, reason in self._connection.execute(query.order_by(c.seq))]

    def keep(
        self,
        good: Sequence[tuple[Incoming, Event, bytes | None]],
        judge: Judge | None,
        taken: Taken,
        *,
        upstream: Sequence[int] = (),
        also: Sequence[str] = (),
    ) -> None:
        """Store events, let their sites see them (and the scopes ``also``), and note that their read models lag.

        ``upstream`` are their positions in the log they were pulled from.
        """
        if not good:
            return
        erasing.note(self._connection, (what for _, what, _ in good), self.now_ms)
        good = erasing.without_erased(self._connection, good)
        first = self._next_positions(len(good))
        stamps = [self.now_ms if one.stamp is None else one.stamp for one, _, _ in good]
        rows, privates = [], []
        for index, (one, what, head) in enumerate(good):
            place = upstream[index] if upstream else None
            rows.append(_row(first[index], one, what, head, stamps[index], place))
            taken.kept.append((one.seq, stamps[index]))
            if one.private is not None:
                privates.append((what.id, one.salt, one.private))
        insert_rows(self._connection, event, _EVENT_COLUMNS, rows)
        insert_rows(self._connection, event_private, ("event", "salt", "body"), privates)
        placed = [
            Placed(what, first[index], hashlib.sha256(one.body).digest(), stamps[index])
            for index, (one, what, _) in enumerate(good)
        ]
        taken.scopes |= self.showing.enter(placed, judge.doubts if judge is not None else None, also=also)
        streams = {(what.stream,) for _, what, _ in good}
        insert_rows(self._connection, unfolded, ("stream",), sorted(streams), hold_known=True)
        taken.stored += len(good)

    def show_own(self, written: Sequence[Event]) -> list[Event]:
        """Let those below see what this node has just recorded itself; the events with their stamp."""
        return self.showing.show_own(written)

    def stamps_of(self, chain: ChainId, after: int, to: int) -> list[tuple[int, int]]:
        """(seq, stamp): when the events of a chain were first seen, each up to that seq."""
        c = event.c
        query = (
            sa.select(c.seq, c.received_at)
            .where(*of_chain(event, chain), c.seq > after, c.seq <= to)
            .order_by(c.seq)
        )
        return _runs(
            (int(seq), int(stamp)) for seq, stamp in self._connection.execute(query) if stamp is not None
        )

    def _note_earlier_stamps(self, known: Sequence[Incoming]) -> None:
        """A second, smaller stamp of an event that is here wins, and is an entry of its own in the logs."""
        told = {one.event.id: one.stamp for one in known if one.stamp is not None and one.event is not None}
        if told:
            self.showing.restamp(told)

    def known_ids(self, ids: Iterable[str]) -> set[str]:
        """Which of these events are stored."""
        return set(self.places_of(ids))

    def places_of(self, ids: Iterable[str]) -> dict[str, Place]:
        """Where those of these events stand that are stored."""
        c = event.c
        found: dict[str, Place] = {}
        for wanted in each_of(self._connection, c.id, ids):
            query = sa.select(c.id, c.device, c.incarnation, c.branch, c.seq).where(wanted)
            found |= {row[0]: (row[1], row[2], row[3], row[4]) for row in self._connection.execute(query)}
        return found

    def occupied(self, chain: ChainId, first: int, last: int) -> set[int]:
        """Numbers of a chain at which events are stored."""
        c = event.c
        query = sa.select(c.seq).where(*of_chain(event, chain), c.seq >= first, c.seq <= last)
        return set(self._connection.execute(query).scalars())

    def _next_positions(self, count: int) -> list[int]:
        if self._connection.dialect.name == "postgresql":
            first, last = self._connection.execute(_NEXT, {"count": count}).one()
            if last - first + 1 == count:
                return list(range(first, last + 1))
            # Somebody else took some in between.
            return sorted(
                int(one) for one in self._connection.execute(_NEXT_EACH, {"count": count}).scalars()
            )
        last = int(
            self._connection.execute(sa.select(sa.func.coalesce(sa.func.max(event.c.pos), 0))).scalar_one()
        )
        return list(range(last + 1, last + 1 + count))

    def hold(self, one: Incoming, head: bytes, state: str, reason: str) -> None:
        """Keep an event that is not taken into the log, so that its chain can be verified; "" is an unknown hash."""
        one = erasing.kept_apart(self._connection, one)
        columns = (
            "device", "incarnation", "branch", "seq", "body", "salt", "private", "hash", "state", "reason",
            "held_at",
        )  # fmt: skip
        row = (
            one.device, one.incarnation, one.branch, one.seq, one.body, one.salt, one.private, head, state,
            reason, self.now_ms,
        )  # fmt: skip
        insert_rows(self._connection, held_event, columns, [row], skip_known=True)


def _runs(seen: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(seq, stamp) in order of seq, of those side by side with one stamp the last."""
    found: list[tuple[int, int]] = []
    for one in seen:
        if found and found[-1][1] == one[1]:
            found[-1] = one
        else:
            found.append(one)
    return found


# The inner SELECT names the sequence once, not for each event.
_NEXT_EACH = sa.text(
    "SELECT nextval((SELECT pg_get_serial_sequence('event', 'pos')::regclass)) AS pos"
    " FROM generate_series(1, :count)"
)
_NEXT = sa.text(f"SELECT min(pos), max(pos) FROM ({_NEXT_EACH.text}) AS taken")  # noqa: S608
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
