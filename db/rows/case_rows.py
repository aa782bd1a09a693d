"""The read model of cases: one row a case, which ``db.rows.case_refresh`` writes in the transaction of its events."""

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.rows import full_text
from db.rows.sync_rows import waiting_streams
from db.rows.tokens import joined, name_tokens, text_tokens
from db.schema import case_row, conflict
from domain.cases.model import Case
from domain.cases.numbers import parse_number
from domain.cases.states import task_of

EXCERPT = 80
MANY_STATES = 3
"""More states than this are most of all cases."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it. Times are UTC milliseconds; ``boards`` are codes, the lead first.

    ``due_at`` knows pauses and extensions and is None while a pause keeps it from coming, as are ``amber_at`` and
    ``red_at``, from when on the case warns. ``task`` is what is owed it now (``domain.cases.states.task_of``).
    """

    id: str
    number: str
    state: str
    kind: str
    channel: str
    scope: str
    limit_class: str
    uscc: str | None
    applicant: str
    boards: tuple[str, ...]
    item: str | None
    package: str | None
    in_pool: bool
    sensitive: bool
    accepted_at: int
    due_at: int | None
    amber_at: int | None
    red_at: int | None
    task: str | None
    provisional: bool
    closed_at: int | None
    actor: str
    site: str
    excerpt: str
    newer: bool


COLUMNS = tuple(
    sa.func.substr(case_row.c.text, 1, EXCERPT).label("excerpt")
    if field.name == "excerpt"
    else case_row.c[field.name]
    for field in fields(CaseRow)
)
"""The columns of a ``CaseRow``, for questions that other repositories ask, too; ``row_of`` freezes what they give."""
_NUMBER = sa.select(case_row.c.rowid_).where(case_row.c.number == sa.bindparam("wanted"))
_NEWEST_CHOICE = (
    sa.select(case_row.c.rowid_).where(case_row.c.chosen == 1).order_by(case_row.c.rowid_.desc()).limit(1)
)
_RECENT_TEXTS = {
    column: sa.select(case_row.c.id, case_row.c.number, case_row.c.text)
    .where(
        case_row.c[column] == sa.bindparam("who"),
        case_row.c.accepted_at >= sa.bindparam("since"),
        case_row.c.state != "merged",
    )
    .order_by(case_row.c.accepted_at.desc())
    .limit(50)
    for column in ("uscc", "applicant")
}
"""Statements of every acceptance are built once: building one costs more than the store takes to answer it."""


def row_of(row: sa.RowMapping) -> CaseRow:
    """A row of ``COLUMNS``, frozen."""
    values: dict[str, Any] = dict(row)
    for name in ("in_pool", "sensitive", "provisional", "newer"):
        values[name] = bool(values[name])
    values["boards"] = tuple(values["boards"].split())
    return CaseRow(**values)


def agrees(connection: Connection, case: Case) -> bool:
    """Whether the row of ``case`` says what its events say; the instants of its clock go by the calendar as well."""
    row = connection.execute(sa.select(case_row).where(case_row.c.id == case.id)).mappings().one_or_none()
    return row is not None and all(row[name] == value for name, value in values_of(case).items())


def values_of(case: Case) -> dict[str, Any]:
    """The row of ``case`` but for the instants of its clock: column name → value."""
    number, task = parse_number(case.number), task_of(case)
    return {
        "id": case.id,
        "number": case.number,
        "short": number.short if number else case.number,
        "state": case.state.value,
        "kind": case.kind.value,
        "channel": case.channel.value,
        "scope": case.scope.value,
        "limit_class": case.limit.limit.value,
        "uscc": case.applicant.uscc,
        "applicant": case.applicant.name,
        "lead_board": case.boards[0] if case.boards else None,
        "boards": " ".join(case.boards),
        "item": case.item,
        "package": case.package,
        "in_pool": int(case.in_pool),
        "sensitive": int(case.sensitive),
        "accepted_at": case.accepted_at,
        "task": task.value if task else None,
        "provisional": int(case.due.provisional) if case.due else 0,
        "closed_at": case.closed_at,
        "actor": case.actor,
        "site": case.site,
        "text": case.text,
        "contact": f"{case.contact.name} {case.contact.phone}".strip(),
        "chosen": int(case.chosen),
        "newer": int(case.newer),
    }


