"""The lists a desk offers, each a filter with a name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from db.rows.case_rows import CaseFilter, CaseRow
from db.unit_of_work import UnitOfWork
from domain.cases.model import CaseState
from domain.cases.moves import Action
from domain.clock import Clock
from domain.staff import Actor
from services.cases import CasePage, search_cases
from services.rulebook import rulebook
from services.station import reads


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many cases each list holds; ``board`` is the actor's own, ``now_ms`` when it was counted."""

    counts: dict[str, int]
    now_ms: int


def list_filters(actor: Actor, now_ms: int, zone: str) -> dict[str, CaseFilter]:
    """Name → filter, in the order they are shown. ``board`` only for somebody who belongs to one."""
    today, tomorrow = day_of(now_ms, zone)
    lists = {
        "open": CaseFilter(open_only=True),
        "mine": CaseFilter(actor=actor.id),
        "board": CaseFilter(board=actor.board, open_only=True),
        "accepted_today": CaseFilter(accepted_from=today, accepted_before=tomorrow),
        "due_today": CaseFilter(open_only=True, due_from=now_ms, due_before=tomorrow),
        "amber": CaseFilter(open_only=True, amber_before=now_ms + 1, due_from=now_ms),
        "overdue": CaseFilter(open_only=True, due_before=now_ms),
        "red": CaseFilter(open_only=True, red_before=now_ms + 1),
        "to_assign": CaseFilter(task=Action.ASSIGN.value),
        "to_feed_back": CaseFilter(task=Action.FEEDBACK.value),
        "extensions": CaseFilter(task=Action.DECIDE_EXTENSION.value),
        "returns": CaseFilter(task=Action.DECIDE_RETURN.value),
        "suspended": CaseFilter(states=frozenset({CaseState.SUSPENDED.value})),
        "sensitive": CaseFilter(open_only=True, sensitive=True),
        "answered": CaseFilter(states=frozenset(s.value for s in ANSWERED)),
        "ended": CaseFilter(states=frozenset(s.value for s in _ENDED)),
        "waiting": CaseFilter(waiting=True),
        "conflicts": CaseFilter(conflicts=True),
        "all": CaseFilter(),
    }
    if actor.board is None:
        del lists["board"]
    return lists


ANSWERED = (
    CaseState.RESOLVED,
    CaseState.FED_BACK,
    CaseState.RATED,
    CaseState.CALLED_BACK,
    CaseState.ARCHIVED,
)
"""States of a case that was answered."""
_ENDED = (CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.MERGED)


def day_of(now_ms: int, zone: str) -> tuple[int, int]:
    """When the local day of ``now_ms`` begins and ends, UTC milliseconds."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(int(day.timestamp() * 1000) for day in (start, start + timedelta(days=1)))  # type: ignore[return-value]


@reads
def count_lists(uow: UnitOfWork, clock: Clock, actor: Actor) -> ListCounts:
    """How many cases each list of ``actor`` holds now."""
    now_ms = clock.now_ms()
    filters = list_filters(actor, now_ms, rulebook(uow).site.zone)
    return ListCounts({name: uow.cases.count(wanted) for name, wanted in filters.items()}, now_ms)


@reads
def read_list(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    name: str,
    *,
    sort: str = "accepted",
    descending: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> CasePage:
    """One stretch of the list called ``name`` (``open`` where the actor has no such list)."""
    filters = list_filters(actor, clock.now_ms(), rulebook(uow).site.zone)
    wanted = filters.get(name, filters["open"])
    rows: list[CaseRow] = uow.cases.rows(wanted, sort=sort, descending=descending, limit=limit, offset=offset)
    return CasePage(tuple(rows), uow.cases.count(wanted))


@reads
def search_list(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    text: str,
    *,
    most: int,
    limit: int | None = None,
    offset: int = 0,
) -> CasePage:
    """One stretch of the ``most`` newest cases that ``text`` finds; the total is at most that."""
    rows = search_cases(uow, clock, actor, text, limit=most)
    return CasePage(rows[offset:] if limit is None else rows[offset : offset + limit], len(rows))
