"""The store's own place in the world: device, incarnation, head of its chain, clock."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import node


@dataclass(frozen=True, slots=True)
class Node:
    """The single row of ``node``. ``letters`` are the incarnation's two letters in case numbers."""

    store: str
    device: str
    site: str
    incarnation: int
    seq: int
    head: bytes
    hlc: int
    letters: str
    letters_used: str
    demo: bool
    created_at: int


_COLUMNS = (
    node.c.store,
    node.c.device,
    node.c.site,
    node.c.incarnation,
    node.c.seq,
    node.c.head,
    node.c.hlc,
    node.c.letters,
    node.c.letters_used,
    node.c.demo,
    node.c.created_at,
)
_SELECT = sa.select(*_COLUMNS)
_ADVANCE = sa.update(node).values(
    seq=sa.bindparam("new_seq"), head=sa.bindparam("new_head"), hlc=sa.bindparam("new_hlc")
)


def load_node(connection: Connection) -> Node | None:
    """The store's node, or None before a station has been opened in it."""
    row = connection.execute(_SELECT).one_or_none()
    return None if row is None else Node(*row[:9], demo=bool(row.demo), created_at=row.created_at)


def create_node(connection: Connection, new: Node) -> None:
    """Write the node of a new store."""
    connection.execute(
        sa.insert(node),
        {
            "one": 1,
            "store": new.store,
            "device": new.device,
            "site": new.site,
            "incarnation": new.incarnation,
            "seq": new.seq,
            "head": new.head,
            "hlc": new.hlc,
            "letters": new.letters,
            "letters_used": new.letters_used,
            "demo": int(new.demo),
            "created_at": new.created_at,
        },
    )


def advance_node(connection: Connection, seq: int, head: bytes, hlc: int) -> None:
    """Move the head of the chain and the clock forward."""
    connection.execute(_ADVANCE, {"new_seq": seq, "new_head": head, "new_hlc": hlc})


def restart_node(connection: Connection, incarnation: int, letters: str, used: str, head: bytes) -> None:
    """Begin a new incarnation: its own numbering, its own chain."""
    connection.execute(
        sa.update(node).values(incarnation=incarnation, seq=0, letters=letters, letters_used=used, head=head)
    )
