"""Rows of stored files: size, type and the key each is sealed with."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import attachment


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A stored file; ``sha256`` (hex) of the plain content is its address."""

    sha256: str
    size: int
    media_type: str
    key: bytes
    stored_at: int


class AttachmentRows:
    """Reads and writes rows of stored files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, sha256: str) -> AttachmentRow | None:
        """The row of a file, or None."""
        query = sa.select(*attachment.c).where(attachment.c.sha256 == sha256)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else AttachmentRow(*row)

    def add(self, one: AttachmentRow) -> None:
        """Record a stored file."""
        values = {name: getattr(one, name) for name in AttachmentRow.__slots__}
        self._connection.execute(sa.insert(attachment), values)

    def addresses(self) -> frozenset[str]:
        """Addresses of every recorded file."""
        return frozenset(self._connection.execute(sa.select(attachment.c.sha256)).scalars())
