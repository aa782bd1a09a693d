"""Stretches of a server's chain whose beginning is not here: a site sees single events of what a server writes itself.

Whoever has one can give it back to a server that was put back to an older state, though not the chain: its device has
signed the heads before and after it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.log.chains import ChainId, of_chain
from db.schema import event
from db.schema.sync import chain, chain_mark, device

_WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events after ``after`` up to ``to`` of a chain; ``before`` and ``head`` are the hashes there, both signed."""

    chain: ChainId
    after: int
    before: bytes
    signed_before: bytes
    to: int
    head: bytes
    signature: bytes


def stretches_apart(connection: Connection, own: str) -> list[Stretch]:
    """All of them, from signed head to signed head, but those of the device ``own``.

    A window's chain has gaps only where something was refused; what lies behind it, its own device sends.
    """
    m, c = chain_mark.c, chain.c
    same = sa.and_(c.device == m.device, c.incarnation == m.incarnation, c.branch == m.branch)
    windows = sa.select(device.c.device).where(device.c.role == _WINDOW)
    query = (
        sa.select(m.device, m.incarnation, m.branch, m.seq, m.head, m.signature)
        .join_from(chain_mark, chain, same, isouter=True)
        .where(m.seq > sa.func.coalesce(c.seq, 0), m.device != own, m.device.not_in(windows))
        .order_by(m.device, m.incarnation, m.branch, m.seq)
    )
    marks = [tuple(row) for row in connection.execute(query)]
    return [
        one
        for chain_id, of_it in groupby(marks, lambda row: row[:3])
        for one in _between(connection, chain_id, list(of_it))
    ]


def _between(connection: Connection, chain_id: ChainId, marks: Sequence[Any]) -> Iterator[Stretch]:
    """From each signed head to the next, where every event between them is here."""
    c = event.c
    query = sa.select(c.seq).where(*of_chain(event, chain_id), c.seq > marks[0][3]).order_by(c.seq)
    seqs = connection.execute(query).scalars().all()
    for (*_, after, before, signed_before), (*_, to, head, signature) in pairwise(marks):
        if bisect_right(seqs, to) - bisect_right(seqs, after) == to - after:
            yield Stretch(
                chain_id, after, bytes(before), bytes(signed_before), to, bytes(head), bytes(signature)
            )
