"""The read model of the boards' shares: their work queues and the counts of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.case_refresh import Refolded
from db.rows.case_rows import EXCERPT
from db.rows.row_sets import delete_all, insert_all
from db.schema import assignment_row, case_row
from domain.cases.assignments import Assignment, AssignmentState
from domain.cases.model import Case
from domain.cases.moves import FALLBACK_BOARD
from domain.cases.states import all_answered
from domain.deadlines.case_clock import AlertTimes

QUEUES = (
    "new",
    "in_hand",
    "due_today",
    "overdue",
    "returned",
    "waiting",
    "partial",
    "fallback",
    "to_resolve",
    "all",
)
"""Work queues of a board, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A board's share as its queues show it, with what they need of the case. Times are UTC milliseconds.

    ``waits`` is what the share waits for: ``suspended``, ``material``, ``decision`` (of the chief), ``extension``,
    ``boards`` (the assisting ones) or ``lead``; empty where it is the board's turn.
    """

    case_id: str
    board: str
    role: str
    state: str
    fallback: bool
    waits: str
    returned: int
    partly: int
    handler: str | None
    assigned_at: int
    received_at: int | None
    answered_at: int | None
    due_at: int | None
    amber_at: int | None
    red_at: int | None
    number: str
    case_state: str
    kind: str
    applicant: str
    boards: tuple[str, ...]
    sensitive: bool
    accepted_at: int
    excerpt: str


_OF_CASE = {"case_state": "state"}
_OWN = frozenset(column.name for column in assignment_row.c)
_COLUMNS = tuple(
    sa.func.substr(case_row.c.text, 1, EXCERPT).label("excerpt")
    if name == "excerpt"
    else assignment_row.c[name]
    if name in _OWN
    else case_row.c[_OF_CASE.get(name, name)].label(name)
    for name in (field.name for field in fields(AssignmentRow))
)
_HELD = ("assigned", "received", "handling")
_JOINED = assignment_row.join(case_row, case_row.c.id == assignment_row.c.case_id)


def refresh(connection: Connection, batch: Sequence[Refolded], fresh: Collection[str]) -> None:
    """Bring the rows of the shares of cases up to date; those ``fresh`` have none yet."""
    known = [one.case.id for one in batch if one.case.id not in fresh]
    delete_all(connection, assignment_row, "case_id", known)
    insert_all(connection, assignment_row, [row for one in batch for row in values_of(one.case, one.times)])


def values_of(case: Case, times: AlertTimes) -> list[dict[str, Any]]:
    """The rows of the shares of ``case``: column name → value."""
    return [_values(case, share, times) for share in case.assignments]


def _values(case: Case, share: Assignment, times: AlertTimes) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "board": share.board,
        "role": share.role.value,
        "state": share.state.value,
        "live": int(case.is_open and share.is_current),
        "fallback": int(
            case.escalated_at is not None and share is case.lead and share.board == FALLBACK_BOARD
        ),
        "waits": _waits(case, share),
        "returned": share.returned,
        "partly": len(share.partial),
        "handler": share.handler,
        "assigned_at": share.assigned_at,
        "received_at": share.received_at,
        "answered_at": share.answered_at,
        "due_at": times.due_ms,
        "amber_at": times.amber_ms,
        "red_at": times.red_ms,
    }


def _waits(case: Case, share: Assignment) -> str:
    if share.awaits_decision:
        return "decision"
    if case.suspended_since is not None:
        return "suspended"
    if share.state is AssignmentState.ANSWERED:
        if share is not case.lead:
            return "lead"
        return "" if all_answered(case) else "boards"
    if share.is_held and case.missing:
        return "material"
    return "extension" if share is case.lead and case.extension is not None else ""


def _condition(queue: str, now_ms: int, tomorrow_ms: int) -> sa.ColumnElement[bool]:
    c = assignment_row.c
    held = c.state.in_(_HELD)
    return {
        "new": c.state == "assigned",
        "in_hand": c.state.in_(("received", "handling")) & (c.waits == ""),
        "due_today": held & (c.due_at >= now_ms) & (c.due_at < tomorrow_ms),
        "overdue": held & (c.due_at < now_ms),
        "returned": c.state == "returned",
        "waiting": (c.waits != "") & (c.waits != "lead"),
        "partial": held & (c.partly > 0),
        "fallback": c.fallback == 1,
        "to_resolve": (c.state == "answered") & (c.role == "lead") & (c.waits == ""),
        "all": sa.true(),
    }[queue]


class AssignmentRows:
    """Queries over the boards' shares."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(
        self, board: str, *, now_ms: int, tomorrow_ms: int, handlers: Collection[str] | None = None
    ) -> dict[str, int]:
        """How many live shares of ``board`` stand in each of ``QUEUES``, in one question."""
        c = assignment_row.c
        sums = (
            sa.func.coalesce(sa.func.sum(sa.case((_condition(queue, now_ms, tomorrow_ms), 1), else_=0)), 0)
            for queue in QUEUES
        )
        query = sa.select(*sums).where(c.board == board, c.live == 1)
        if handlers is not None:
            query = query.where(c.handler.in_(handlers))
        row = self._connection.execute(query).one()
        return {queue: int(count) for queue, count in zip(QUEUES, row, strict=True)}

    def queue(
        self,
        board: str,
        queue: str,
        *,
        now_ms: int,
        tomorrow_ms: int,
        handlers: Collection[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[AssignmentRow]:
        """Live shares of ``board`` in one of ``QUEUES``, the most urgent first; ``handlers`` narrows to theirs."""
        c = assignment_row.c
        order = (c.due_at.is_(None), c.due_at, c.case_id)
        wanted = self._of_queue(sa.select(c.case_id), board, queue, now_ms, tomorrow_ms, handlers)
        # The stretch is found in the small table alone; only its own rows are joined with their cases.
        stretch = wanted.order_by(*order).offset(offset)
        stretch = stretch if limit is None else stretch.limit(limit)
        found = sa.select(*_COLUMNS).select_from(_JOINED).where(c.board == board, c.case_id.in_(stretch))
        return self._rows(found.order_by(*order))

    def count(
        self,
        board: str,
        queue: str,
        *,
        now_ms: int,
        tomorrow_ms: int,
        handlers: Collection[str] | None = None,
    ) -> int:
        """How many shares ``queue`` gives without a limit."""
        counted = sa.select(sa.func.count()).select_from(assignment_row)
        query = self._of_queue(counted, board, queue, now_ms, tomorrow_ms, handlers)
        return int(self._connection.execute(query).scalar_one())

    def _of_queue(
        self,
        query: sa.Select[Any],
        board: str,
        queue: str,
        now_ms: int,
        tomorrow_ms: int,
        handlers: Collection[str] | None,
    ) -> sa.Select[Any]:
        c = assignment_row.c
        query = query.where(c.board == board, c.live == 1, _condition(queue, now_ms, tomorrow_ms))
        return query if handlers is None else query.where(c.handler.in_(handlers))

    def in_hand(self, board: str) -> dict[str, int]:
        """Member of staff → how many shares of ``board`` they have taken and not yet finished."""
        c = assignment_row.c
        query = sa.select(c.handler, sa.func.count()).where(
            c.board == board, c.live == 1, c.state.in_(_HELD), c.handler.is_not(None)
        )
        return {handler: int(count) for handler, count in self._connection.execute(query.group_by(c.handler))}

    def waiting_for_material(self) -> list[str]:
        """The cases of which a board has asked for material that is not there yet, the most urgent first."""
        c = assignment_row.c
        query = sa.select(c.case_id).where(c.live == 1, c.waits == "material").group_by(c.case_id)
        order = (sa.func.min(c.due_at).is_(None), sa.func.min(c.due_at), c.case_id)
        return [case_id for (case_id,) in self._connection.execute(query.order_by(*order))]

    def of_handler(self, staff_id: str) -> list[tuple[str, str]]:
        """(case, board) of what a member of staff has taken and not yet finished."""
        c = assignment_row.c
        query = sa.select(c.case_id, c.board).where(c.handler == staff_id, c.live == 1, c.state.in_(_HELD))
        return [tuple(row) for row in self._connection.execute(query.order_by(c.case_id))]

    def _rows(self, query: sa.Select[Any]) -> list[AssignmentRow]:
        return [_frozen(row) for row in self._connection.execute(query).mappings()]


def _frozen(row: sa.RowMapping) -> AssignmentRow:
    values: dict[str, Any] = dict(row)
    for name in ("fallback", "sensitive"):
        values[name] = bool(values[name])
    values["boards"] = tuple(values["boards"].split())
    return AssignmentRow(**values)
