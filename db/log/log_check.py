"""Whether chains and logs are whole: every hash and every digest reckoned again from the bytes that are stored."""

import hashlib
from collections.abc import Iterator
from heapq import merge
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import ChainId, Chains
from db.log.scope_log import empty_digest, next_digest
from db.node import load_node
from db.schema import event
from db.schema.sync import chain, held_event, scope_entry, scope_head
from domain.events.event import genesis, next_hash

_AT_ONCE = 1000
Link = tuple[str, int, int, int, bytes, bytes | None]
"""Device, incarnation, branch, seq, body, stored hash."""


def broken_chains(connection: Connection) -> Iterator[tuple[str, int, int]]:
    """(device, incarnation, seq) wherever a chain does not fit: a changed, missing or extra event.

    What was held back counts as a link. A chain of which only a part came here is checked as far as it can be.
    """
    known = _known(connection)
    seen: set[ChainId] = set()
    walk: _Walk | None = None
    for device, incarnation, branch, seq, body, stored in _links(connection):
        chain_id = (device, incarnation, branch)
        if walk is None or walk.chain_id != chain_id:
            if walk is not None:
                yield from walk.end()
            walk = _Walk(connection, chain_id, known.get(chain_id))
            seen.add(chain_id)
        yield from walk.step(seq, body, stored)
    if walk is not None:
        yield from walk.end()
    for chain_id in sorted(set(known) - seen):
        if known[chain_id][0]:
            yield chain_id[0], chain_id[1], 0


class _Walk:
    """One chain, link by link."""

    def __init__(
        self, connection: Connection, chain_id: ChainId, known: tuple[int, bytes, int] | None
    ) -> None:
        self.chain_id = chain_id
        self._known = known
        device, incarnation, branch = chain_id
        self._next = 1 + (known[2] if known else 0)
        self._head: bytes | None = genesis(device, incarnation)
        if branch:
            fork_seq = self._next - 1
            self._head = Chains(connection).hashes((device, incarnation, 0), [fork_seq]).get(fork_seq)

    def step(self, seq: int, body: bytes, stored: bytes | None) -> Iterator[tuple[str, int, int]]:
        if seq != self._next:
            if self._known is not None and seq <= self._known[0]:
                yield (*self.chain_id[:2], self._next)
            self._head = None
        found = None if self._head is None else next_hash(self._head, body)
        if found is not None and stored is not None and found != stored:
            yield (*self.chain_id[:2], seq)
        self._next, self._head = seq + 1, stored or found
        if self._known is not None and seq == self._known[0] and self._head != self._known[1]:
            yield (*self.chain_id[:2], seq)

    def end(self) -> Iterator[tuple[str, int, int]]:
        if self._known is not None and self._next <= self._known[0]:
            yield (*self.chain_id[:2], self._next)


def broken_logs(connection: Connection) -> Iterator[tuple[str, int]]:
    """(scope, position) wherever the log of a scope has a gap, or a digest that its entries do not give."""
    heads = connection.execute(sa.select(scope_head.c.scope, scope_head.c.head, scope_head.c.digest))
    for scope, head, digest in heads.all():
        wrong = _first_wrong(connection, scope, int(head), bytes(digest))
        if wrong is not None:
            yield scope, wrong


def _first_wrong(connection: Connection, scope: str, head: int, digest: bytes) -> int | None:
    found, expected = empty_digest(scope), 1
    with connection.execute(_entries(scope)) as entries:
        for pos, body, stamp, again, told in entries:
            if pos != expected or body is None:
                return expected
            found = next_digest(found, hashlib.sha256(body).digest(), stamp, bool(again))
            if told is not None and bytes(told) != found:
                return int(pos)
            expected = pos + 1
    return None if expected - 1 == head and found == digest else head


def _entries(scope: str) -> sa.Select[Any]:
    s = scope_entry.c
    query = (
        sa.select(s.pos, event.c.body, s.stamp, s.again, s.digest)
        .join_from(scope_entry, event, event.c.pos == s.event, isouter=True)
        .where(s.scope == scope)
        .order_by(s.pos)
    )
    return query.execution_options(yield_per=_AT_ONCE)


def _known(connection: Connection) -> dict[ChainId, tuple[int, bytes, int]]:
    """Chain → (seq, head, where it forked) of all that this node has without a gap, its own with them."""
    c = chain.c
    rows = connection.execute(sa.select(c.device, c.incarnation, c.branch, c.seq, c.head, c.fork_seq))
    known = {(row[0], row[1], row[2]): (row[3], bytes(row[4]), row[5]) for row in rows}
    node = load_node(connection)
    if node is not None:
        known[node.device, node.incarnation, 0] = (node.seq, bytes(node.head), 0)
    return known


def _links(connection: Connection) -> Iterator[Link]:
    """All links in the order of their chains; what is stored both as an event and held back comes once."""
    last: Any = None
    for link in merge(_stored(connection), _held(connection), key=lambda one: one[:4]):
        if link[:4] != last:
            last = link[:4]
            yield link


def _stored(connection: Connection) -> Iterator[Link]:
    e = event.c
    order = (e.device, e.incarnation, e.branch, e.seq)
    query = sa.select(*order, e.body, e.hash).order_by(_bytewise(connection, e.device), *order[1:])
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield (row[0], row[1], row[2], row[3], bytes(row[4]), None if row[5] is None else bytes(row[5]))


def _held(connection: Connection) -> Iterator[Link]:
    h = held_event.c
    order = (h.device, h.incarnation, h.branch, h.seq)
    query = sa.select(*order, h.body, h.hash).order_by(_bytewise(connection, h.device), *order[1:])
    for row in connection.execute(query).all():
        yield (row[0], row[1], row[2], row[3], bytes(row[4]), bytes(row[5]))


def _bytewise(connection: Connection, column: sa.Column[str]) -> Any:
    """PostgreSQL sorts text by its language; what is merged has to be sorted as Python compares."""
    return sa.collate(column, "C") if connection.dialect.name == "postgresql" else column
