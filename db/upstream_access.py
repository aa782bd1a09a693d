"""What a node needs to come in at the one above it: address, key, token. ``db/upstream.py`` has the rest of the row."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema.sync import chain, upstream, upstream_cursor, upstream_mark


@dataclass(frozen=True, slots=True)
class Access:
    """``pin`` is the SHA-256 of the server's certificate, ``server`` its device. ``token_until`` is by its clock."""

    url: str
    pin: bytes | None
    server: str
    token: str
    token_until: int
    offset_ms: int


@dataclass(frozen=True, slots=True)
class NewUpstream:
    """The node that has just enrolled this one; ``now`` is what its clock said, ``enrolled_at`` what ours did."""

    url: str
    pin: bytes | None
    site: str
    device: str
    public_key: bytes
    epoch: str
    token: str
    token_until: int
    now: int
    enrolled_at: int


_COLUMNS = (
    upstream.c.url,
    upstream.c.certificate,
    upstream.c.device,
    upstream.c.token,
    upstream.c.token_until,
)


class UpstreamAccess:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> Access | None:
        """How to come in; None at a station that works alone."""
        row = self._connection.execute(sa.select(*_COLUMNS, upstream.c.offset_ms)).one_or_none()
        if row is None:
            return None
        return Access(row.url, _bytes(row.certificate), row.device, row.token, row.token_until, row.offset_ms)

    def keep_token(self, token: str, until: int) -> None:
        """The token to come in with from now on."""
        self._connection.execute(sa.update(upstream).values(token=token, token_until=until))

    def enrol(self, new: NewUpstream) -> None:
        """``new`` is the upstream from now on. What was known of another server's log counts no more."""
        known = self.get()
        if known is not None and known.server != new.device:
            for table in (upstream_cursor, upstream_mark):
                self._connection.execute(sa.delete(table))
            self._connection.execute(sa.update(chain).values(upstream_seq=0))
        values = {
            "url": new.url,
            "site": new.site,
            "device": new.device,
            "public_key": new.public_key,
            "certificate": new.pin,
            "epoch": new.epoch,
            "token": new.token,
            "token_until": new.token_until,
            "documents": "",
            "offset_ms": new.now - new.enrolled_at,
            "enrolled_at": new.enrolled_at,
            "failure": "",
            "failed_at": None,
        }
        if known is None:
            self._connection.execute(sa.insert(upstream), {"one": 1, **values})
        else:
            self._connection.execute(sa.update(upstream).values(values))


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)
