"""A case with all that its page shows, and what may be done with it now by this person."""

from dataclasses import dataclass

from db.case_rows import CaseRow
from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.clock import Clock
from domain.staff import Actor
from services.cases import find_case
from services.desk import DeskFacts, desk_facts
from services.permissions import allows
from services.printing import PrintJob, printed_papers
from services.rulebook import board_name
from services.station import reads


@dataclass(frozen=True, slots=True)
class CaseAction:
    """One step; ``why_not`` is empty where it may be taken, else ``permission.denied``, ``cases.closed`` …"""

    code: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """``boards`` are names as of the case's own version of the boards document, the lead first.

    ``related`` are the cases it is linked to or merged into, as rows.
    """

    case: Case
    facts: DeskFacts
    boards: tuple[str, ...]
    actions: tuple[CaseAction, ...]
    related: tuple[CaseRow, ...]
    prints: tuple[PrintJob, ...]


_STEPS = (
    ("answer", "answer", True),
    ("assign", "assign", True),
    ("notice", "notice", True),
    ("receive", "notice", True),
    ("attach", "attach", False),
    ("flag", "flag", False),
    ("correct_contact", "correct_contact", False),
    ("link", "link", False),
    ("merge", "merge", True),
    ("decline", "decline", True),
    ("withdraw", "withdraw", True),
)
"""Action, the permission it needs, and whether the case has to be open."""


def actions_of(case: Case, actor: Actor) -> tuple[CaseAction, ...]:
    """Every step with the reason why it cannot be taken now, if there is one."""
    return tuple(
        CaseAction(code, _why_not(case, actor, permission, open_only))
        if code != "receive" or case.missing or not case.is_open
        else CaseAction(code, "cases.nothing_missing")
        for code, permission, open_only in _STEPS
    )


def _why_not(case: Case, actor: Actor, permission: str, open_only: bool) -> str:
    if not allows(actor, permission):
        return "permission.denied"
    return "cases.closed" if open_only and not case.is_open else ""


@reads
def view_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> CaseView:
    """The case called ``key`` as its page shows it."""
    case = uow.case(find_case(uow, clock, key))
    version = case.versions.get("boards")
    others = dict.fromkeys([*case.links, *((case.merged_into,) if case.merged_into else ())])
    return CaseView(
        case=case,
        facts=desk_facts(uow, clock, actor),
        boards=tuple(board_name(uow, code, version) for code in case.boards),
        actions=actions_of(case, actor),
        related=tuple(row for other in others for row in uow.cases.by_key(other, short_since=0)),
        prints=printed_papers(uow, clock, actor, case.id),
    )
