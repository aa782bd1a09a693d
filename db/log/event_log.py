"""The event log: append and read. Sequence, previous hash and clock are read inside the transaction that writes."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import in_parts
from db.log.homes import Homes
from db.node import Node, advance_node, load_node
from db.prepared import Prepared
from db.schema import event, event_private
from domain.errors import AppError
from domain.events.canonical import canonical_bytes
from domain.events.clock import milliseconds, order_key, tick
from domain.events.event import (
    SALT_BYTES,
    Event,
    NewEvent,
    body_of,
    next_hash,
    private_hash,
    read_body,
)
from domain.events.ids import uuid7
from domain.events.kinds import CURRENT

_BY_STREAM = Prepared(
    sa.select(event.c.body, event_private.c.body, event.c.received_at)
    .join_from(event, event_private, event_private.c.event == event.c.id, isouter=True)
    .where(event.c.stream == sa.bindparam("stream_id"))
)
_INSERT, _INSERT_PRIVATE = Prepared(sa.insert(event)), Prepared(sa.insert(event_private))
_EXISTS = sa.select(event.c.pos).where(event.c.id == sa.bindparam("event_id"))


@dataclass(frozen=True, slots=True)
class LogMark:
    """What a log knew of its node at some moment of its transaction."""

    node: Node | None
    node_read: bool
    written: int


class EventLog:
    """Appends and reads events within one connection's transaction."""

    def __init__(self, connection: Connection, random: Callable[[int], bytes] = os.urandom) -> None:
        self.connection = connection
        self.homes = Homes(connection)
        self._random = random
        self._node: Node | None = None
        self._node_read = False
        self._held = connection.dialect.name == "sqlite"  # whose writer is alone anyway
        self.written = 0

    @property
    def node(self) -> Node:
        """The store's node as of this transaction; ``AppError`` where no station has been opened yet."""
        if not self.is_opened:
            raise AppError("storage.not_opened")
        return self.last_node

    @property
    def is_opened(self) -> bool:
        """Whether a station has been opened in this store."""
        if not self._node_read:
            self._node, self._node_read = load_node(self.connection), True
        return self._node is not None

    def hold_node(self) -> None:
        """Keep others from writing as this node until the transaction ends, and read it afresh."""
        if not self._held:
            self._node, self._node_read, self._held = load_node(self.connection, hold=True), True, True

    @property
    def last_node(self) -> Node:
        """The node as this transaction left it, without asking the store again."""
        assert self._node is not None
        return self._node

    def mark(self) -> LogMark:
        """How far this transaction has come."""
        return LogMark(self._node, self._node_read, self.written)

    def back_to(self, mark: LogMark) -> None:
        """What was written after ``mark`` has been undone."""
        self._node, self._node_read, self.written = mark.node, mark.node_read, mark.written
        self.homes.forget()

    def forget_node(self) -> None:
        """Read the node afresh at its next use."""
        self._node_read = False

    def observe(self, events: Sequence[Event]) -> None:
        """Raise the clock to the keys of events from elsewhere, so that what is written next comes after them."""
        node = self.node
        hlc = max((order_key(one.hlc, one.received_at) for one in events), default=0)
        if hlc > node.hlc:
            advance_node(self.connection, node.seq, node.head, hlc)
            self._node = replace(node, hlc=hlc)

    def new_id(self, now_ms: int) -> str:
        """A fresh UUIDv7."""
        return uuid7(now_ms, self._random(10))

    def append(
        self,
        stream: str | None,
        new_events: Sequence[NewEvent],
        *,
        actor: str,
        now_ms: int,
        first_id: str | None = None,
        latest_key: int | None = None,
    ) -> list[Event]:
        """Write ``new_events`` to ``stream``; None begins a new stream named by its first event's id.

        They come back as they are stored: text in NFC, lists for tuples. What a hub or centre writes it has seen at
        once. ``latest_key`` is the key of the stream's last event, where the caller has it in hand.
        """
        self.hold_node()
        node = self.node
        seq, head, hlc = node.seq, node.head, node.hlc
        if node.serves and stream is not None:
            hlc = max(hlc, self._latest_key(stream) if latest_key is None else latest_key)
        seen_at = now_ms if node.serves else None
        written: list[Event] = []
        for new in new_events:
            seq, hlc = seq + 1, tick(hlc, now_ms)
            event_id = first_id if first_id and not written else self.new_id(now_ms)
            stream = stream or event_id
            new = _told_when(new, hlc, now_ms)
            one, private = self.compose(new, event_id, stream, seq, hlc, actor, node)
            body = body_of(one)
            head = next_hash(head, body)
            one = read_body(body, None if private is None else private[1], seen_at)
            self._insert(one, body, head, private)
            written.append(one)
        if written:
            advance_node(self.connection, seq, head, hlc)
            self._node = replace(node, seq=seq, head=head, hlc=hlc)
            self.written += len(written)
        return written

    def _latest_key(self, stream: str) -> int:
        """The key of the last event of a stream: a server takes events in without raising its clock at each."""
        query = sa.select(event.c.hlc, event.c.received_at).where(event.c.stream == stream)
        return max((order_key(*row) for row in self.connection.execute(query)), default=0)

    def compose(
        self, new: NewEvent, event_id: str, stream: str, seq: int, hlc: int, actor: str, node: Node
    ) -> tuple[Event, tuple[bytes, bytes] | None]:
        """The event at this place of the chain, and its (salt, canonical private part)."""
        private: tuple[bytes, bytes] | None = None
        digest = None
        if new.private is not None:
            private = (self._random(SALT_BYTES), canonical_bytes(new.private))
            digest = private_hash(*private)
        one = Event(
            id=event_id,
            stream=stream,
            kind=new.kind,
            kind_version=CURRENT[new.kind],
            device=node.device,
            incarnation=node.incarnation,
            seq=seq,
            hlc=hlc,
            actor=actor,
            site=node.site,
            payload=new.payload,
            private_hash=digest,
            private=new.private,
        )
        return one, private

    def _insert(self, one: Event, body: bytes, head: bytes, private: tuple[bytes, bytes] | None) -> None:
        _INSERT.ask(self.connection, **self.row_of(one, body, head))
        if private is not None:
            salt, content = private
            _INSERT_PRIVATE.ask(self.connection, event=one.id, salt=salt, body=content)

    @staticmethod
    def row_of(one: Event, body: bytes, head: bytes) -> dict[str, Any]:
        """The row of an event: column name → value."""
        return {
            "id": one.id,
            "stream": one.stream,
            "kind": one.kind,
            "kind_version": one.kind_version,
            "device": one.device,
            "incarnation": one.incarnation,
            "seq": one.seq,
            "hlc": one.hlc,
            "received_at": one.received_at,
            "body": body,
            "hash": head,
        }

    def stream(self, stream: str) -> list[Event]:
        """All events of one stream, in no promised order (``fold`` sorts them)."""
        rows = _BY_STREAM.ask(self.connection, stream_id=stream).all()
        return [
            self.homes.placed(read_body(bytes(body), private, received)) for body, private, received in rows
        ]

    def exists(self, event_id: str) -> bool:
        """Whether an event of this id is stored."""
        return self.connection.execute(_EXISTS, {"event_id": event_id}).first() is not None

    def is_written_here(self, event_id: str) -> bool:
        """Whether this device recorded the event, in whatever incarnation."""
        query = sa.select(event.c.device).where(event.c.id == event_id)
        return self.connection.execute(query).scalar() == self.node.device

    def incarnation_began(self) -> int | None:
        """When this node's incarnation began, UTC milliseconds; None for the first, which no other came before."""
        node = self.node
        query = sa.select(event.c.kind, event.c.hlc).where(
            event.c.device == node.device,
            event.c.incarnation == node.incarnation,
            event.c.branch == 0,
            event.c.seq == 1,
        )
        row = self.connection.execute(query).one_or_none()
        return milliseconds(row.hlc) if row is not None and row.kind == "incarnation_started" else None

    def since_began(self) -> list[Event]:
        """The events of this node's incarnation, in their order."""
        node = self.node
        query = sa.select(event.c.body).where(
            event.c.device == node.device, event.c.incarnation == node.incarnation, event.c.branch == 0
        )
        return [read_body(bytes(row.body)) for row in self.connection.execute(query.order_by(event.c.seq))]

    def count(self) -> int:
        """Number of stored events."""
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(event)).scalar_one())

    def newest_place(self) -> int:
        """Place of the newest stored event; 0 where there is none."""
        return int(self.connection.execute(sa.select(sa.func.max(event.c.pos))).scalar() or 0)

    def recorded(self, *, ids: Iterable[str] = (), streams: Iterable[str] = ()) -> set[tuple[str, str]]:
        """(stream, device) of stored events: of those of these ``ids``, and of all in these ``streams``."""
        e, found = event.c, set[tuple[str, str]]()
        for column, wanted in ((e.id, ids), (e.stream, streams)):
            for part in in_parts(wanted):
                query = sa.select(e.stream, e.device).where(column.in_(part)).distinct()
                found.update((stream, device) for stream, device in self.connection.execute(query))
        return found

    def private_mismatches(self) -> Iterator[str]:
        """Ids of events whose private part is not the one they were recorded with."""
        rows = self.connection.execute(
            sa.select(event.c.body, event_private.c.salt, event_private.c.body)
            .join_from(event, event_private, event_private.c.event == event.c.id)
            .execution_options(yield_per=1000)
        )
        for body, salt, private in rows:
            one = read_body(bytes(body))
            if one.private_hash != private_hash(salt, private):
                yield one.id


def _told_when(new: NewEvent, hlc: int, now_ms: int) -> NewEvent:
    """``new`` with the wall clock in its payload where its stamp runs ahead of it (a clock that was set back)."""
    if milliseconds(hlc) == now_ms:
        return new
    return replace(new, payload={**new.payload, "at": now_ms})
