"""Print snapshots (what each paper said) and the outbox of side effects."""

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import outbox, print_snapshot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One printed paper: ``body`` is the paper's document (``domain.printing.papers``)."""

    id: str
    stream: str
    paper: str
    size: str
    copy: int
    body: dict[str, Any]
    printed_at: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A side effect that an event asked for, e.g. a paper to be printed."""

    id: int
    event: str
    effect: str
    detail: dict[str, Any]
    attempts: int


class Prints:
    """Snapshots of printed papers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, one: Snapshot) -> None:
        """Store what a paper said."""
        values = {name: getattr(one, name) for name in Snapshot.__slots__}
        values["body"] = json.dumps(one.body, ensure_ascii=False)
        self._connection.execute(sa.insert(print_snapshot), values)

    def of(self, stream: str, paper: str | None = None) -> list[Snapshot]:
        """The papers of one record, oldest first."""
        c = print_snapshot.c
        query = sa.select(*(c[name] for name in Snapshot.__slots__)).where(c.stream == stream)
        if paper is not None:
            query = query.where(c.paper == paper)
        rows = self._connection.execute(query.order_by(c.printed_at, c.copy))
        return [Snapshot(**{**row._mapping, "body": json.loads(row.body)}) for row in rows]

    def get(self, snapshot_id: str) -> Snapshot | None:
        """One printed paper."""
        c = print_snapshot.c
        row = self._connection.execute(
            sa.select(*(c[name] for name in Snapshot.__slots__)).where(c.id == snapshot_id)
        ).one_or_none()
        return None if row is None else Snapshot(**{**row._mapping, "body": json.loads(row.body)})


class Outbox:
    """Side effects waiting to be done; keyed by event, so that a refold never repeats one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event_id: str, effect: str, detail: dict[str, Any], now_ms: int) -> None:
        """Ask for ``effect`` on account of an event of this transaction."""
        self._connection.execute(
            sa.insert(outbox),
            {
                "event": event_id,
                "effect": effect,
                "detail": json.dumps(detail, ensure_ascii=False),
                "created_at": now_ms,
            },
        )

    def waiting(self, effect: str | None = None) -> list[Effect]:
        """Effects not done yet, oldest first."""
        c = outbox.c
        query = sa.select(c.id, c.event, c.effect, c.detail, c.attempts).where(c.done_at.is_(None))
        if effect is not None:
            query = query.where(c.effect == effect)
        rows = self._connection.execute(query.order_by(c.id))
        return [Effect(r.id, r.event, r.effect, json.loads(r.detail), r.attempts) for r in rows]

    def done(self, effect_id: int, now_ms: int) -> bool:
        """Claim an effect as done; False where it was done already."""
        result = self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == effect_id, outbox.c.done_at.is_(None))
            .values(done_at=now_ms)
        )
        return result.rowcount == 1

    def failed(self, effect_id: int, error: str) -> None:
        """Count an attempt that failed; the effect stays waiting."""
        self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == effect_id)
            .values(attempts=outbox.c.attempts + 1, error=error)
        )
