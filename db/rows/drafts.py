"""Drafts: what a clerk is typing, kept as it is typed. Not records: they never leave the desk."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import draft
from db.upsert import upsert


@dataclass(frozen=True, slots=True)
class Draft:
    """One unfinished intake; ``body`` is the page's own JSON."""

    id: str
    actor: str
    body: str
    updated_at: int


class Drafts:
    """Reads and writes drafts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, one: Draft) -> None:
        """Write a draft, replacing its earlier text."""
        upsert(
            self._connection,
            draft,
            "id",
            {"id": one.id, "actor": one.actor, "body": one.body, "updated_at": one.updated_at},
        )

    def drop(self, draft_id: str) -> None:
        """Forget a draft; nothing happens where it is not there."""
        self._connection.execute(sa.delete(draft).where(draft.c.id == draft_id))

    def saved(self, actor: str | None = None) -> list[Draft]:
        """Drafts, newest first; of one person where ``actor`` is given."""
        query = sa.select(draft.c.id, draft.c.actor, draft.c.body, draft.c.updated_at)
        if actor is not None:
            query = query.where(draft.c.actor == actor)
        return [Draft(*row) for row in self._connection.execute(query.order_by(draft.c.updated_at.desc()))]
