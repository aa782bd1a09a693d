"""The read model of verified codes, and the scanned texts that wait for a final verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import enterprise, provisional_code, verification
from db.upsert import upsert
from domain.enterprises.profile import EnterpriseRecord, Verification


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """One verification as lists show it, with the last verdict on it. ``at`` is UTC milliseconds.

    ``waiting`` says that the scanned text is still here, so that this machine can check it again.
    """

    event: str
    stream: str
    uscc: str
    name: str
    at: int
    verdict: str
    reasons: tuple[str, ...]
    provisional: bool
    changed: bool
    waiting: bool


def values_of(record: EnterpriseRecord, one: Verification) -> dict[str, Any]:
    """The row of ``one``, apart from its key."""
    return {
        "stream": record.id,
        "uscc": record.uscc,
        "at": one.at,
        "verdict": one.now.verdict,
        "reasons": " ".join(one.now.reasons),
        "provisional": int(one.now.provisional),
        "changed": int(one.changed),
    }


class Verifications:
    """Queries over verified codes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def provisional(self, *, limit: int | None = None) -> list[VerificationRow]:
        """Verifications whose verdict is provisional, newest first."""
        return self._rows(verification.c.provisional == 1, limit)

    def changed(self, *, limit: int | None = None) -> list[VerificationRow]:
        """Verifications whose verdict a later check changed, newest first."""
        return self._rows(verification.c.changed == 1, limit)

    def waiting(self) -> Iterator[tuple[str, str, str]]:
        """(event, credit code, scanned text) of every code that is to be checked again, oldest first."""
        c = verification.c
        query = (
            sa.select(c.event, c.uscc, provisional_code.c.text)
            .join_from(verification, provisional_code, provisional_code.c.event == c.event)
            .order_by(c.at, c.event)
        )
        yield from (tuple(row) for row in self._connection.execute(query).all())

    def keep_text(self, event: str, text: str) -> None:
        """Keep what was scanned until the verdict of ``event`` is final."""
        upsert(self._connection, provisional_code, "event", {"event": event, "text": text})

    def drop_text(self, event: str) -> None:
        """Forget what was scanned."""
        self._connection.execute(sa.delete(provisional_code).where(provisional_code.c.event == event))

    def drop_texts_before(self, at: int) -> None:
        """Forget what was scanned before ``at`` (UTC milliseconds): no list has come that could settle it."""
        old = sa.select(verification.c.event).where(verification.c.at < at)
        self._connection.execute(sa.delete(provisional_code).where(provisional_code.c.event.in_(old)))

    def _rows(self, wanted: sa.ColumnElement[bool], limit: int | None) -> list[VerificationRow]:
        c = verification.c
        query = (
            sa.select(
                *(c.event, c.stream, c.uscc, enterprise.c.name, c.at, c.verdict, c.reasons, c.provisional),
                *(c.changed, provisional_code.c.event.is_not(None).label("waiting")),
            )
            .join_from(verification, enterprise, enterprise.c.id == c.uscc, isouter=True)
            .join(provisional_code, provisional_code.c.event == c.event, isouter=True)
            .where(wanted)
            .order_by(c.at.desc(), c.event.desc())
            .limit(limit)
        )
        return [_frozen(row) for row in self._connection.execute(query).mappings()]


def _frozen(row: sa.RowMapping) -> VerificationRow:
    values: dict[str, Any] = dict(row)
    for name in ("provisional", "changed", "waiting"):
        values[name] = bool(values[name])
    return VerificationRow(
        **values | {"name": values["name"] or "", "reasons": tuple(values["reasons"].split())}
    )
