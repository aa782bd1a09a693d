"""The store's own place in the world: device, incarnation, head of its chain, clock."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.prepared import Prepared
from db.schema import node


@dataclass(frozen=True, slots=True)
class Node:
    """The single row of ``node``. ``letters`` are the incarnation's two letters in case numbers.

    One that ``serves`` is a hub or centre: it keeps the logs of its scopes.
    """

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
    serves: bool = False


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
    node.c.serves,
)
_SELECT = sa.select(*_COLUMNS)
_HOLD = _SELECT.with_for_update()
_ADVANCE = Prepared(
    sa.update(node).values(
        seq=sa.bindparam("new_seq"), head=sa.bindparam("new_head"), hlc=sa.bindparam("new_hlc")
    )
)


def load_node(connection: Connection, *, hold: bool = False) -> Node | None:
    """The store's node, or None before a station has been opened in it.

    With ``hold`` nobody else writes as this node before the transaction ends; SQLite has one writer anyway.
    """
    row = connection.execute(_HOLD if hold else _SELECT).one_or_none()
    return (
        None
        if row is None
        else Node(*row[:9], demo=bool(row.demo), created_at=row.created_at, serves=bool(row.serves))
    )


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
            "serves": int(new.serves),
        },
    )


def advance_node(connection: Connection, seq: int, head: bytes, hlc: int) -> None:
    """Move the head of the chain and the clock forward."""
    _ADVANCE.ask(connection, new_seq=seq, new_head=head, new_hlc=hlc)


def restart_node(connection: Connection, incarnation: int, letters: str, used: str, head: bytes) -> None:
    """Begin a new incarnation: its own numbering, its own chain."""
    connection.execute(
        sa.update(node).values(incarnation=incarnation, seq=0, letters=letters, letters_used=used, head=head)
    )


def move_node(connection: Connection, site: str, letters: str, used: str) -> None:
    """Go on as a node of ``site``, with other letters in the numbers to come."""
    connection.execute(sa.update(node).values(site=site, letters=letters, letters_used=used))
