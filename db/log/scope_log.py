"""Logs of scopes: which events a site may see, at gapless positions in the order of commits, with a running digest.

A position is taken by raising the head in the very transaction that writes the event. A bare sequence would hand out
positions before the commit, and whoever reads between two commits that overtake each other would never see the first.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import each_of, insert_rows
from db.log.chains import ChainId, of_chain
from db.schema import event, event_private
from db.schema.sync import held_event, scope_entry, scope_head, stream_scope
from db.upsert import insert_of

_FEW_CHAINS = 16
"""A question about more chains than that costs more than the bodies it spares."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be written: an event by its row, the SHA-256 of its body, when it was first seen.

    ``again`` marks a second, smaller stamp of an event that the log has already.
    """

    event_pos: int
    body_hash: bytes
    stamp: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log reaches, and its digest there."""

    pos: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """One entry as it is served, with its event; without ``body`` and private part where the reader has them."""

    pos: int
    stamp: int
    again: bool
    stream: str
    device: str
    incarnation: int
    branch: int
    seq: int
    body: bytes
    salt: bytes | None
    private: bytes | None


def empty_digest(scope: str) -> bytes:
    """The digest of a log without entries."""
    return hashlib.sha256(f"qifu:scope:1:{scope}".encode()).digest()


def next_digest(digest: bytes, body_hash: bytes, stamp: int, again: bool) -> bytes:
    """The digest after one more entry."""
    return hashlib.sha256(
        digest + body_hash + stamp.to_bytes(8, "big", signed=True) + bytes((again,))
    ).digest()


