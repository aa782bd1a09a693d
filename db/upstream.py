"""The one node above this one, as the engine of sync works with it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema.sync import upstream


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """Where the upstream is and how far things stand with it. Times are UTC milliseconds.

    ``epoch`` is the life of its store; ``documents`` the digest (hex) of its documents that were taken in;
    ``batch_bytes`` how much the line bore last; ``offset_ms`` its clock less ours; ``heard_at`` and ``failed_at``
    when a run last ended well and not; ``given_back`` the epoch to which stretches of servers' chains were given back.
    """

    url: str
    site: str
    device: str
    public_key: bytes
    certificate: bytes | None
    epoch: str
    documents: str
    offset_ms: int
    batch_bytes: int
    given_back: str
    enrolled_at: int
    heard_at: int | None
    failed_at: int | None
    failure: str


_COLUMNS = tuple(upstream.c[name] for name in UpstreamRow.__slots__)


class Upstream:
    """The row within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> UpstreamRow | None:
        """The upstream; None at a station that works alone."""
        row = self._connection.execute(sa.select(*_COLUMNS)).one_or_none()
        return None if row is None else UpstreamRow(*row)

    def set(self, **values: Any) -> None:
        """Change some of its columns."""
        self._connection.execute(sa.update(upstream).values(**values))
