"""From a case to what its papers say: the shared facts, the slip and the notice; the loop's papers stand beside."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case, Contact
from domain.errors import AppError
from domain.printing.papers import (
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
)
from services.paper_templates import templates_in_force
from services.rulebook import Rulebook, board_as_of, item_name, package_as_of


def print_mark(book: Rulebook, copy: int, at_centre: bool, now_ms: int) -> PrintMark:
    """What marks this print."""
    link = LinkState.SYNCED if at_centre else LinkState.LOCAL
    return PrintMark(copy, local_minute(now_ms, book.site.zone), link)


def shared_facts(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark, paper: str) -> dict[str, Any]:
    """What every paper of a case holds, by field."""
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
        "wording": templates_in_force(uow).wording(paper, uow.reference.version("paper_templates")),
    }


def _representative(contact: Contact) -> Representative | None:
    if not (contact.name or contact.phone):
        return None
    return Representative(contact.name, contact.phone, contact.capacity.value)


def promise_facts(case: Case, zone: str) -> dict[str, Any]:
    """Acceptance and what was promised, by field."""
    return {
        "accepted_at": local_minute(case.accepted_at, zone),
        "limit": case.limit.limit.value,
        "limit_days": case.limit.days,
        "due": local_minute(case.due.at, zone) if case.due else "",
        "provisional": bool(case.due and case.due.provisional),
        "scope": case.scope.value,
    }


def case_slip(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark) -> CaseSlip:
    """受理回执."""
    # As in ``shared_facts``.
    from services.slip_links import slip_link

    return CaseSlip(
        **shared_facts(uow, book, case, mark, CaseSlip.PAPER),
        **promise_facts(case, book.site.zone),
        boards=_shares(uow, case),
        package=case.package or "",
        ticks=package_ticks(uow, case),
        web_link=slip_link(uow, case),
    )


def _shares(uow: UnitOfWork, case: Case) -> tuple[BoardShare, ...]:
    version = case.versions.get("boards")
    return tuple(
        BoardShare(board.name, BoardRole.ASSIST if at else BoardRole.LEAD, board.lead or "")
        for at, board in enumerate(board_as_of(uow, code, version) for code in case.boards)
    )


def package_ticks(uow: UnitOfWork, case: Case) -> tuple[PackageTick, ...]:
    """The chosen items of the case's package."""
    known = package_as_of(uow, case.package or "", case.versions.get("packages"))
    if known is None:
        return tuple(PackageTick(name) for name in case.package_items)
    value_added = {entry.name for entry in known.value_added}
    return tuple(PackageTick(name, value_added=name in value_added) for name in case.package_items)


def one_time_notice(uow: UnitOfWork, book: Rulebook, case: Case, mark: PrintMark) -> OneTimeNotice:
    """一次性告知单. ``printing.nothing_missing``."""
    if not case.missing:
        raise AppError("printing.nothing_missing", number=case.number)
    names = (item_name(uow, code, case.versions.get("catalog")) for code in case.items)
    return OneTimeNotice(
        **shared_facts(uow, book, case, mark, OneTimeNotice.PAPER),
        noticed_at=mark.printed_at,
        missing=tuple(Material(name) for name in case.missing),
        item="、".join(names) or case.package or "",
    )
