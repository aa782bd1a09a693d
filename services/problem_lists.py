"""三张问题清单: the open pool of problems by scope (点/链/块), under the same filters everywhere."""

from dataclasses import dataclass, replace

from db.rows.case_rows import CaseRow
from db.rows.problem_rows import PoolFilter
from db.unit_of_work import UnitOfWork
from domain.cases.model import CaseState, Scope
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.case_lists import day_of
from services.rulebook import rulebook
from services.station import reads

DAY_MS = 86_400_000
STATES = ("open", "closed", "overdue", *CaseState)


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """What a problem list is narrowed to; None means any. ``age_days``: accepted at least so many days ago.

    ``state`` is one of ``STATES``; ``loose`` keeps those that belong to no common problem.
    """

    scope: str | None = None
    board: str | None = None
    tag: str | None = None
    site: str | None = None
    age_days: int | None = None
    state: str | None = "open"
    text: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """One stretch of a list; ``counts`` are those of all three lists under the same filter."""

    rows: tuple[CaseRow, ...]
    total: int
    counts: dict[str, int]
    now_ms: int


@reads
def count_problems(
    uow: UnitOfWork, clock: Clock, actor: Actor, wanted: ProblemFilter = ProblemFilter()
) -> dict[str, int]:
    """Scope → how many cases its list holds under ``wanted``; all three scopes, always."""
    found = uow.problems.counts(pool_filter(uow, clock, wanted), clock.now_ms())
    return {scope.value: found.get(scope.value, 0) for scope in Scope}


@reads
def read_problems(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    wanted: ProblemFilter = ProblemFilter(),
    *,
    by_due: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> ProblemPage:
    """One stretch of a problem list, newest first or the one due first; ``supervision.filter_invalid``."""
    now_ms, asked = clock.now_ms(), pool_filter(uow, clock, wanted)
    rows = uow.problems.pool(asked, now_ms, by_due=by_due, limit=limit, offset=offset)
    counts = count_problems(uow, clock, actor, wanted)
    total = sum(counts.values()) if wanted.scope is None else counts[wanted.scope]
    return ProblemPage(tuple(rows), total, counts, now_ms)


def pool_filter(uow: UnitOfWork, clock: Clock, wanted: ProblemFilter) -> PoolFilter:
    """``wanted`` checked, with its age as an instant; ``supervision.filter_invalid``."""
    for field, value, known in (("scope", wanted.scope, tuple(Scope)), ("state", wanted.state, STATES)):
        if value is not None and value not in known:
            raise AppError("supervision.filter_invalid", field=field, known=" ".join(known))
    if wanted.age_days is not None and not 0 <= wanted.age_days <= 3650:
        raise AppError("supervision.filter_invalid", field="age", known="0–3650")
    before = None
    if wanted.age_days is not None:
        _, tomorrow = day_of(clock.now_ms(), rulebook(uow).site.zone)
        before = tomorrow - wanted.age_days * DAY_MS
    narrowed = PoolFilter(wanted.scope, wanted.board, wanted.tag, wanted.site, wanted.state, wanted.text)
    return replace(narrowed, before=before, loose=wanted.loose)
