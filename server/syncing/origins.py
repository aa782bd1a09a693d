"""Whose chain is whose: the device behind it, as this node's registry of devices has it."""

import json
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema.sync import device
from db.upstream import Upstream
from domain.enrolment import DeviceRole


@dataclass(frozen=True, slots=True)
class Origin:
    """The device of a chain. ``sites`` it had before it joined.

    ``counts``: (incarnation, branch) → how far the chains of a revoked device still count.
    """

    device: str
    site: str
    role: str
    public_key: bytes
    sites: frozenset[str] = frozenset()
    revoked: bool = False
    counts: dict[tuple[int, int], int] = field(default_factory=dict)


def origin_of(connection: Connection, wanted: str) -> Origin | None:
    """The device ``wanted``, or None where this node knows no such device."""
    row = connection.execute(sa.select(device).where(device.c.device == wanted)).one_or_none()
    if row is None:
        return None
    told = json.loads(row.revoked_seq) if row.revoked_seq else []
    return Origin(
        row.device,
        row.site,
        row.role,
        bytes(row.public_key),
        frozenset(row.sites.split()),
        row.revoked_at is not None,
        {(one["inc"], one.get("branch", 0)): one["seq"] for one in told},
    )


def origin_of_chain(connection: Connection, wanted: str) -> Origin | None:
    """Whose chain it is that comes from below: also the node above, to which it is given back by way of this one."""
    known = origin_of(connection, wanted)
    upstream = Upstream(connection).get() if known is None else None
    if upstream is None or upstream.device != wanted:
        return known
    return Origin(wanted, upstream.site, DeviceRole.CENTRE, upstream.public_key)
