"""What the tests of tables share: a case's event that came from elsewhere, put into the log as it is."""

from typing import Any

import sqlalchemy as sa

from db.schema import event, event_private
from db.unit_of_work import UnitOfWork
from domain.events.canonical import canonical_bytes
from domain.events.clock import pack
from domain.events.event import Event, body_of, private_hash
from tests.fixed import WEDNESDAY

SALT = b"12345678"


def arrive(
    uow: UnitOfWork,
    stream: str,
    kind: str,
    payload: Any,
    private: Any = None,
    *,
    at: int = 1,
    version: int = 1,
) -> str:
    """Store an event of another device, ``at`` ms after the fixed clock, as a sync will; its id."""
    content = None if private is None else canonical_bytes(private)
    one = Event(
        id=f"019a95a0-0000-7000-9000-{at:012d}",
        stream=stream,
        kind=kind,
        kind_version=version,
        device="elsewhere",
        incarnation=1,
        seq=at,
        hlc=pack(WEDNESDAY + at, 0),
        actor="x",
        site="y",
        payload=payload,
        private_hash=None if content is None else private_hash(SALT, content),
    )
    body = body_of(one)
    uow.connection.execute(sa.insert(event), uow.events.row_of(one, body, b"hash"))
    if content is not None:
        uow.connection.execute(sa.insert(event_private), {"event": one.id, "salt": SALT, "body": content})
    uow.refold([stream], WEDNESDAY)
    return one.id
