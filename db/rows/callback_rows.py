"""The read model of callbacks: one row for each closing of a case that the enterprise was told of.

Rows in state ``pool`` are closings that have not been drawn; the others are tasks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows.row_sets import insert_all, rows_of
from db.schema import case_row
from db.schema.asking import callback_row, callback_secret
from domain.callbacks.codes import task_ref
from domain.callbacks.decide import callback_of, is_told, round_of, state_of
from domain.callbacks.model import Callback, CallbackState
from domain.callbacks.sampling import group_of
from domain.cases.model import Case

POOL = "pool"


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A task as lists show it. Times are UTC milliseconds; ``phone`` is whole: whoever shows a list masks it."""

    case_id: str
    round: int
    ref: str
    number: str
    applicant: str
    excerpt: str
    kind: str
    state: str
    group: str
    site: str
    board: str
    closed_at: int
    drawn_at: int | None
    due_at: int | None
    caller: str | None
    contact: str
    phone: str
    attempts: int
    last_result: str | None
    last_at: int | None
    solved: bool | None
    level: int | None


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Which tasks a list shows; None means any."""

    states: frozenset[str] = frozenset()
    caller: str | None = None
    board: str | None = None
    site: str | None = None
    due_before: int | None = None
    refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing as the lot sees it."""

    case_id: str
    round: int
    group: str
    closed_at: int
    drawn: bool


_c = callback_row.c
_COLUMNS = (
    *(column for column in _c if column.name != "grp"),
    _c.grp.label("group"),
    case_row.c.number,
    case_row.c.applicant,
    case_row.c.kind,
    sa.func.substr(case_row.c.text, 1, 80).label("excerpt"),
)
_JOINED = callback_row.join(case_row, case_row.c.id == callback_row.c.case_id)


