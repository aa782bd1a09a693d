"""Accepting, finding and showing cases."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from db.rows.case_rows import CaseFilter, CaseRow
from db.unit_of_work import UnitOfWork
from domain.cases import decide
from domain.cases.decide import Acceptance
from domain.cases.intake import IntakeForm, check_form
from domain.cases.model import Applicant, Case, Contact
from domain.cases.numbers import CaseNumber, is_short, normalise
from domain.cases.proposing import propose_applicant_kind
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.events.ids import is_uuid
from domain.queue.model import Visitor
from domain.staff import Actor
from services.intake import DAY_MS, Duplicate, Settled, checked_code, find_duplicates, settle
from services.permissions import require
from services.rulebook import Rulebook, rulebook
from services.station import reads

SHORT_NUMBER_DAYS = 30
SHOWN_KEY = 40
CASE_COUNTER = "case"
_RESTART_AFTER = 9_999


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the window learns of an accepted case. ``removed`` counts invisible characters taken out of the text.

    ``again`` says that this very form had been accepted before (a double click, a repeated request).
    """

    id: str
    number: str
    due_at: int
    provisional: bool
    boards: tuple[str, ...]
    duplicates: tuple[Duplicate, ...]
    removed: int = 0
    again: bool = False


def accept_case(uow: UnitOfWork, clock: Clock, actor: Actor, form: IntakeForm) -> Accepted:
    """受理: check, settle what was left open, number and record a case, in the caller's transaction.

    Idempotent by ``form.id``. Raises ``AppError``: ``cases.*``, ``uscc.*``, ``deadlines.*``,
    ``permission.denied``.
    """
    require(actor, "accept")
    if form.id is not None:
        earlier = _accepted_before(uow, form.id)
        if earlier is not None:
            return earlier
    for name, linked in (("continues", form.continues), ("ticket", form.ticket)):
        if linked is not None and not is_uuid(linked):
            raise AppError("cases.field_invalid", field=name)
    checked = check_form(form)
    form = checked.form
    now_ms = clock.now_ms()
    uscc = checked_code(form)
    settled = settle(uow, form, now_ms)
    applicant = _applicant(uow, form, uscc)
    found = find_duplicates(uow, now_ms, uscc, applicant.name, form.text)
    acceptance = _acceptance(uow, form, settled, applicant, now_ms)
    case_id = _record(uow, actor, form, acceptance, now_ms)
    if form.ticket is not None and uow.tickets.id_of(form.ticket, ()) is not None:
        _link_visit(uow, clock, actor, form.ticket, case_id, applicant)
    return Accepted(
        id=case_id,
        number=acceptance.number,
        due_at=settled.due.due_ms,
        provisional=settled.due.provisional,
        boards=settled.boards,
        duplicates=found,
        removed=checked.removed,
    )


def _link_visit(
    uow: UnitOfWork, clock: Clock, actor: Actor, ticket_id: str, case_id: str, applicant: Applicant
) -> None:
    """The visit of ``ticket_id`` led to this case; who came is known at the latest now.

    A ticket that only the hall's hub has is told by the window.
    """
    # Tickets bring the signing of their codes along, which most acceptances need not wait for.
    from services.queue.tickets import begin_ticket_case, set_ticket_visitor

    ticket = begin_ticket_case(uow, clock, actor, ticket_id, case_id)
    if not ticket.visitor:
        set_ticket_visitor(uow, clock, actor, ticket_id, Visitor(applicant.uscc or "", applicant.name))


def _accepted_before(uow: UnitOfWork, form_id: str) -> Accepted | None:
    if not is_uuid(form_id):
        raise AppError("cases.field_invalid", field="id")
    if not uow.events.exists(form_id):
        return None
    case = uow.case(form_id)
    due = case.due
    return Accepted(
        case.id,
        case.number,
        due.at if due else 0,
        bool(due and due.provisional),
        case.boards,
        duplicates=(),
        again=True,
    )


def _acceptance(
    uow: UnitOfWork, form: IntakeForm, settled: Settled, applicant: Applicant, now_ms: int
) -> Acceptance:
    book = rulebook(uow)
    return Acceptance(
        number=next_number(uow, book, now_ms).text,
        kind=settled.kind,
        channel=form.channel,
        scope=form.scope,
        limit=settled.limit,
        due=settled.promise,
        applicant=applicant,
        contact=contact_of(form),
        text=form.text,
        boards=settled.boards,
        items=settled.items,
        package=settled.package,
        package_items=settled.package_items,
        in_pool=settled.in_pool,
        sensitive=form.sensitive,
        material=form.material,
        window=form.window,
        chosen=form.boards is not None,
        versions=tuple((kind, book.versions[kind]) for kind in ("boards", "catalog", "packages")),
    )


