"""The pool of problems as lists, and the read model of problems that many cases share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows import conflict_rows, full_text
from db.rows.case_rows import COLUMNS, CaseRow, row_of
from db.schema import case_row, enterprise
from db.schema.supervision import problem_member, problem_row
from domain.events.event import Event
from domain.supervision.problems import BIRTH, Problem, fold_problem
from domain.supervision.references import problem_ref


@dataclass(frozen=True, slots=True)
class PoolFilter:
    """Which cases of the pool (涉企问题池) a problem list shows; None means any.

    ``state`` is a case's state, or ``open``, ``closed``, ``overdue``; ``before`` keeps those accepted before it.
    """

    scope: str | None = None
    board: str | None = None
    tag: str | None = None
    site: str | None = None
    state: str | None = None
    text: str = ""
    before: int | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A common problem as its list shows it. Times are UTC milliseconds."""

    id: str
    ref: str
    title: str
    scope: str
    site: str
    state: str
    members: int
    answered: int
    begun_at: int
    answered_at: int | None


_c, _p, _m = case_row.c, problem_row.c, problem_member.c


class ProblemRows:
    """Queries over the pool and the common problems."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, wanted: PoolFilter, now_ms: int) -> dict[str, int]:
        """Scope → how many cases of the pool match ``wanted``, whose own scope does not count here."""
        scope: Any = _scope_of(wanted)
        query = sa.select(scope, sa.func.count()).group_by(scope)
        found = self._connection.execute(self._filtered(query, wanted, now_ms, by_scope=False))
        return {str(row[0]): int(row[1]) for row in found}

    def pool(
        self,
        wanted: PoolFilter,
        now_ms: int,
        *,
        by_due: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[CaseRow]:
        """Cases of the pool that match, newest first, or the one due first."""
        order = (
            (_c.due_at.is_(None), _c.due_at, _c.id) if by_due else (_c.accepted_at.desc(), _c.rowid_.desc())
        )
        query = self._filtered(sa.select(*COLUMNS), wanted, now_ms).order_by(*order)
        found = self._connection.execute(query.limit(limit).offset(offset) if limit is not None else query)
        return [row_of(row) for row in found.mappings()]

    def texts(self, wanted: PoolFilter, now_ms: int, most: int) -> list[tuple[str, str]]:
        """(id, whole matter) of the newest ``most`` cases of the pool that match."""
        query = self._filtered(sa.select(_c.id, _c.text), wanted, now_ms)
        found = self._connection.execute(query.order_by(_c.accepted_at.desc()).limit(most))
        return [tuple(row) for row in found]

    def _filtered(
        self, query: sa.Select[Any], wanted: PoolFilter, now_ms: int, *, by_scope: bool = True
    ) -> sa.Select[Any]:
        query = query.where(_c.in_pool == 1)
        if by_scope and wanted.scope is not None:
            query = query.where(_scope_of(wanted) == wanted.scope)
        if wanted.site is not None:
            query = query.where(_c.site == wanted.site)
        if wanted.board is not None:
            query = query.where((" " + _c.boards + " ").contains(f" {wanted.board} ", autoescape=True))
        if wanted.before is not None:
            query = query.where(_c.accepted_at < wanted.before)
        if wanted.tag is not None:
            tagged = ("\n" + enterprise.c.tags + "\n").contains(f"\n{wanted.tag}\n", autoescape=True)
            query = query.where(_c.uscc.in_(sa.select(enterprise.c.uscc).where(tagged)))
        if wanted.loose:
            query = query.where(~sa.exists().where(_m.case_id == _c.id))
        if wanted.state is not None:
            query = query.where(_in_state(wanted.state, now_ms))
        return self._matched(query, wanted.text)

    def _matched(self, query: sa.Select[Any], text: str) -> sa.Select[Any]:
        if not text.strip():
            return query
        found = full_text.matching(self._connection, full_text.CASES, text)
        return query.where(sa.false() if found is None else _c.rowid_.in_(found))

    def problems(self, *, state: str | None = None, limit: int | None = None) -> list[ProblemRow]:
        """Common problems, newest first."""
        query = sa.select(problem_row).order_by(_p.begun_at.desc(), _p.id)
        query = query if state is None else query.where(_p.state == state)
        found = self._connection.execute(query if limit is None else query.limit(limit))
        return [ProblemRow(**row) for row in found.mappings()]

    def id_of(self, ref: str) -> str | None:
        """The id of the common problem called ``ref``, by its short name or id."""
        query = sa.select(_p.id).where((_p.ref == ref.upper()) | (_p.id == ref.lower()))
        found = self._connection.execute(query).scalar()
        return None if found is None else str(found)

    def problems_of(self, case_id: str) -> list[ProblemRow]:
        """The common problems that a case is a member of; two where two stations gathered it apart."""
        query = sa.select(problem_row).join(problem_member, _m.problem == _p.id).where(_m.case_id == case_id)
        return [ProblemRow(**row) for row in self._connection.execute(query.order_by(_p.id)).mappings()]

    def cases_of(self, problem: str) -> list[CaseRow]:
        """The members of a common problem that this store has, oldest first."""
        query = sa.select(*COLUMNS).join(problem_member, _m.case_id == _c.id)
        query = query.where(_m.problem == problem).order_by(_c.accepted_at, _c.id)
        return [row_of(row) for row in self._connection.execute(query).mappings()]


def _scope_of(wanted: PoolFilter) -> sa.ColumnElement[str]:
    """The scope as it is to be asked for: open cases are few and found as such, not among all of their scope."""
    return _c.scope.concat("") if wanted.state in ("open", "overdue") else _c.scope


def _in_state(state: str, now_ms: int) -> sa.ColumnElement[bool]:
    if state == "open":
        return _c.closed_at.is_(None)
    if state == "closed":
        return _c.closed_at.is_not(None)
    if state == "overdue":
        return _c.closed_at.is_(None) & (_c.due_at < now_ms)
    return _c.state == state


def refresh(connection: Connection, stream: str, events: Sequence[Event], now_ms: int) -> bool:
    """Bring the rows of the common problem that ``stream`` tells of up to date; False where it tells of none."""
    birth = next((one for one in events if one.id == stream), None)
    if birth is None or birth.kind != BIRTH:
        return False
    problem = fold_problem(events)
    if problem is None:
        conflict_rows.refresh(connection, stream, {stream: "malformed"}, now_ms)
        return True
    connection.execute(sa.delete(problem_member).where(_m.problem == stream))
    connection.execute(sa.delete(problem_row).where(_p.id == stream))
    connection.execute(sa.insert(problem_row), _values(problem))
    members = [
        {"problem": stream, "case_id": one.case_id, "answered_at": one.answered_at} for one in problem.members
    ]
    if members:
        connection.execute(sa.insert(problem_member), members)
    conflict_rows.refresh(connection, stream, dict(problem.unfit), now_ms)
    return True


def _values(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.id,
        "ref": problem_ref(problem.id),
        "title": problem.title,
        "scope": problem.scope.value,
        "site": problem.site,
        "state": problem.state.value,
        "members": len(problem.members),
        "answered": sum(one.answered_at is not None for one in problem.members),
        "begun_at": problem.begun_at,
        "answered_at": problem.answers[-1].at if problem.answers else None,
    }
