"""Papers of a case: what is printed is recorded with its snapshot first, then drawn, then sent to a printer or file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db.rows.prints import Effect, Snapshot
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.model import Case
from domain.clock import Clock
from domain.deadlines.case_clock import clock_of
from domain.errors import AppError
from domain.events.ids import is_uuid
from domain.printing.offering import PAPERS, SIZES, sizes_of, why_not
from domain.printing.papers import CasePaper, CaseSlip, OneTimeNotice, paper_from_document
from domain.staff import Actor
from services.cases import find_case
from services.loop_snapshots import LoopPapers
from services.paper_snapshots import case_slip, one_time_notice, print_mark
from services.paper_templates import with_emblem
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads

if TYPE_CHECKING:
    from reports import Rendered

PRINT = "print"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A recorded print: ``document`` is the snapshot to draw; ``id`` is the event that recorded it."""

    id: str
    number: str
    paper: str
    size: str
    copy: int
    document: dict[str, Any]


def record_print(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    paper: str,
    size: str,
    *,
    request: str | None = None,
) -> PrintJob:
    """Record that ``paper`` of a case is printed: its copy number, what it says, and that it is still to come out.

    The same ``request`` (a UUIDv7) twice is one print. ``printing.unknown_paper``, ``printing.unknown_size``,
    ``printing.size_unfit``, ``cases.not_found``, and the reasons of ``domain.printing.offering`` where the case has
    no such paper now.
    """
    require(actor, "print")
    _check(paper, size)
    if request is not None and not is_uuid(request):
        raise AppError("cases.field_invalid", field="request")
    case = uow.case(find_case(uow, clock, key))
    earlier = uow.prints.get(request) if request else None
    if earlier is not None:
        return _job(uow, earlier, case)
    now_ms = clock.now_ms()
    copy = case.prints.get(paper, 0) + 1
    at_centre = SyncRows(uow.connection).is_confirmed(case.id)
    document = _snapshot(uow, actor, case, paper, copy, at_centre, now_ms).to_document()
    event = decide.record_print(paper, size, copy, at_centre=at_centre)
    written = uow.append(case.id, [event], actor=actor.id, now_ms=now_ms, first_id=request)
    snapshot = Snapshot(written[0].id, case.id, paper, size, copy, document, now_ms)
    uow.prints.keep(snapshot)
    uow.outbox.add(snapshot.id, PRINT, {"case": case.id, "paper": paper, "size": size}, now_ms)
    return _job(uow, snapshot, case)


def mark_printed(uow: UnitOfWork, clock: Clock, actor: Actor, job_id: str, error: str | None = None) -> None:
    """Note that a recorded print came out, or why it did not; it then stays waiting."""
    for effect in uow.outbox.waiting(PRINT):
        if effect.event == job_id:
            if error is None:
                uow.outbox.done(effect.id, clock.now_ms())
            else:
                uow.outbox.failed(effect.id, error)
    uow.changed.note("printing")


@reads
def waiting_prints(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[Effect, ...]:
    """Prints that were recorded but not confirmed, e.g. after a power cut: to be offered, never repeated by itself."""
    return tuple(uow.outbox.waiting(PRINT))


@reads
def printed_papers(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> tuple[PrintJob, ...]:
    """The papers of a case printed so far, as they were."""
    case = uow.case(find_case(uow, clock, key))
    return tuple(_job(uow, snapshot, case) for snapshot in uow.prints.of(case.id))


@reads
def preview_paper(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, paper: str) -> dict[str, Any]:
    """What ``paper`` would say if it were printed now; nothing is recorded. Raises as ``record_print``."""
    _check(paper, None)
    case = uow.case(find_case(uow, clock, key))
    copy = case.prints.get(paper, 0) + 1
    at_centre = SyncRows(uow.connection).is_confirmed(case.id)
    made = _snapshot(uow, actor, case, paper, copy, at_centre, clock.now_ms())
    return with_emblem(uow, made.to_document())


def render_document(document: dict[str, Any], size: str, *, as_pdf: bool = True) -> "Rendered":
    """Draw a snapshot. Thermal sizes are PNG unless ``as_pdf``. Slow enough to leave the store's
    thread to others: run it elsewhere."""
    from reports import render

    return render(paper_from_document(document), size, as_pdf=as_pdf)


def _check(paper: str, size: str | None) -> None:
    if paper not in PAPERS:
        raise AppError("printing.unknown_paper", paper=paper[:40], known=" ".join(PAPERS))
    if size is None:
        return
    if size not in SIZES:
        raise AppError("printing.unknown_size", size=size[:40], known=" ".join(SIZES))
    if size not in sizes_of(paper):
        raise AppError("printing.size_unfit", size=size, known=" ".join(sizes_of(paper)))


def _job(uow: UnitOfWork, snapshot: Snapshot, case: Case) -> PrintJob:
    document = with_emblem(uow, snapshot.body)
    return PrintJob(snapshot.id, case.number, snapshot.paper, snapshot.size, snapshot.copy, document)


def _snapshot(
    uow: UnitOfWork, actor: Actor, case: Case, paper: str, copy: int, at_centre: bool, now_ms: int
) -> CasePaper:
    book = rulebook(uow)
    mark = print_mark(book, copy, at_centre, now_ms)
    if paper == CaseSlip.PAPER:
        return case_slip(uow, book, case, mark)
    if paper == OneTimeNotice.PAPER:
        return one_time_notice(uow, book, case, mark)
    why = why_not(paper, case, clock_of(case, book.rules, now_ms).alert)
    if why:
        raise AppError(why, number=case.number)
    return LoopPapers(uow, book, actor, case, mark, now_ms).make(paper)
