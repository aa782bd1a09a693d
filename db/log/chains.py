"""Chains of events as this node knows them, their signed heads, and how far the upstream has them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.bulk import insert_rows
from db.schema import event
from db.schema.sync import chain, chain_mark, held_event
from db.upsert import insert_of
from domain.events.event import genesis, next_hash

MARK_EVERY = 128
"""Devices sign their head at these numbers, too, so that whoever carries a chain may do so in small batches."""
_BRANCH_BYTES = 6
_AT_ONCE = 500

ChainId = tuple[str, int, int]
"""Device, incarnation, branch."""


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A chain up to ``seq``, where its hash is ``head``. A branch leaves the main chain after ``fork_seq``."""

    device: str
    incarnation: int
    branch: int
    seq: int
    head: bytes
    fork_seq: int = 0
    upstream_seq: int = 0

    @property
    def id(self) -> ChainId:
        """Which chain."""
        return (self.device, self.incarnation, self.branch)


@dataclass(frozen=True, slots=True)
class ChainMark:
    """A head of a chain that its device has signed."""

    device: str
    incarnation: int
    branch: int
    seq: int
    head: bytes
    signature: bytes


_COLUMNS = (
    chain.c.device,
    chain.c.incarnation,
    chain.c.branch,
    chain.c.seq,
    chain.c.head,
    chain.c.fork_seq,
    chain.c.upstream_seq,
)


def of_chain(table: sa.Table, chain_id: ChainId) -> tuple[sa.ColumnElement[bool], ...]:
    """What picks a chain's rows of ``table``."""
    device, incarnation, branch = chain_id
    c = table.c
    return (c.device == device, c.incarnation == incarnation, c.branch == branch)


def _is(table: sa.Table, chain_id: ChainId) -> sa.ColumnElement[bool]:
    return sa.and_(*of_chain(table, chain_id))


def reach(own: str) -> sa.ColumnElement[int]:
    """How far a row of ``chain`` can be sent by the device ``own``: its own to the end, another up to a signed head.

    What lies behind the last signed head, or behind an event that was refused above and so never came down, only the
    device that wrote it can send.
    """
    c, m = chain.c, chain_mark.c
    same = (m.device == c.device, m.incarnation == c.incarnation, m.branch == c.branch, m.seq <= c.seq)
    marked = sa.select(sa.func.coalesce(sa.func.max(m.seq), 0)).where(*same).scalar_subquery()
    return sa.case((c.device == own, c.seq), else_=marked)


def branch_name(first: bytes) -> int:
    """What the younger side of a fork is called, after the body of its first event: the same at every node."""
    return int.from_bytes(hashlib.sha256(first).digest()[:_BRANCH_BYTES], "big") or 1


