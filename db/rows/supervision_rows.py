"""The read model of supervision: open cases with whose turn they are, as the supervision list shows them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.row_sets import delete_all, insert_all
from db.schema import case_row
from db.schema.supervision import supervision_row
from domain.cases.model import Case
from domain.cases.states import Owner, owner
from domain.staff import Role
from domain.supervision.model import MeasureKind

LISTS = ("amber", "overdue", "yellow", "red", "sensitive", "urged", "unanswered", "all")
"""The supervision lists, in the order in which they are shown."""
Span = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """An open case as supervision sees it. Times are UTC milliseconds.

    ``stays`` are the stretches in which each board had it (board, from, to or None), ``pauses`` those in which its
    clock stood; ``waiting`` is how many boards owe an answer to a measure.
    """

    case_id: str
    number: str
    state: str
    kind: str
    scope: str
    applicant: str
    excerpt: str
    boards: tuple[str, ...]
    sensitive: bool
    in_pool: bool
    accepted_at: int
    due_at: int | None
    amber_at: int | None
    red_at: int | None
    owner: Owner
    stays: tuple[tuple[str, int, int | None], ...]
    pauses: tuple[Span, ...]
    urged: int
    carded: int
    waiting: int
    until_at: int | None
    measured_at: int | None


@dataclass(frozen=True, slots=True)
class SupervisionFilter:
    """Which open cases a supervision list shows; None means any. ``board`` is the one whose turn it is."""

    board: str | None = None
    site: str | None = None
    kind: str | None = None
    scope: str | None = None
    text: str = ""


_s, _c = supervision_row.c, case_row.c
_JOINED = case_row.join(supervision_row, _s.case_id == _c.id)
_COLUMNS = (
    *(_c.id.label("case_id"), _c.number, _c.state, _c.kind, _c.scope, _c.applicant),
    sa.func.substr(_c.text, 1, 80).label("excerpt"),
    *(_c.boards, _c.sensitive, _c.in_pool, _c.accepted_at, _c.due_at, _c.amber_at, _c.red_at),
    *(_s.role, _s.site, _s.board, _s.handler, _s.spans),
    *(_s.urged, _s.carded, _s.waiting, _s.until_at, _s.measured_at),
)


def refresh(connection: Connection, cases: Sequence[Case], fresh: Collection[str]) -> None:
    """Bring the rows of ``cases`` up to date; those ``fresh`` have none yet, closed ones none any more."""
    delete_all(connection, supervision_row, "case_id", [case.id for case in cases if case.id not in fresh])
    insert_all(connection, supervision_row, [values_of(case) for case in cases if case.is_open])


def values_of(case: Case) -> dict[str, Any]:
    """The row of an open case: column name → value."""
    whose, measures = owner(case), case.measures
    open_ = [one for one in measures if one.waiting]
    stays = [(share.board, stay.start, stay.end) for share in case.assignments for stay in share.stays]
    pauses = [(one.start, one.end) for one in case.suspensions]
    return {
        "case_id": case.id,
        "role": whose.role.value,
        "site": whose.site,
        "board": whose.board,
        "handler": whose.handler,
        "spans": json.dumps([stays, pauses], separators=(",", ":")),
        "urged": sum(one.kind is MeasureKind.URGE for one in measures),
        "carded": sum(one.kind is MeasureKind.CARD for one in measures),
        "waiting": len({board for one in open_ for board in one.waiting}),
        "until_at": min((one.until for one in open_ if one.until is not None), default=None),
        "measured_at": measures[-1].at if measures else None,
    }


def agrees(connection: Connection, case: Case) -> bool:
    """Whether the row of ``case`` says what its events say."""
    row = connection.execute(sa.select(supervision_row).where(_s.case_id == case.id)).mappings().one_or_none()
    return (dict(row) if row is not None else None) == (values_of(case) if case.is_open else None)


def _condition(name: str, now_ms: int) -> sa.ColumnElement[bool]:
    amber = (_c.amber_at <= now_ms) & (_c.due_at >= now_ms)
    overdue = _c.due_at < now_ms
    return {
        "amber": amber,
        "overdue": overdue,
        "yellow": overdue & (_c.red_at.is_(None) | (_c.red_at > now_ms)),
        "red": _c.red_at <= now_ms,
        "sensitive": _c.sensitive == 1,
        "urged": (_s.urged > 0) | (_s.carded > 0),
        "unanswered": _s.waiting > 0,
        "all": amber | overdue | (_c.sensitive == 1) | (_s.urged > 0) | (_s.carded > 0),
    }[name]


class SupervisionRows:
    """Queries over what is to be supervised."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, wanted: SupervisionFilter, now_ms: int) -> dict[str, int]:
        """How many open cases stand in each of ``LISTS``, in one question."""
        sums = (
            sa.func.coalesce(sa.func.sum(sa.case((_condition(name, now_ms), 1), else_=0)), 0)
            for name in LISTS
        )
        row = self._connection.execute(_filtered(sa.select(*sums).select_from(_JOINED), wanted)).one()
        return {name: int(count) for name, count in zip(LISTS, row, strict=True)}

    def rows(
        self,
        name: str,
        wanted: SupervisionFilter,
        now_ms: int,
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[SupervisionRow]:
        """Open cases of one of ``LISTS``, the one longest over its limit first."""
        query = _filtered(sa.select(*_COLUMNS).select_from(_JOINED), wanted)
        query = query.where(_condition(name, now_ms)).order_by(_c.due_at.is_(None), _c.due_at, _c.id)
        found = self._connection.execute(query.limit(limit).offset(offset) if limit is not None else query)
        return [_frozen(row) for row in found.mappings()]


def _filtered(query: sa.Select[Any], wanted: SupervisionFilter) -> sa.Select[Any]:
    query = query.where(_c.closed_at.is_(None))
    for column, value in (
        (_s.board, wanted.board),
        (_s.site, wanted.site),
        (_c.kind, wanted.kind),
        (_c.scope, wanted.scope),
    ):
        if value is not None:
            query = query.where(column == value)
    for word in wanted.text.split():
        query = query.where(
            sa.or_(*(column.contains(word, autoescape=True) for column in (_c.number, _c.applicant, _c.text)))
        )
    return query


def _frozen(row: sa.RowMapping) -> SupervisionRow:
    values: dict[str, Any] = dict(row)
    whose = Owner(Role(values.pop("role")), values.pop("site"), values.pop("board"), values.pop("handler"))
    stays, pauses = json.loads(values.pop("spans"))
    for name in ("sensitive", "in_pool"):
        values[name] = bool(values[name])
    values["boards"] = tuple(values["boards"].split())
    return SupervisionRow(
        **values,
        owner=whose,
        stays=tuple(tuple(one) for one in stays),
        pauses=tuple(tuple(one) for one in pauses),
    )
