"""Writing the read model of cases: many cases at once, each as if it came alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from db.rows import conflict_rows, full_text
from db.rows.case_rows import tokens_of, values_of
from db.rows.row_sets import insert_all, next_rows, rows_of, update_all
from db.schema import case_row
from domain.cases.fold import CONTACT_CORRECTED
from domain.cases.model import Case
from domain.deadlines.case_clock import AlertTimes

_NAMES = tuple(column.name for column in case_row.c)
_FOUND_BY = frozenset(("number", "uscc", "applicant", "contact", "text", "package"))
"""Columns that say all that ``tokens_of`` says, but for where a contact's name ends."""


@dataclass(frozen=True, slots=True)
class Refolded:
    """A case as its events tell it now, with the instants of its clock."""

    case: Case
    times: AlertTimes

    @property
    def values(self) -> dict[str, Any]:
        """Its row: column name → value."""
        times = self.times
        instants = {"due_at": times.due_ms, "amber_at": times.amber_ms, "red_at": times.red_ms}
        return {**values_of(self.case), **instants}


def refresh(
    connection: Connection, batch: Sequence[Refolded], found_at: int, *, born: bool = False
) -> Collection[str]:
    """Bring rows, search index and conflicts of different cases up to date; which have just become known.

    ``born`` when their streams began in this very transaction: no row and no conflict can be there yet.
    """
    known: dict[str, Any] = {}
    if not born:
        found = rows_of(connection, case_row, _NAMES, "id", [one.case.id for one in batch])
        known = {row.id: row for row in found}
    fresh = [one for one in batch if one.case.id not in known]
    _insert(connection, fresh)
    _update(connection, [(one, known[one.case.id]) for one in batch if one.case.id in known])
    unfit = {one.case.id: dict(one.case.unfit) for one in batch if not born or one.case.unfit}
    conflict_rows.refresh_all(connection, unfit, found_at)
    return {one.case.id for one in fresh}


def _insert(connection: Connection, fresh: Sequence[Refolded]) -> None:
    if not fresh:
        return
    rows = next_rows(connection, case_row, "rowid_", len(fresh))
    values = [{"rowid_": row, **one.values} for row, one in zip(rows, fresh, strict=True)]
    insert_all(connection, case_row, values)
    tokens = {row: tokens_of(one.case) for row, one in zip(rows, fresh, strict=True)}
    full_text.index(connection, full_text.CASES, tokens)


def _update(connection: Connection, known: Sequence[tuple[Refolded, Any]]) -> None:
    """Write what has changed: a step seldom changes more than a few columns, and no word."""
    changes: list[dict[str, Any]] = []
    tokens: dict[int, str] = {}
    for one, row in known:
        before = row._mapping
        changed = {name: value for name, value in one.values.items() if before[name] != value}
        if changed:
            changes.append({"rowid_": row.rowid_, **changed})
        if not _FOUND_BY.isdisjoint(changed) or _is_corrected(one.case):
            tokens[row.rowid_] = tokens_of(one.case)
    update_all(connection, case_row, "rowid_", changes)
    full_text.index(connection, full_text.CASES, tokens, known=tokens)


def _is_corrected(case: Case) -> bool:
    """Whether a contact may have become another who reads the same: its name and its number are one column."""
    return any(entry.kind == CONTACT_CORRECTED for entry in case.timeline)