class Chains:
    """Chains within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, chain_id: ChainId) -> ChainRow | None:
        """The chain, or None where nothing of it is known here without a gap."""
        row = self._connection.execute(sa.select(*_COLUMNS).where(_is(chain, chain_id))).one_or_none()
        return None if row is None else _row(row)

    def all(self) -> list[ChainRow]:
        """Every chain."""
        return [_row(row) for row in self._connection.execute(sa.select(*_COLUMNS))]

    def lock(self, chain_id: ChainId, fork_seq: int = 0, fork_head: bytes = b"") -> ChainRow:
        """The chain, begun where it is new, which nobody else writes to until this transaction is over."""
        held = sa.select(*_COLUMNS).where(_is(chain, chain_id)).with_for_update()
        row = self._connection.execute(held).one_or_none()
        if row is not None:
            return _row(row)
        device, incarnation, branch = chain_id
        head = fork_head if branch else genesis(device, incarnation)
        values = {
            "device": device,
            "incarnation": incarnation,
            "branch": branch,
            "seq": fork_seq if branch else 0,
            "head": head,
            "fork_seq": fork_seq if branch else 0,
            "upstream_seq": fork_seq if branch else 0,
        }
        insert = insert_of(self._connection.dialect.name)(chain)
        self._connection.execute(insert.on_conflict_do_nothing(), values)
        return _row(self._connection.execute(held).one())

    def advance(self, chain_id: ChainId, seq: int, head: bytes) -> None:
        """The chain now reaches to ``seq``."""
        self._connection.execute(sa.update(chain).where(_is(chain, chain_id)).values(seq=seq, head=head))

    def put_own(self, chain_id: ChainId, seq: int, head: bytes) -> None:
        """Note how far one's own chain has come; what the upstream has of it stays."""
        insert = insert_of(self._connection.dialect.name)(chain)
        values = dict(zip(("device", "incarnation", "branch"), chain_id, strict=True))
        self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=["device", "incarnation", "branch"], set_={"seq": seq, "head": head}
            ),
            {**values, "seq": seq, "head": head},
        )

    def set_upstream(self, chain_id: ChainId, seq: int) -> None:
        """The upstream has the chain up to ``seq``; it may be less than it once had.

        Older marks are dropped but those at every ``MARK_EVERY``: should the upstream lose what it has, the chain is
        given back from mark to mark.
        """
        c = chain_mark.c
        self._connection.execute(sa.update(chain).where(_is(chain, chain_id)).values(upstream_seq=seq))
        newest = (
            sa.select(sa.func.max(c.seq)).where(_is(chain_mark, chain_id), c.seq <= seq).scalar_subquery()
        )
        self._connection.execute(
            sa.delete(chain_mark).where(_is(chain_mark, chain_id), c.seq < newest, c.seq % MARK_EVERY != 0)
        )

    def to_push(self, own: str) -> list[ChainRow]:
        """Chains of which the upstream lacks something that this node, the device ``own``, can send."""
        query = sa.select(*_COLUMNS).where(reach(own) > chain.c.upstream_seq)
        return [_row(row) for row in self._connection.execute(query)]

    def left_beside(self, own: ChainId) -> int:
        """How many events the upstream lacks of all chains but ``own``, as far as this node can send them."""
        left = reach(own[0]) - chain.c.upstream_seq
        query = sa.select(sa.func.coalesce(sa.func.sum(left), 0)).where(left > 0, sa.not_(_is(chain, own)))
        return int(self._connection.execute(query).scalar_one())

    def add_mark(self, mark: ChainMark) -> None:
        """Keep a signed head."""
        self.add_marks([mark])

    def add_marks(self, marks: Iterable[ChainMark]) -> None:
        """Keep signed heads."""
        columns = tuple(ChainMark.__slots__)
        rows = [tuple(getattr(mark, name) for name in columns) for mark in marks]
        insert_rows(self._connection, chain_mark, columns, rows, skip_known=True)

    def marks(self, chain_id: ChainId, after: int, to: int) -> list[ChainMark]:
        """Signed heads with ``after`` < seq ≤ ``to``, in order."""
        c = chain_mark.c
        query = sa.select(chain_mark).where(_is(chain_mark, chain_id), c.seq > after, c.seq <= to)
        return [_mark(row) for row in self._connection.execute(query.order_by(c.seq))]

    def held_seqs(self, chain_id: ChainId, first: int, last: int) -> list[int]:
        """Numbers from ``first`` to ``last`` of a chain whose events were not taken into the log."""
        c = held_event.c
        query = sa.select(c.seq).where(_is(held_event, chain_id), c.seq >= first, c.seq <= last)
        return [int(seq) for seq in self._connection.execute(query.order_by(c.seq)).scalars()]

    def hashes(self, chain_id: ChainId, seqs: Sequence[int]) -> dict[int, bytes]:
        """The hashes after these events of a chain, where they are known; seq 0 is where the chain begins."""
        device, incarnation, branch = chain_id
        found = {0: genesis(device, incarnation)} if 0 in seqs else {}
        wanted = [seq for seq in seqs if seq > 0]
        fork = 0
        if branch:
            row = self.get(chain_id)
            fork = row.fork_seq if row is not None else 0
            below = [seq for seq in wanted if seq <= fork]
            found |= self.hashes((device, incarnation, 0), below) if below else {}
        for table in (event, held_event):
            c = table.c
            query = sa.select(c.seq, c.hash).where(
                _is(table, chain_id), c.seq.in_([seq for seq in wanted if seq > fork]), c.hash.is_not(None)
            )
            found |= {int(seq): bytes(value) for seq, value in self._connection.execute(query) if value}
        return found

    def link(self, chain_id: ChainId, seq: int, body: bytes, head: bytes) -> bool:
        """Note the hash after a stored event whose place in its chain is known only now; False for another body."""
        where = (_is(event, chain_id), event.c.seq == seq, event.c.body == body)
        return self._connection.execute(sa.update(event).where(*where).values(hash=head)).rowcount == 1

    def link_on(self, row: ChainRow) -> ChainRow:
        """The chain as far as it is known now that ``row`` is: events behind a gap may have come before it closed."""
        begun = row
        while True:
            found = self._following(row)
            for seq, body in found:
                row = replace(row, seq=seq, head=next_hash(row.head, body))
                self.link(row.id, seq, body, row.head)
            if len(found) < _AT_ONCE:
                break
        if row != begun:
            self.advance(row.id, row.seq, row.head)
        return row

    def _following(self, row: ChainRow) -> list[tuple[int, bytes]]:
        """Bodies of the events stored right behind the chain, without a gap."""
        c = event.c
        query = sa.select(c.seq, c.body).where(_is(event, row.id), c.seq > row.seq)
        found: list[tuple[int, bytes]] = []
        for seq, body in self._connection.execute(query.order_by(c.seq).limit(_AT_ONCE)):
            if seq != row.seq + len(found) + 1:
                break
            found.append((int(seq), bytes(body)))
        return found


def _row(row: Any) -> ChainRow:
    return ChainRow(row[0], row[1], row[2], row[3], bytes(row[4]), row[5], row[6])


def _mark(row: Any) -> ChainMark:
    return ChainMark(row[0], row[1], row[2], row[3], bytes(row[4]), bytes(row[5]))
