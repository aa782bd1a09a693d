"""Identifiers that a registry is still to be asked about."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import registry_question
from db.upsert import upsert

KEPT = 500


class RegistryQuestions:
    """The list of what could not be asked offline. It stays on this machine."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, text: str, now_ms: int) -> None:
        """Ask about ``text`` later; the oldest go when there are too many."""
        upsert(self._connection, registry_question, "text", {"text": text, "asked_at": now_ms})
        c = registry_question.c
        kept = sa.select(c.text).order_by(c.asked_at.desc(), c.text).limit(KEPT)
        self._connection.execute(sa.delete(registry_question).where(c.text.not_in(kept)))

    def waiting(self) -> list[str]:
        """What is still to be asked, oldest first."""
        c = registry_question.c
        return list(self._connection.execute(sa.select(c.text).order_by(c.asked_at, c.text)).scalars())

    def drop(self, text: str) -> None:
        """It was answered."""
        self._connection.execute(sa.delete(registry_question).where(registry_question.c.text == text))