class ScopeLog:
    """The logs of this node's scopes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self, scope: str) -> Head:
        """How far the log of ``scope`` reaches."""
        query = sa.select(scope_head.c.head, scope_head.c.digest).where(scope_head.c.scope == scope)
        row = self._connection.execute(query).one_or_none()
        return Head(0, empty_digest(scope)) if row is None else Head(int(row[0]), bytes(row[1]))

    def heads(self) -> dict[str, int]:
        """Scope → how many entries its log has."""
        query = sa.select(scope_head.c.scope, scope_head.c.head).order_by(scope_head.c.scope)
        return {scope: int(head) for scope, head in self._connection.execute(query)}

    def append(self, scope: str, entries: Sequence[Entry]) -> Head:
        """Write ``entries`` at the end of the log of ``scope``. Several scopes are to be written in sorted order."""
        if not entries:
            return self.head(scope)
        begun = self._held(scope)
        digest, first = begun.digest, begun.pos + 1
        for one in entries:
            digest = next_digest(digest, one.body_hash, one.stamp, one.again)
        rows: list[tuple[object, ...]] = [
            (scope, first + index, one.event_pos, one.stamp, int(one.again), None)
            for index, one in enumerate(entries)
        ]
        rows[-1] = (*rows[-1][:-1], digest)
        insert_rows(
            self._connection, scope_entry, ("scope", "pos", "event", "stamp", "again", "digest"), rows
        )
        head = Head(begun.pos + len(entries), digest)
        raised = sa.update(scope_head).where(scope_head.c.scope == scope)
        self._connection.execute(raised.values(head=head.pos, digest=head.digest))
        return head

    def _held(self, scope: str) -> Head:
        """The head of a log, begun where it is new, which nobody else raises until this transaction is over."""
        c = scope_head.c
        held = sa.select(c.head, c.digest).where(c.scope == scope).with_for_update()
        row = self._connection.execute(held).one_or_none()
        if row is None:
            insert = insert_of(self._connection.dialect.name)(scope_head)
            begun = {"scope": scope, "head": 0, "digest": empty_digest(scope)}
            self._connection.execute(insert.on_conflict_do_nothing(), begun)
            row = self._connection.execute(held).one()
        return Head(int(row[0]), bytes(row[1]))

    def read(
        self, scope: str, after: int, limit: int, have: Mapping[ChainId, int] | None = None
    ) -> Iterator[Read]:
        """Entries after position ``after``, at most ``limit``, in order.

        ``have`` tells how far the reader has which chains: of those events, and where an entry stands again, what is in
        them is not fetched, if there are few chains.
        """
        s, e, p = scope_entry.c, event.c, event_private.c
        known = sa.or_(s.again != 0, *(_within(*one) for one in islice((have or {}).items(), _FEW_CHAINS)))
        query = (
            sa.select(
                s.pos,
                s.stamp,
                s.again,
                e.stream,
                e.device,
                e.incarnation,
                e.branch,
                e.seq,
                sa.case((known, b""), else_=e.body),
                p.salt,
                p.body.label("private"),
            )
            .join(event, e.pos == s.event)
            .join(event_private, p.event == sa.case((known, None), else_=e.id), isouter=True)
            .where(s.scope == scope, s.pos > after, s.pos <= after + limit)
            .order_by(s.pos)
        )
        for row in self._connection.execute(query):
            yield Read(row[0], row[1], bool(row[2]), *row[3:])

    def digest_at(self, scope: str, pos: int) -> bytes | None:
        """The digest of the log up to ``pos``, computed from one's own entries; None beyond its end."""
        c = scope_entry.c
        if pos == 0:
            return empty_digest(scope)
        head = self.head(scope)
        if pos >= head.pos:
            return head.digest if pos == head.pos else None
        query = sa.select(c.pos, c.digest).where(c.scope == scope, c.pos <= pos, c.digest.is_not(None))
        start = self._connection.execute(query.order_by(c.pos.desc()).limit(1)).one_or_none()
        at, digest = (0, empty_digest(scope)) if start is None else (int(start[0]), bytes(start[1]))
        for stamp, again, body in self._bodies(scope, at, pos):
            digest = next_digest(digest, hashlib.sha256(body).digest(), stamp, again)
        return digest

    def _bodies(self, scope: str, after: int, to: int) -> Iterator[tuple[int, bool, bytes]]:
        c = scope_entry.c
        query = (
            sa.select(c.stamp, c.again, event.c.body)
            .join(event, event.c.pos == c.event)
            .where(c.scope == scope, c.pos > after, c.pos <= to)
            .order_by(c.pos)
            .execution_options(yield_per=1000)
        )
        for stamp, again, body in self._connection.execute(query):
            yield int(stamp), bool(again), bytes(body)

    def scopes_of(self, streams: Sequence[str]) -> dict[str, set[str]]:
        """Stream → scopes that see it."""
        found: dict[str, set[str]] = {}
        for wanted in each_of(self._connection, stream_scope.c.stream, streams):
            query = sa.select(stream_scope.c.stream, stream_scope.c.scope).where(wanted)
            for stream, scope in self._connection.execute(query):
                found.setdefault(stream, set()).add(scope)
        return found

    def show(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Let these (stream, scope) be seen from now on; none is yet, and nobody else shows any until then."""
        if pairs:
            insert_rows(self._connection, stream_scope, ("stream", "scope"), pairs)

    def hide(self, stream: str, scopes: Iterable[str]) -> None:
        """Let these scopes see nothing of the stream from now on."""
        c = stream_scope.c
        gone = sa.delete(stream_scope).where(c.stream == stream, c.scope.in_(sorted(scopes)))
        self._connection.execute(gone)

    def history(self, stream: str) -> list[tuple[int, bytes, int]]:
        """(row, SHA-256 of its body, stamp) of what is stored of a stream, in the order it came."""
        query = (
            sa.select(event.c.pos, event.c.body, event.c.received_at)
            .where(event.c.stream == stream)
            .order_by(event.c.pos)
        )
        return [
            (int(pos), hashlib.sha256(bytes(body)).digest(), int(stamp or 0))
            for pos, body, stamp in self._connection.execute(query)
        ]


def _within(chain: ChainId, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(*of_chain(event, chain), event.c.seq <= seq)


def held_count(connection: Connection, state: str) -> int:
    """How many events are held in ``state``."""
    query = sa.select(sa.func.count()).select_from(held_event).where(held_event.c.state == state)
    return int(connection.execute(query).scalar_one())
