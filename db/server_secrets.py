"""What a server keeps of its own: the key of its tokens, the private half of its sticks' key, its epoch."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema.sync import server_secret
from db.upsert import upsert


class ServerSecrets:
    """Values by name within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> bytes | None:
        """The value called ``name``, or None."""
        query = sa.select(server_secret.c.value).where(server_secret.c.name == name)
        value = self._connection.execute(query).scalar()
        return None if value is None else bytes(value)

    def keep(self, name: str, value: bytes, now_ms: int) -> None:
        """Keep ``value`` in place of what was called so before."""
        upsert(self._connection, server_secret, "name", {"name": name, "value": value, "made_at": now_ms})
