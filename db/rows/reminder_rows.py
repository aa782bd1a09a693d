"""Reminders of this node: each made once for a case, a level and the limit that began it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import case_row
from db.schema.supervision import reminder_row, supervision_row
from domain.cases.model import Case
from domain.cases.states import Owner
from domain.staff import Role
from domain.supervision.model import Level

_r, _s, _c = reminder_row.c, supervision_row.c, case_row.c
_OF_LIMITS = (Level.AMBER, Level.YELLOW, Level.RED)
_KNOWN = sa.select(_r.case_id).where(_r.case_id == sa.bindparam("wanted"), _r.level == Level.SENSITIVE.value)


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder that still holds, with what is needed of its case. Times are UTC milliseconds."""

    case_id: str
    level: Level
    of_at: int
    made_at: int
    number: str
    applicant: str
    excerpt: str
    state: str
    due_at: int | None
    owner: Owner


def remember_sensitive(connection: Connection, case: Case, now_ms: int, show_at: int) -> None:
    """The supervisor is told of a sensitive case as soon as it is known, once."""
    if connection.execute(_KNOWN, {"wanted": case.id}).first() is None:
        values = {"case_id": case.id, "level": Level.SENSITIVE.value, "of_at": case.accepted_at}
        connection.execute(sa.insert(reminder_row), {**values, "made_at": now_ms, "show_at": show_at})


def _has_come(level: Level, now_ms: int) -> sa.ColumnElement[bool]:
    """Whether a case is at ``level``: amber only while it is no more than that."""
    return {
        Level.AMBER: (_c.amber_at <= now_ms) & (_c.due_at >= now_ms),
        Level.YELLOW: _c.due_at < now_ms,
        Level.RED: _c.red_at <= now_ms,
    }[level]


class ReminderRows:
    """Makes, finds and marks reminders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def make(self, now_ms: int) -> int:
        """Make every reminder that has fallen due and has not been made; how many were."""
        return sum(self._make(level, now_ms) for level in _OF_LIMITS)

    def _make(self, level: Level, now_ms: int) -> int:
        made = sa.exists().where(_r.case_id == _c.id, _r.level == level.value, _r.of_at == _c.due_at)
        wanted = sa.select(
            _c.id, sa.literal(level.value), _c.due_at, sa.literal(now_ms), sa.literal(now_ms)
        ).where(_c.closed_at.is_(None), _has_come(level, now_ms), ~made)
        names = ["case_id", "level", "of_at", "made_at", "show_at"]
        return int(self._connection.execute(sa.insert(reminder_row).from_select(names, wanted)).rowcount)

    def unseen(self, now_ms: int) -> list[ReminderRow]:
        """Reminders that nobody has acknowledged and whose case still is where it was, the most urgent first."""
        of_limit = (
            (_r.level == level.value) & (_r.of_at == _c.due_at) & _has_come(level, now_ms)
            for level in _OF_LIMITS
        )
        holds = sa.or_(*of_limit, (_r.level == Level.SENSITIVE.value) & (_c.sensitive == 1))
        query = (
            sa.select(
                *(_r.case_id, _r.level, _r.of_at, _r.made_at, _c.number, _c.applicant),
                sa.func.substr(_c.text, 1, 80).label("excerpt"),
                *(_c.state, _c.due_at, _s.role, _s.site, _s.board, _s.handler),
            )
            .select_from(
                reminder_row.join(case_row, _c.id == _r.case_id).join(
                    supervision_row, _s.case_id == _r.case_id
                )
            )
            .where(_r.seen_at.is_(None), _r.show_at <= now_ms, holds)
            .order_by(_c.due_at.is_(None), _c.due_at, _r.case_id)
        )
        return [_frozen(row) for row in self._connection.execute(query).mappings()]

    def mark_seen(self, case_id: str, level: Level, of_at: int, by: str, now_ms: int) -> None:
        """Somebody concerned has taken note."""
        wanted = (_r.case_id == case_id) & (_r.level == level.value) & (_r.of_at == of_at)
        self._connection.execute(sa.update(reminder_row).where(wanted).values(seen_at=now_ms, seen_by=by))


def _frozen(row: sa.RowMapping) -> ReminderRow:
    values: dict[str, Any] = dict(row)
    whose = Owner(Role(values.pop("role")), values.pop("site"), values.pop("board"), values.pop("handler"))
    return ReminderRow(**{**values, "level": Level(values["level"])}, owner=whose)
