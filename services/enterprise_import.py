"""A park's own list of enterprises: read from a file, held against what is known, taken in row by row.

``read_list`` needs no store and may run on any thread. ``plan_rows`` and ``import_rows`` take a stretch of rows each,
so that a window goes on working between two stretches; whoever drives them shows progress and may stop at any one.
The same list taken in again changes nothing, so an import that was stopped is finished by starting it once more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enterprises import decide
from domain.enterprises.listing import (
    HEADER_WITHIN,
    MAX_ROWS,
    EnterpriseList,
    ListRow,
    Problem,
    find_header,
    read_rows,
)
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor
from services.list_files import Cells, open_table
from services.permissions import require
from services.station import Station, reads

BATCH_ROWS = 200
_TELL_EVERY = 500

Progress = Callable[[int], bool]
"""Told how many rows were read or done; False stops."""


class Change(StrEnum):
    """What a row does to what is known."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many rows did what; ``stopped`` when somebody asked to stop before the end."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    stopped: bool = False

    def plus(self, changes: Sequence[Change]) -> "ImportResult":
        """With the outcome of one more stretch."""
        return ImportResult(
            self.new + changes.count(Change.NEW),
            self.updated + changes.count(Change.UPDATED),
            self.unchanged + changes.count(Change.UNCHANGED),
            self.stopped,
        )

    @property
    def done(self) -> int:
        """Rows that were dealt with."""
        return self.new + self.updated + self.unchanged


class ImportStopped(Exception):
    """Somebody asked to stop while the file was read."""


def read_list(path: Path, go_on: Progress | None = None) -> EnterpriseList:
    """Read an Excel (.xlsx) or CSV (UTF-8, GB 18030) file of enterprises.

    Refused as a whole, with ``enterprises.list_*`` or ``files.not_found``: too large, too many rows, no such format,
    damaged, without a header that names the enterprise and its code. ``ImportStopped`` when ``go_on`` says so.
    """
    with open_table(path) as table:
        top = list(islice(table, HEADER_WITHIN))
        header = find_header(top)
        if header is None:
            raise AppError("enterprises.list_without_header", name=path.name)
        below = ((number, cells) for number, cells in _chained(top, table) if number > header.row)
        rows: list[ListRow] = []
        problems: list[Problem] = []
        total = 0
        for row, found in read_rows(header, _counted(below, go_on, path)):
            total += 1
            rows += [row] if row else []
            problems += found
    if not total:
        raise AppError("enterprises.list_empty", name=path.name)
    return EnterpriseList(path.name, header, tuple(rows), tuple(problems), total)


def _chained(top: list[tuple[int, Cells]], rest: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    yield from top
    yield from rest


def _counted(
    rows: Iterator[tuple[int, Cells]], go_on: Progress | None, path: Path
) -> Iterator[tuple[int, Cells]]:
    filled = 0
    for number, cells in rows:
        filled += any(cells)
        if filled > MAX_ROWS:
            raise AppError("enterprises.list_too_long", name=path.name, limit=MAX_ROWS)
        if go_on is not None and filled % _TELL_EVERY == 0 and not go_on(filled):
            raise ImportStopped
        yield number, cells


def stretches(rows: Sequence[ListRow]) -> Iterator[tuple[ListRow, ...]]:
    """``rows`` in stretches of one transaction each."""
    for start in range(0, len(rows), BATCH_ROWS):
        yield tuple(rows[start : start + BATCH_ROWS])


@reads
def plan_rows(
    uow: UnitOfWork, clock: Clock, actor: Actor, rows: Sequence[ListRow], list_name: str
) -> tuple[Change, ...]:
    """What ``import_rows`` would do with each row now."""
    return tuple(change for change, _, _ in _decided(uow, rows, list_name))


def import_rows(
    uow: UnitOfWork, clock: Clock, actor: Actor, rows: Sequence[ListRow], list_name: str
) -> tuple[Change, ...]:
    """Take in ``rows``: new enterprises begin, known ones get what the list says anew. ``permission.denied``."""
    require(actor, "import_enterprises")
    now_ms = clock.now_ms()
    changes = []
    for change, stream, event in _decided(uow, rows, list_name):
        if event is not None:
            uow.append(stream, [event], actor=actor.id, now_ms=now_ms)
        changes.append(change)
    return tuple(changes)


def _decided(
    uow: UnitOfWork, rows: Sequence[ListRow], list_name: str
) -> list[tuple[Change, str | None, NewEvent | None]]:
    records = uow.enterprise_records.several(row.uscc for row in rows)
    decided: list[tuple[Change, str | None, NewEvent | None]] = []
    for row in rows:
        record = records.get(row.uscc)
        event = decide.take_in(row.uscc, record, row.told, list_name)
        change = Change.UNCHANGED if event is None else Change.UPDATED if record else Change.NEW
        decided.append((change, record.id if record else None, event))
    return decided


def run_over(
    station: Station, found: EnterpriseList, *, dry_run: bool = False, go_on: Progress | None = None
) -> ImportResult:
    """Plan or take in a whole list, waiting for each stretch: for the command line, never for the window."""
    result = ImportResult()
    for rows in stretches(found.rows):
        if go_on is not None and not go_on(result.done):
            return ImportResult(result.new, result.updated, result.unchanged, stopped=True)
        service = plan_rows if dry_run else import_rows
        result = result.plus(station.call(service, rows, found.name))
    return result