class CallbackRows:
    """Queries over the read model of callbacks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(
        self, wanted: CallbackFilter = CallbackFilter(), *, limit: int | None = None, offset: int = 0
    ) -> list[CallbackRow]:
        """Tasks that match, the one due first at the top."""
        keys = _filtered(sa.select(_c.case_id, _c.round), wanted).order_by(_c.due_at, _c.case_id)
        # The stretch is sorted out by its keys alone: sorting whole rows takes twenty times as long.
        stretch = (keys.offset(offset) if limit is None else keys.offset(offset).limit(limit)).subquery()
        same = (stretch.c.case_id == _c.case_id) & (stretch.c.round == _c.round)
        query = sa.select(*_COLUMNS).select_from(_JOINED.join(stretch, same))
        found = self._connection.execute(query.order_by(_c.due_at, _c.case_id))
        return [_frozen(row) for row in found.mappings()]

    def count(self, wanted: CallbackFilter = CallbackFilter()) -> int:
        """How many tasks match."""
        query = _filtered(sa.select(sa.func.count()).select_from(callback_row), wanted)
        return int(self._connection.execute(query).scalar_one())

    def closings(self, site: str, since: int, before: int) -> list[Closing]:
        """What was closed at ``site`` in that stretch of time, drawn or not; reopened since or not."""
        query = sa.select(_c.case_id, _c.round, _c.grp, _c.closed_at, _c.drawn_at).where(
            _c.site == site, _c.closed_at >= since, _c.closed_at < before
        )
        return [
            Closing(row.case_id, row.round, row.grp, row.closed_at, row.drawn_at is not None)
            for row in self._connection.execute(query)
        ]

    def pools(self, since: int) -> list[tuple[str, int, int]]:
        """(site, first, last) of the closings since ``since`` that have not been drawn, for each site with any."""
        query = sa.select(_c.site, sa.func.min(_c.closed_at), sa.func.max(_c.closed_at))
        wanted = query.where(_c.state == POOL, _c.closed_at >= since).group_by(_c.site)
        found = self._connection.execute(wanted)
        return [(site, first, last) for site, first, last in found]

    def secret(self) -> bytes | None:
        """The key that samples are drawn with, or None where none was made."""
        key = self._connection.execute(sa.select(callback_secret.c.key)).scalar()
        return None if key is None else bytes(key)

    def keep_secret(self, key: bytes, now_ms: int) -> None:
        """Keep the first and only key."""
        self._connection.execute(sa.insert(callback_secret), {"one": 1, "key": key, "made_at": now_ms})


def _filtered(query: sa.Select[Any], wanted: CallbackFilter) -> sa.Select[Any]:
    query = query.where(_c.state != POOL)
    if wanted.states:
        query = query.where(_c.state.in_(sorted(wanted.states)))
    for column, value in ((_c.caller, wanted.caller), (_c.board, wanted.board), (_c.site, wanted.site)):
        if value is not None:
            query = query.where(column == value)
    if wanted.due_before is not None:
        query = query.where(_c.due_at < wanted.due_before)
    return query.where(_c.ref.in_(sorted(wanted.refs))) if wanted.refs else query


def _frozen(row: sa.RowMapping) -> CallbackRow:
    values: dict[str, Any] = dict(row)
    values["solved"] = None if values["solved"] is None else bool(values["solved"])
    return CallbackRow(**values)


def refresh(connection: Connection, cases: Sequence[Case], *, born: bool = False) -> set[str]:
    """Bring the rows of ``cases`` up to date; which have or had any. ``born``: no row can be there yet."""
    values = {case.id: list(_values(case)) for case in cases}
    known: dict[str, set[int]] = {}
    if not born:
        for case_id, round_ in rows_of(connection, callback_row, ("case_id", "round"), "case_id", values):
            known.setdefault(case_id, set()).add(round_)
    for case_id, rounds in known.items():
        _renew(connection, case_id, rounds, values[case_id])
    fresh = (
        row for case_id, rows in values.items() for row in rows if row["round"] not in known.get(case_id, ())
    )
    insert_all(connection, callback_row, list(fresh))
    return {*known, *(case_id for case_id, rows in values.items() if rows)}


def _renew(connection: Connection, case_id: str, known: set[int], rows: Sequence[dict[str, Any]]) -> None:
    for one in rows:
        if one["round"] in known:
            where = (_c.case_id == case_id) & (_c.round == one["round"])
            connection.execute(sa.update(callback_row).where(where), one)
    gone = known - {one["round"] for one in rows}
    if gone:
        connection.execute(sa.delete(callback_row).where(_c.case_id == case_id, _c.round.in_(sorted(gone))))


def _values(case: Case) -> Iterable[dict[str, Any]]:
    for task in case.callbacks:
        yield _task_values(case, task)
    if is_told(case) and callback_of(case, round_of(case)) is None:
        assert case.closed_at is not None
        yield {**_shared(case, round_of(case), case.closed_at), "state": POOL, "grp": group_of(case).value}


def _shared(case: Case, round_: int, closed_at: int) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "round": round_,
        "ref": task_ref(case.id, round_),
        "site": case.passed_to or case.site,
        "board": case.boards[0] if case.boards else "",
        "closed_at": closed_at,
        "phone": case.contact.phone,
        "contact": case.contact.name,
        "drawn_at": None,
        "due_at": None,
        "caller": None,
        "attempts": 0,
        "last_result": None,
        "last_at": None,
        "solved": None,
        "level": None,
    }


def _task_values(case: Case, task: Callback) -> dict[str, Any]:
    last = task.attempts[-1] if task.attempts else None
    answers = task.answers
    return {
        **_shared(case, task.round, task.closed_at),
        "state": state_of(case, task).value,
        "grp": task.group.value,
        "drawn_at": task.drawn_at,
        "due_at": task.due_at,
        "caller": task.caller,
        "attempts": len(task.attempts),
        "last_result": last.result.value if last else None,
        "last_at": last.at if last else None,
        "solved": None if answers.solved is None else int(answers.solved),
        "level": answers.level,
    }


OPEN = CallbackFilter(states=frozenset({CallbackState.OPEN.value}))
