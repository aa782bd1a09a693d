"""今天: what the person at the window begins the day with."""

from dataclasses import dataclass, replace

from db.rows.case_rows import CaseFilter, CaseRow
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.printing.papers import OneTimeNotice
from domain.staff import Actor
from services.case_lists import list_filters
from services.drafts import SavedDraft, list_drafts
from services.printing import waiting_prints
from services.rulebook import rulebook
from services.station import reads
from services.supervision.reminders import Reminder, reminders_for

RECENT = 15
CALLS = 4
COMING_OUT_MS = 60_000
"""A paper recorded less than this ago may still be on its way to the printer."""


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper that was recorded and may not have come out; ``id`` is the print's own, ``key`` the case's."""

    id: str
    key: str
    number: str
    applicant: str
    paper: str
    size: str
    copy: int
    printed_at: int


@dataclass(frozen=True, slots=True)
class MaterialCall:
    """企业要补的材料: asked for by ``boards`` (names), and the enterprise is to be told; ``printed`` counts notices."""

    key: str
    number: str
    applicant: str
    phone: str
    missing: tuple[str, ...]
    boards: tuple[str, ...]
    due_at: int | None
    printed: int


@dataclass(frozen=True, slots=True)
class Today:
    """``counts``: accepted, answered (of today's), open, due, overdue, provisional. Times are UTC milliseconds.

    ``reminders`` are the 督办提醒 of whoever is at the desk, the most urgent first.
    """

    now_ms: int
    zone: str
    counts: dict[str, int]
    drafts: tuple[SavedDraft, ...]
    papers: tuple[WaitingPaper, ...]
    recent: tuple[CaseRow, ...]
    reminders: tuple[Reminder, ...] = ()
    material: tuple[MaterialCall, ...] = ()
    """The most urgent of the cases whose boards wait for material."""
    material_total: int = 0


@reads
def read_today(uow: UnitOfWork, clock: Clock, actor: Actor) -> Today:
    """Everything of the day's page at this moment."""
    now_ms, zone = clock.now_ms(), rulebook(uow).site.zone
    waiting = uow.assignments.waiting_for_material()
    return Today(
        now_ms,
        zone,
        {name: uow.cases.count(wanted) for name, wanted in _filters(actor, now_ms, zone).items()}
        | {"provisional": len(uow.cases.provisional())},
        list_drafts(uow, clock, actor),
        _papers(uow, clock, actor, now_ms),
        tuple(uow.cases.rows(limit=RECENT)),
        reminders_for(uow, clock, actor),
        material=tuple(_material(uow, case_id) for case_id in waiting[:CALLS]),
        material_total=len(waiting),
    )


def _material(uow: UnitOfWork, case_id: str) -> MaterialCall:
    case, boards = uow.case(case_id), rulebook(uow).boards
    asking = (share.board for share in case.shares if share.is_held)
    return MaterialCall(
        case.id,
        case.number,
        case.applicant.name,
        case.contact.phone,
        case.missing,
        tuple(boards[board].name if board in boards else board for board in asking),
        case.due.at if case.due is not None else None,
        case.prints.get(OneTimeNotice.PAPER, 0),
    )


def _filters(actor: Actor, now_ms: int, zone: str) -> dict[str, CaseFilter]:
    lists = list_filters(actor, now_ms, zone)
    accepted = lists["accepted_today"]
    return {
        "accepted": accepted,
        "answered": replace(accepted, states=lists["answered"].states),
        "open": lists["open"],
        "due": lists["due_today"],
        "overdue": lists["overdue"],
    }


def _papers(uow: UnitOfWork, clock: Clock, actor: Actor, now_ms: int) -> tuple[WaitingPaper, ...]:
    found = []
    for effect in waiting_prints(uow, clock, actor):
        snapshot = uow.prints.get(effect.event)
        if snapshot is None or (not effect.attempts and now_ms - snapshot.printed_at < COMING_OUT_MS):
            continue
        for row in uow.cases.by_key(snapshot.stream, short_since=0):
            found.append(
                WaitingPaper(
                    snapshot.id,
                    row.id,
                    row.number,
                    row.applicant,
                    snapshot.paper,
                    snapshot.size,
                    snapshot.copy,
                    snapshot.printed_at,
                )
            )
    return tuple(found)
