"""A case with all that its page shows, and what may be done with it now by this person."""

from dataclasses import dataclass

from db.rows.case_rows import CaseRow
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.cases.moves import Action, allowed_actions
from domain.cases.next_step import next_step
from domain.cases.states import Owner, owner
from domain.clock import Clock
from domain.deadlines.case_clock import CaseClock, clock_of
from domain.staff import Actor
from services.back_office.stepping import is_of_board
from services.cases import find_case
from services.desk import DeskFacts, desk_facts
from services.printing import PrintJob, printed_papers
from services.rulebook import board_name, rulebook
from services.station import reads


@dataclass(frozen=True, slots=True)
class CaseAction:
    """One step; ``why_not`` is empty where it may be taken, else ``permission.denied``, ``cases.closed`` …"""

    code: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """``boards`` are names as of the case's own version of the boards document, the lead first.

    ``related`` are the cases it is linked to or merged into, as rows; ``clock`` is the case's at the moment of asking,
    ``owner`` whose turn it is. ``next_step`` is the step that is waited for from the one who asks, empty where none is;
    ``by_board`` says that they act for a board with a share of the case, ``at_centre`` whether the node above has all
    of it; None for a lone station.
    """

    case: Case
    facts: DeskFacts
    boards: tuple[str, ...]
    actions: tuple[CaseAction, ...]
    related: tuple[CaseRow, ...]
    prints: tuple[PrintJob, ...]
    clock: CaseClock
    owner: Owner
    next_step: str = ""
    by_board: bool = False
    at_centre: bool | None = None


DESK_ACTIONS = (
    Action.ANSWER,
    Action.ASSIGN,
    Action.NOTICE,
    Action.RECEIVE_MATERIAL,
    Action.ATTACH,
    Action.FLAG,
    Action.CORRECT_CONTACT,
    Action.LINK,
    Action.MERGE,
    Action.DECLINE,
    Action.WITHDRAW,
)
"""What a desk does with a case, in the order in which it is offered; all else is the back office's."""


def actions_of(case: Case, actor: Actor, *, overdue: bool = False) -> tuple[CaseAction, ...]:
    """Every step with the reason why it cannot be taken now, if there is one; those of the desk first."""
    found = {one.action: one.why_not for one in allowed_actions(case, actor, overdue=overdue)}
    order = (*DESK_ACTIONS, *(action for action in Action if action not in DESK_ACTIONS))
    return tuple(CaseAction(action.value, found[action]) for action in order)


@reads
def view_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> CaseView:
    """The case called ``key`` as its page shows it."""
    case = uow.case(find_case(uow, clock, key))
    sync = SyncRows(uow.connection)
    version = case.versions.get("boards")
    time = clock_of(case, rulebook(uow).rules, clock.now_ms())
    actions = actions_of(case, actor, overdue=time.is_overdue)
    others = dict.fromkeys([*case.links, *((case.merged_into,) if case.merged_into else ())])
    return CaseView(
        case=case,
        facts=desk_facts(uow, clock, actor),
        boards=tuple(board_name(uow, code, version) for code in case.boards),
        actions=actions,
        related=tuple(row for other in others for row in uow.cases.by_key(other, short_since=0)),
        prints=printed_papers(uow, clock, actor, case.id),
        clock=time,
        owner=owner(case),
        next_step=_next_step(case, actions),
        by_board=is_of_board(case, actor),
        at_centre=None if sync.upstream() is None else sync.is_confirmed(case.id),
    )


def _next_step(case: Case, actions: tuple[CaseAction, ...]) -> str:
    step = next_step(case, {Action(one.code) for one in actions if not one.why_not})
    return "" if step is None else step.value
