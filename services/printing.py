"""Papers of a case: what is printed is recorded with its snapshot first, then drawn, then sent to a printer or file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db.prints import Effect, Snapshot
from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.model import Case, Contact
from domain.clock import Clock
from domain.errors import AppError
from domain.events.ids import is_uuid
from domain.printing.papers import (
    AnyPaper,
    Applicant,
    BoardRole,
    BoardShare,
    CaseSlip,
    LinkState,
    Material,
    OneTimeNotice,
    PackageTick,
    PrintMark,
    Representative,
    SitePlace,
    local_minute,
    paper_from_document,
)
from domain.staff import Actor
from services.cases import find_case
from services.permissions import require
from services.rulebook import Rulebook, board_as_of, item_name, package_as_of, rulebook
from services.station import reads

if TYPE_CHECKING:
    from reports import Rendered

PRINT = "print"
PAPERS = (CaseSlip.PAPER, OneTimeNotice.PAPER)
SIZES = ("a5", "a4", "80mm", "58mm")


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
    ``printing.nothing_missing``, ``cases.not_found``.
    """
    require(actor, "print")
    if paper not in PAPERS:
        raise AppError("printing.unknown_paper", paper=paper[:40], known=" ".join(PAPERS))
    if size not in SIZES:
        raise AppError("printing.unknown_size", size=size[:40], known=" ".join(SIZES))
    if request is not None and not is_uuid(request):
        raise AppError("cases.field_invalid", field="request")
    case = uow.case(find_case(uow, clock, key))
    earlier = uow.prints.get(request) if request else None
    if earlier is not None:
        return _job(earlier, case)
    now_ms = clock.now_ms()
    copy = case.prints.get(paper, 0) + 1
    at_centre = _reached_centre(uow, case)
    document = _snapshot(uow, case, paper, copy, at_centre, now_ms).to_document()
    event = decide.record_print(paper, size, copy, at_centre=at_centre)
    written = uow.append(case.id, [event], actor=actor.id, now_ms=now_ms, first_id=request)
    snapshot = Snapshot(written[0].id, case.id, paper, size, copy, document, now_ms)
    uow.prints.keep(snapshot)
    uow.outbox.add(snapshot.id, PRINT, {"case": case.id, "paper": paper, "size": size}, now_ms)
    return _job(snapshot, case)


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
    return tuple(_job(snapshot, case) for snapshot in uow.prints.of(case.id))


@reads
def preview_paper(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, paper: str) -> dict[str, Any]:
    """What ``paper`` would say if it were printed now; nothing is recorded."""
    case = uow.case(find_case(uow, clock, key))
    copy = case.prints.get(paper, 0) + 1
    return _snapshot(uow, case, paper, copy, _reached_centre(uow, case), clock.now_ms()).to_document()


def render_document(document: dict[str, Any], size: str, *, as_pdf: bool = True) -> "Rendered":
    """Draw a snapshot. Thermal sizes are PNG unless ``as_pdf``. Slow enough to leave the store's
    thread to others: run it elsewhere."""
    from reports import render

    return render(paper_from_document(document), size, as_pdf=as_pdf)


def _job(snapshot: Snapshot, case: Case) -> PrintJob:
    return PrintJob(snapshot.id, case.number, snapshot.paper, snapshot.size, snapshot.copy, snapshot.body)


def _reached_centre(uow: UnitOfWork, case: Case) -> bool:
    return all(event.received_at is not None for event in uow.events.stream(case.id))


def _snapshot(uow: UnitOfWork, case: Case, paper: str, copy: int, at_centre: bool, now_ms: int) -> AnyPaper:
    book = rulebook(uow)
    mark = PrintMark(
        copy, local_minute(now_ms, book.site.zone), LinkState.SYNCED if at_centre else LinkState.LOCAL
    )
    if paper == OneTimeNotice.PAPER:
        return _notice(uow, book, case, mark)
    return _slip(uow, book, case, mark)


def _shared(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark) -> dict[str, Any]:
    # Signing brings a library with it that a start without a print need not wait for.
    from services.slips import slip_qr

    site = book.site
    clerk = book.staff.get(case.actor)
    return {
        "site": SitePlace(site.name, site.phone, site.address),
        "number": case.number,
        "applicant": Applicant(case.applicant.name, case.applicant.uscc or "", case.applicant.kind.value),
        "kind": case.kind.value,
        "channel": case.channel.value,
        "matter": case.text,
        "clerk": clerk.name if clerk else "",
        "window": case.window,
        "mark": mark,
        "representative": _representative(case.contact),
        "materials": tuple(Material(name) for name in case.material),
        "qr": slip_qr(uow, case, mark.copy),
    }


def _representative(contact: Contact) -> Representative | None:
    if not (contact.name or contact.phone):
        return None
    return Representative(contact.name, contact.phone, contact.capacity.value)


def _slip(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark) -> CaseSlip:
    zone = book.site.zone
    return CaseSlip(
        **_shared(uow, book, case, mark),
        accepted_at=local_minute(case.accepted_at, zone),
        limit=case.limit.limit.value,
        limit_days=case.limit.days,
        due=local_minute(case.due.at, zone) if case.due else "",
        provisional=bool(case.due and case.due.provisional),
        scope=case.scope.value,
        boards=_shares(uow, case),
        package=case.package or "",
        ticks=_ticks(uow, case),
    )


def _shares(uow: UnitOfWork, case: Case) -> tuple[BoardShare, ...]:
    version = case.versions.get("boards")
    return tuple(
        BoardShare(board.name, BoardRole.ASSIST if at else BoardRole.LEAD, board.lead or "")
        for at, board in enumerate(board_as_of(uow, code, version) for code in case.boards)
    )


def _ticks(uow: UnitOfWork, case: Case) -> tuple[PackageTick, ...]:
    known = package_as_of(uow, case.package or "", case.versions.get("packages"))
    if known is None:
        return tuple(PackageTick(name) for name in case.package_items)
    value_added = {entry.name for entry in known.value_added}
    return tuple(PackageTick(name, value_added=name in value_added) for name in case.package_items)


def _notice(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark) -> OneTimeNotice:
    if not case.missing:
        raise AppError("printing.nothing_missing", number=case.number)
    names = (item_name(uow, code, case.versions.get("catalog")) for code in case.items)
    return OneTimeNotice(
        **_shared(uow, book, case, mark),
        noticed_at=mark.printed_at,
        missing=tuple(Material(name) for name in case.missing),
        item="、".join(names) or case.package or "",
    )
