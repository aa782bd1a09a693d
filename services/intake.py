"""Intake: what is proposed while a clerk types, and what is settled when a case is accepted."""

from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases.intake import IntakeForm
from domain.cases.model import CaseKind, Due, Limit
from domain.cases.proposing import propose_in_pool, propose_kind, propose_limit
from domain.cases.wording import similarity
from domain.clock import Clock
from domain.deadlines.due import DueTime, due_time
from domain.enterprises import credit_code
from domain.errors import AppError
from domain.staff import Actor
from services.routing import suggest
from services.rulebook import Rulebook, rulebook
from services.station import reads

DUPLICATE_DAYS = 30
DUPLICATE_SIMILARITY = 0.5
COMPLAINT_BOARD = "appeal"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case of the same enterprise with a similar matter within 30 days."""

    id: str
    number: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything the clerk left open, settled: what is accepted when nothing else is said."""

    kind: CaseKind
    boards: tuple[str, ...]
    items: tuple[str, ...]
    package: str | None
    package_items: tuple[str, ...]
    limit: Limit
    due: DueTime
    calendar: int
    in_pool: bool

    @property
    def promise(self) -> Due:
        """The due time as a case records it."""
        return Due(self.due.due_ms, self.due.provisional, self.calendar)


def settle(uow: UnitOfWork, form: IntakeForm, now_ms: int) -> Settled:
    """Fill in what ``form`` leaves open; ``AppError`` for a board, item, package or limit that is not known."""
    book = rulebook(uow)
    form = checked_codes(book, form)
    kind = form.kind or propose_kind(form.text, package=form.package, item_chosen=bool(form.items))
    if kind is CaseKind.PACKAGE and not form.package:
        raise AppError("cases.package_needed")
    boards = _boards(uow, book, form, kind)
    limit = form.limit or propose_limit(kind, len(boards), form.days)
    # Only an item carries a number of days of its own; a class with days typed beside it would hide one of the two.
    profile = book.rules.profile()
    due = due_time(now_ms, limit, form.days, profile, book.rules.calendar, book.rules.hours)
    return Settled(
        kind=kind,
        boards=boards,
        items=form.items,
        package=form.package,
        package_items=form.package_items or _all_basic(book, form.package),
        limit=Limit(limit, form.days, profile.code),
        due=due,
        calendar=book.versions.get("calendar", 0),
        in_pool=propose_in_pool(kind) if form.in_pool is None else form.in_pool,
    )


def _boards(uow: UnitOfWork, book: Rulebook, form: IntakeForm, kind: CaseKind) -> tuple[str, ...]:
    boards = form.boards
    if boards is None and form.package:
        boards = package_boards(book, form.package, form.package_items)
    if boards is None and form.items:
        boards = tuple(book.items[code].board for code in form.items)
    if boards is None:
        best = suggest(uow, form.text, limit=1).boards
        boards = (best[0].code,) if best else ("intake",)
    if kind is CaseKind.COMPLAINT and COMPLAINT_BOARD not in boards:
        # domain.md: a complaint is assigned to the appeal board at intake; the board it is about may assist.
        boards = (COMPLAINT_BOARD, *boards)
    return tuple(dict.fromkeys(boards))


def package_boards(book: Rulebook, package: str, ticked: tuple[str, ...]) -> tuple[str, ...]:
    """Boards of a package: its lead first, then those that answer for the ticked items."""
    known = book.packages[package]
    ticks = set(ticked or _all_basic(book, package))
    answering = [entry.board for entry in (*known.basic, *known.value_added) if entry.name in ticks]
    lead = known.boards[0] if known.boards else "intake"
    return tuple(dict.fromkeys([lead, *answering])) if answering else (lead,)


def _all_basic(book: Rulebook, package: str | None) -> tuple[str, ...]:
    return tuple(entry.name for entry in book.packages[package].basic) if package else ()


def checked_codes(book: Rulebook, form: IntakeForm) -> IntakeForm:
    """``form`` with its item codes in ``items`` and its ticks in ``package_items``.

    ``AppError`` for a board, item, package or tick that the catalogue in force does not have.
    """
    for board in form.boards or ():
        if board not in book.boards:
            raise AppError("cases.unknown_board", board=board[:40], known=" ".join(book.boards))
    if form.boards == ():
        raise AppError("cases.boards_missing")
    if form.package and form.package not in book.packages:
        raise AppError("cases.unknown_package", package=form.package[:40])
    ticks = _tick_names(book, form.package)
    wanted = tuple(dict.fromkeys((*filter(None, (form.item,)), *form.items)))
    for code in wanted:
        if code not in book.items and code not in ticks:
            raise AppError("cases.unknown_item", item=code[:40])
    ticked = (*form.package_items, *(code for code in wanted if code in ticks))
    for tick in ticked:
        if tick not in ticks:
            _refuse_tick(form, tick)
    items = tuple(code for code in wanted if code in book.items)
    return form.model_copy(
        update={"item": None, "items": items, "package_items": tuple(dict.fromkeys(ticked))}
    )


def _tick_names(book: Rulebook, package: str | None) -> frozenset[str]:
    if not package:
        return frozenset()
    known = book.packages[package]
    return frozenset(entry.name for entry in (*known.basic, *known.value_added))


def _refuse_tick(form: IntakeForm, tick: str) -> None:
    if not form.package:
        raise AppError("cases.package_missing")
    raise AppError("cases.unknown_package_item", item=tick[:40], package=form.package)


def checked_code(form: IntakeForm) -> str | None:
    """The credit code of ``form`` in its normal form; the ``uscc.*`` errors where it is wrong."""
    return credit_code.parse(form.uscc).code if form.uscc else None


@reads
def preview(uow: UnitOfWork, clock: Clock, actor: Actor, form: IntakeForm) -> Settled:
    """What would be settled were ``form`` accepted now, with the count of days."""
    return settle(uow, form, clock.now_ms())


@reads
def duplicates(
    uow: UnitOfWork, clock: Clock, actor: Actor, uscc: str | None, name: str, text: str
) -> tuple[Duplicate, ...]:
    """Possible duplicates of a matter, the most similar first."""
    return find_duplicates(uow, clock.now_ms(), uscc, name, text)


def find_duplicates(
    uow: UnitOfWork, now_ms: int, uscc: str | None, name: str, text: str
) -> tuple[Duplicate, ...]:
    """Cases of the same enterprise within 30 days whose matter is at least half alike."""
    if not (uscc or name):
        return ()
    since = now_ms - DUPLICATE_DAYS * DAY_MS
    found = [
        Duplicate(case_id, number, round(alike, 2))
        for case_id, number, other in uow.cases.recent_texts(uscc, name, since)
        if (alike := similarity(text, other)) >= DUPLICATE_SIMILARITY
    ]
    return tuple(sorted(found, key=lambda d: -d.similarity))