def _record(uow: UnitOfWork, actor: Actor, form: IntakeForm, acceptance: Acceptance, now_ms: int) -> str:
    new: list[NewEvent] = [decide.accept(acceptance)]
    if form.missing:
        new.append(NewEvent("material_requested", {}, {"missing": list(form.missing)}))
    if form.answer is not None:
        new.append(NewEvent("case_answered", {}, {"answer": form.answer}))
    if form.continues is not None:
        new.append(NewEvent("case_linked", {"to": form.continues}))
    written = uow.append(None, new, actor=actor.id, now_ms=now_ms, first_id=form.id)
    if form.continues is not None and uow.events.exists(form.continues):
        back = NewEvent("case_linked", {"to": written[0].stream})
        uow.append(form.continues, [back], actor=actor.id, now_ms=now_ms)
    if form.id is not None:
        # In the same transaction, so that a crash never leaves the draft of a case that was accepted.
        uow.drafts.drop(form.id)
        uow.changed.note("drafts")
    return written[0].stream


def _applicant(uow: UnitOfWork, form: IntakeForm, uscc: str | None) -> Applicant:
    name = form.name
    known = uow.enterprises.get(uscc, name or "") if uscc else None
    if not name:
        # A code alone is enough at the window; the name is what earlier cases know, else asked for later.
        name = known.name if known else ""
    kind = form.applicant_kind or propose_applicant_kind(name, uscc)
    return Applicant(name, uscc, kind)


def contact_of(form: IntakeForm) -> Contact:
    """The representative as a case records it."""
    typed = form.contact
    return Contact(typed.name, typed.phone, typed.capacity, typed.authorisation_seen)


def next_number(uow: UnitOfWork, book: Rulebook, now_ms: int) -> CaseNumber:
    """Take the next case number within the transaction.

    Numbers run on over days, so that a short number means one case for weeks; past 9,999 they begin anew with the
    next day. A number that is taken (a clock set back over such a beginning) is passed over.
    """
    day = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(book.site.zone)).strftime("%y%m%d")
    letters = uow.events.node.letters
    name = f"{CASE_COUNTER}:{letters}"
    value, last_day = uow.counters.get(name)
    if value >= _RESTART_AFTER and day > last_day:
        value = 0
    while True:
        value += 1
        number = CaseNumber(book.site.letters, day, letters, value)
        if not uow.cases.number_taken(number.text):
            uow.counters.set(name, value, max(day, last_day))
            return number


def find_case(uow: UnitOfWork, clock: Clock, key: str) -> str:
    """The id of the case called ``key``: its number, short number or id.

    ``cases.not_found``, or ``cases.ambiguous`` where a number exists twice or a short one means several.
    """
    typed = normalise(key)
    since = clock.now_ms() - SHORT_NUMBER_DAYS * DAY_MS if is_short(typed) else 0
    wanted = key.strip().lower() if is_uuid(key.strip().lower()) else typed
    rows = uow.cases.by_key(wanted, short_since=since)
    if not rows:
        raise AppError("cases.not_found", number=_shown(key))
    if len(rows) > 1:
        listed = "、".join(f"{row.number}（{row.id}）" for row in rows[:5])
        raise AppError("cases.ambiguous", number=_shown(key), cases=listed)
    return rows[0].id


def _shown(key: str) -> str:
    """``key`` as a sentence repeats it: on one line, and no longer than any number is."""
    line = " ".join(key.split())
    return line if len(line) <= SHOWN_KEY else line[: SHOWN_KEY - 1] + "…"


@reads
def case_numbers(
    uow: UnitOfWork, clock: Clock, actor: Actor, ids: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """(id, number) of those of ``ids`` that this store has."""
    rows = (row for case_id in ids for row in uow.cases.by_key(case_id, short_since=0))
    return tuple((row.id, row.number) for row in rows)


@reads
def show_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Case:
    """The whole case called ``key`` (number, short number or id)."""
    return uow.case(find_case(uow, clock, key))


@dataclass(frozen=True, slots=True)
class CasePage:
    """One stretch of a list and how many cases match in all."""

    rows: tuple[CaseRow, ...]
    total: int


@reads
def list_cases(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    wanted: CaseFilter = CaseFilter(),
    *,
    sort: str = "accepted",
    descending: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> CasePage:
    """Cases that match, newest first unless sorted otherwise."""
    rows = uow.cases.rows(wanted, sort=sort, descending=descending, limit=limit, offset=offset)
    total = len(rows) if limit is None and not offset else uow.cases.count(wanted)
    return CasePage(tuple(rows), total)


@reads
def search_cases(
    uow: UnitOfWork, clock: Clock, actor: Actor, text: str, *, limit: int = 50
) -> tuple[CaseRow, ...]:
    """Cases by number, enterprise, pinyin initials, representative or words of the matter, newest first."""
    typed = normalise(text)
    direct = uow.cases.by_key(typed, short_since=0) if re.fullmatch(r"[0-9A-Z]{7,}", typed) else []
    found = uow.cases.search(text, limit=limit)
    known = {row.id for row in direct}
    return (*direct, *(row for row in found if row.id not in known))[:limit]