def tokens_of(case: Case) -> str:
    """What ``case`` is found by, as the index holds it."""
    number = parse_number(case.number)
    return joined(
        [
            *text_tokens(case.number),
            (number.short if number else case.number).lower(),
            *text_tokens(case.applicant.uscc or ""),
            *name_tokens(case.applicant.name),
            *name_tokens(case.contact.name),
            *text_tokens(case.contact.phone),
            *text_tokens(case.text),
            *text_tokens(case.package or ""),
        ]
    )


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; None means any. Times are UTC milliseconds."""

    actor: str | None = None
    board: str | None = None
    uscc: str | None = None
    applicant: str | None = None
    states: frozenset[str] = frozenset()
    kind: str | None = None
    open_only: bool = False
    due_before: int | None = None
    due_from: int | None = None
    amber_before: int | None = None
    red_before: int | None = None
    task: str | None = None
    accepted_from: int | None = None
    accepted_before: int | None = None
    sensitive: bool = False
    conflicts: bool = False
    waiting: bool = False
    """Not confirmed by the node above as they are here."""


SORTS = {
    "accepted": (case_row.c.accepted_at, case_row.c.rowid_),
    "due": (case_row.c.due_at, case_row.c.rowid_),
    "number": (case_row.c.number, case_row.c.rowid_),
    "applicant": (case_row.c.applicant, case_row.c.accepted_at, case_row.c.rowid_),
    "state": (case_row.c.state, case_row.c.accepted_at, case_row.c.rowid_),
    "kind": (case_row.c.kind, case_row.c.accepted_at, case_row.c.rowid_),
    "board": (case_row.c.lead_board, case_row.c.accepted_at, case_row.c.rowid_),
}


class CaseRows:
    """Queries over the read model of cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(
        self,
        wanted: CaseFilter = CaseFilter(),
        *,
        sort: str = "accepted",
        descending: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[CaseRow]:
        """Rows that match, sorted by a name in ``SORTS``."""
        keys = [column.desc() if descending else column.asc() for column in SORTS[sort]]
        many = limit is not None and len(wanted.states) > MANY_STATES
        query = self._filtered(sa.select(*COLUMNS), wanted, many=many).order_by(*keys).offset(offset)
        rows = self._connection.execute(query if limit is None else query.limit(limit))
        return [row_of(row) for row in rows.mappings()]

    def count(self, wanted: CaseFilter = CaseFilter()) -> int:
        """How many rows match."""
        query = self._filtered(sa.select(sa.func.count()).select_from(case_row), wanted)
        return int(self._connection.execute(query).scalar_one())

    def _filtered(self, query: sa.Select[Any], wanted: CaseFilter, *, many: bool = False) -> sa.Select[Any]:
        """``many`` rows are in the states asked for: their order is found in its index, not sorted from theirs."""
        c = case_row.c
        for column, value in (
            (c.actor, wanted.actor),
            (c.uscc, wanted.uscc),
            (c.applicant, wanted.applicant),
            (c.kind, wanted.kind),
            (c.task, wanted.task),
        ):
            if value is not None:
                query = query.where(column == value)
        if wanted.board is not None:
            query = query.where((" " + c.boards + " ").contains(f" {wanted.board} ", autoescape=True))
        if wanted.states:
            query = query.where((c.state.concat("") if many else c.state).in_(sorted(wanted.states)))
        if wanted.open_only:
            query = query.where(c.closed_at.is_(None))
        if wanted.sensitive:
            query = query.where(c.sensitive == 1)
        if wanted.conflicts:
            open_conflicts = sa.select(conflict.c.stream).where(conflict.c.decided_at.is_(None))
            query = query.where(c.id.in_(open_conflicts))
        if wanted.waiting:
            query = query.where(c.id.in_(waiting_streams(self._connection)))
        return self._in_time(query, wanted)

    @staticmethod
    def _in_time(query: sa.Select[Any], wanted: CaseFilter) -> sa.Select[Any]:
        c = case_row.c
        if wanted.due_before is not None:
            query = query.where(c.due_at < wanted.due_before)
        if wanted.amber_before is not None:
            query = query.where(c.amber_at < wanted.amber_before)
        if wanted.red_before is not None:
            query = query.where(c.red_at < wanted.red_before)
        if wanted.due_from is not None:
            query = query.where(c.due_at >= wanted.due_from)
        if wanted.accepted_from is not None:
            query = query.where(c.accepted_at >= wanted.accepted_from)
        if wanted.accepted_before is not None:
            query = query.where(c.accepted_at < wanted.accepted_before)
        return query

    def by_key(self, key: str, *, short_since: int) -> list[CaseRow]:
        """Cases whose id, number, or short number (accepted since ``short_since``) is ``key``, newest first."""
        c = case_row.c
        query = sa.select(*COLUMNS).where(
            sa.or_(c.id == key.lower(), c.number == key, (c.short == key) & (c.accepted_at >= short_since))
        )
        return [
            row_of(row) for row in self._connection.execute(query.order_by(c.accepted_at.desc())).mappings()
        ]

    def number_taken(self, number: str) -> bool:
        """Whether a case of this number is known."""
        return self._connection.execute(_NUMBER, {"wanted": number}).first() is not None

    def search(self, text: str, *, limit: int = 50) -> list[CaseRow]:
        """Cases that hold every part of ``text``, newest first; empty where nothing can be searched for."""
        found = full_text.matching(self._connection, full_text.CASES, text, limit)
        if found is None:
            return []
        query = (
            sa.select(*COLUMNS)
            .where(case_row.c.rowid_.in_(found))
            .order_by(case_row.c.accepted_at.desc(), case_row.c.rowid_.desc())
        )
        return [row_of(row) for row in self._connection.execute(query).mappings()]

    def recent_texts(self, uscc: str | None, name: str, since: int) -> list[tuple[str, str, str]]:
        """(id, number, matter) of an applicant's cases accepted since ``since``, newest first."""
        column, who = ("uscc", uscc) if uscc else ("applicant", name)
        rows = self._connection.execute(_RECENT_TEXTS[column], {"who": who, "since": since})
        return [tuple(row) for row in rows]

    def newest_choice(self) -> int:
        """A figure that grows with every case whose boards a clerk chose."""
        return int(self._connection.execute(_NEWEST_CHOICE).scalar() or 0)

    def choices(self, limit: int) -> list[tuple[str, str, str | None, str | None]]:
        """(matter, lead board, item, package) of the newest cases whose boards a clerk chose, newest first."""
        c = case_row.c
        query = sa.select(c.text, c.lead_board, c.item, c.package).where(
            c.chosen == 1, c.lead_board.is_not(None)
        )
        rows = self._connection.execute(query.order_by(c.rowid_.desc()).limit(limit))
        return [(row.text, row.lead_board, row.item, row.package) for row in rows]

    def open_ids(self) -> list[str]:
        """Ids of open cases."""
        query = sa.select(case_row.c.id).where(case_row.c.closed_at.is_(None))
        return [row.id for row in self._connection.execute(query)]

    def provisional(self) -> list[str]:
        """Ids of open cases whose due time waits for a calendar."""
        c = case_row.c
        query = sa.select(c.id).where(c.provisional == 1, c.closed_at.is_(None))
        return [row.id for row in self._connection.execute(query)]
