"""Which state a case is in, told by its shares, and who owns it then."""

from dataclasses import dataclass, replace

from domain.cases.assignments import AssignmentState
from domain.cases.model import OPEN_STATES, Case, CaseState
from domain.cases.moves import Action
from domain.staff import Role


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose turn it is: ``role`` of ``board`` (None: the front desk) at ``site``; ``handler`` is who took it."""

    role: Role
    site: str
    board: str | None = None
    handler: str | None = None


def settled(case: Case) -> Case:
    """``case`` in the state that its shares tell; a closed one stays as it is."""
    if case.state not in OPEN_STATES:
        return case
    state = open_state(case)
    return case if state is case.state else replace(case, state=state)


def open_state(case: Case) -> CaseState:
    """The state of an open case. The first rule that fits:

    1. a pause lasts: suspended
    2. no board has it: accepted
    3. the lead has returned its share: returned
    4. the lead has not signed: as the share came to it (assigned, transferred, escalated, reopened)
    5. an extension was granted for this limit: extended
    6. the lead has signed: received; it works on it or has answered: handling
    """
    if case.suspended_since is not None:
        return CaseState.SUSPENDED
    lead = case.lead
    if lead is None:
        return CaseState.ACCEPTED
    if lead.state is AssignmentState.RETURNED:
        return CaseState.RETURNED
    if lead.state is AssignmentState.ASSIGNED:
        return CaseState(lead.origin.value)
    if case.extended:
        return CaseState.EXTENDED
    return CaseState.RECEIVED if lead.state is AssignmentState.RECEIVED else CaseState.HANDLING


def task_of(case: Case) -> Action | None:
    """What desk, chief or supervisor owe the case now, or the lead where all have answered; None else.

    The first that fits: an extension to decide, a return to decide, a board to give it to, an answer to close it
    with, an answer to tell the enterprise. While a pause lasts only an extension is to be decided.
    """
    if case.state is CaseState.RESOLVED:
        return Action.FEEDBACK if case.feedback is None else None
    if not case.is_open:
        return None
    if case.extension is not None:
        return Action.DECIDE_EXTENSION
    if case.suspended_since is not None:
        return None
    if any(share.awaits_decision for share in case.shares):
        return Action.DECIDE_RETURN
    lead = case.lead
    if lead is None or lead.state is AssignmentState.RETURNED:
        return Action.ASSIGN
    return Action.RESOLVE if all_answered(case) else None


def all_answered(case: Case) -> bool:
    """Whether every board that has the case has answered."""
    return bool(case.shares) and all(share.state is AssignmentState.ANSWERED for share in case.shares)


def owner(case: Case) -> Owner:
    """Whose turn it is; there is no state without one.

    With the boards: the leading board, or its chief where its second return is to be decided. Else the desk of the
    site that has the case: before a board has it, after a first return, once it is resolved (to feed back, to call
    back, to archive) and for what has ended.
    """
    site = case.passed_to or case.site
    lead = case.lead
    if not case.is_open or lead is None:
        return Owner(Role.CLERK, site)
    if lead.awaits_decision:
        return Owner(Role.CHIEF, site, lead.board)
    if lead.state is AssignmentState.RETURNED:
        return Owner(Role.CLERK, site)
    return Owner(Role.SPECIALIST, site, lead.board, lead.handler)
