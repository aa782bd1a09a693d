"""What this machine has learned from its clerks: small JSON documents that never leave the desk."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import router_choice
from db.upsert import upsert


class Memory:
    """Documents by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Any:
        """The document, or None."""
        body = self._connection.execute(
            sa.select(router_choice.c.body).where(router_choice.c.name == name)
        ).scalar()
        return None if body is None else json.loads(body)

    def set(self, name: str, document: Any) -> None:
        """Write the document."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        upsert(self._connection, router_choice, "name", {"name": name, "body": body})
