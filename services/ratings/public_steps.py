"""What a case's applicant may read of its course: steps of the case with their boards, and nothing of what was said.

A board's inner steps (signing, returning, asking for time) and everything written stay inside.
"""

from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case, TimelineEntry
from domain.cases.reading import flag_in
from services.rulebook import board_name

_PUBLIC = {
    "case_accepted": "accepted",
    "case_assigned": "assigned",
    "case_transferred": "transferred",
    "return_decided": "transferred",
    "assignment_answered": "board_answered",
    "case_escalated": "escalated",
    "case_passed_up": "passed_up",
    "case_handed_over": "passed_up",
    "solution_planned": "planned",
    "material_requested": "material_requested",
    "material_received": "material_received",
    "case_suspended": "suspended",
    "case_resumed": "resumed",
    "extension_decided": "extended",
    "case_answered": "answered",
    "case_resolved": "resolved",
    "case_fed_back": "fed_back",
    "case_reopened": "reopened",
    "case_declined": "declined",
    "case_withdrawn": "withdrawn",
    "case_merged": "merged",
    "case_archived": "archived",
}
"""Kind of event → code of the step; what is not here is not shown."""
_BOARDS_IN = {"case_transferred": "to", "return_decided": "to", "assignment_answered": "board"}


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step: its code, when (UTC milliseconds), and the names of the boards it is about."""

    code: str
    at: int
    boards: tuple[str, ...] = ()


def public_steps(uow: UnitOfWork, case: Case) -> tuple[PublicStep, ...]:
    """The steps of ``case``, the first first; what did not fit when it arrived is left out."""
    unfit = {event for event, _ in case.unfit}
    found = (_step(uow, case, entry) for entry in case.timeline if entry.event not in unfit)
    return tuple(step for step in found if step is not None)


def _step(uow: UnitOfWork, case: Case, entry: TimelineEntry) -> PublicStep | None:
    code = _PUBLIC.get(entry.kind)
    if code is None or (code == "extended" and not flag_in(entry.detail, "granted")):
        return None
    version = case.versions.get("boards")
    boards = _codes(entry.detail.get(_BOARDS_IN.get(entry.kind, "boards")))
    if entry.kind == "return_decided" and not boards:
        return None  # it stays with the board that had it
    return PublicStep(code, entry.at, tuple(board_name(uow, board, version) for board in boards))


def _codes(found: object) -> tuple[str, ...]:
    codes = found if isinstance(found, list | tuple) else [found]
    return tuple(code for code in codes if isinstance(code, str) and code)
