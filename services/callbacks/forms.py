"""The form of a round of calls on paper (回访登记表): printed in one go, entered later row by row by its codes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.rows.callback_rows import CallbackRow
from db.unit_of_work import UnitOfWork
from domain.callbacks import codes, decide
from domain.callbacks.model import CallbackState
from domain.clock import Clock
from domain.errors import AppError
from domain.printing.callback_form import CallbackForm, FormRow
from domain.printing.papers import local_minute
from domain.staff import Actor, Role
from services.callbacks.sample import callback_key
from services.callbacks.tasks import callback_filters, rows_of
from services.permissions import require
from services.rulebook import board_name, rulebook


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """The form as a file."""

    file: Path
    pages: int


def callback_form(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    name: str = "open",
    *,
    board: str | None = None,
    limit: int | None = None,
) -> CallbackForm:
    """The form of the open tasks of a list that nobody else has taken; they become the actor's, with whole numbers.

    No rows where there is nothing to call about.
    """
    require(actor, "callback")
    book = rulebook(uow)
    zone, key = book.site.zone, callback_key(uow, clock.now_ms())
    rows: list[FormRow] = []
    for row in rows_of(uow, callback_filters(uow, clock, actor), name, board):
        if row.state != CallbackState.OPEN.value or not _may_print(actor, row) or len(rows) == limit:
            continue
        new = decide.take(uow.case(row.case_id), actor)
        if new is not None:
            uow.append(row.case_id, [new], actor=actor.id, now_ms=clock.now_ms())
        rows.append(
            FormRow(
                code=codes.code_text(row.ref, key),
                number=row.number,
                applicant=row.applicant,
                contact=row.contact,
                phone=row.phone,
                matter=row.excerpt,
                board=board_name(uow, row.board, None) if row.board else "",
                group=row.group,
                due=local_minute(row.due_at or 0, zone),
                attempts=row.attempts,
            )
        )
    caller = book.staff[actor.id].name if actor.id in book.staff else actor.name
    return CallbackForm(book.site.name, local_minute(clock.now_ms(), zone), caller, tuple(rows))


def _may_print(actor: Actor, row: CallbackRow) -> bool:
    """A supervisor gives out anew what somebody else has taken."""
    return row.caller in (None, actor.id) or actor.role in (Role.SUPERVISOR, Role.ADMIN)


def form_pdf(form: CallbackForm) -> bytes:
    """The sheets as PDF."""
    from reports.callback_form import callback_form_pdf

    return callback_form_pdf(form)


def form_pages(form: CallbackForm, width_px: int) -> list[Any]:
    """The sheets as pictures ``width_px`` wide (``reports.preview.PageImage``), for a printer."""
    from reports.preview import pages

    return list(pages(form_pdf(form), width_px=width_px))


def draw_form(form: CallbackForm, file: Path) -> DrawnForm:
    """The sheets in ``file``; ``callbacks.form_type``, ``printing.cannot_write``."""
    from reports.callback_form import page_count

    if file.suffix.lower() != ".pdf":
        raise AppError("callbacks.form_type", file=file.name)
    data = form_pdf(form)
    try:
        file.write_bytes(data)
    except OSError as error:
        raise AppError("printing.cannot_write", file=str(file)) from error
    return DrawnForm(file, page_count(form))
