"""Which roles may record an event: the same table of rights, asked by who takes events in from elsewhere."""

from domain.cases.moves import Action
from domain.staff import Role
from services.permissions import ALLOWED

_ACTIONS: dict[str, str] = {
    "case_accepted": "accept",
    "case_answered": Action.ANSWER,
    "case_declined": Action.DECLINE,
    "case_withdrawn": Action.WITHDRAW,
    "case_linked": Action.LINK,
    "case_merged": Action.MERGE,
    "case_assigned": Action.ASSIGN,
    "assignment_received": Action.RECEIVE,
    "assignment_taken": Action.TAKE,
    "assignment_answered": Action.ANSWER,
    "assignment_partly_answered": Action.PARTIAL,
    "assignment_returned": Action.RETURN,
    "return_decided": Action.DECIDE_RETURN,
    "solution_planned": Action.PLAN,
    "case_transferred": Action.TRANSFER,
    "assist_added": Action.ADD_ASSIST,
    "assist_removed": Action.REMOVE_ASSIST,
    "case_escalated": Action.ESCALATE,
    "case_passed_up": Action.PASS_UP,
    "case_handed_over": Action.PASS_UP,
    "consultation_recorded": Action.CONSULT,
    "case_suspended": Action.SUSPEND,
    "case_resumed": Action.RESUME,
    "extension_requested": Action.EXTEND,
    "extension_decided": Action.DECIDE_EXTENSION,
    "limit_changed": Action.LIMIT,
    "case_resolved": Action.RESOLVE,
    "case_fed_back": Action.FEEDBACK,
    "case_reopened": Action.REOPEN,
    "case_archived": Action.ARCHIVE,
    "case_urged": "supervise",
    "case_supervised": "supervise",
    "callback_recorded": "callback",
    "rating_verified": "rating_supervise",
    "rating_appeal_decided": "rating_supervise",
    "enterprise_registered": "edit_enterprise",
    "enterprise_imported": "import_enterprises",
    "enterprise_changed": "edit_enterprise",
    "ticket_called": "queue",
    "ticket_ended": "queue",
    "group_paused": "queue_supervise",
    "hall_closed": "queue_supervise",
    "problem_answered": "problem_answer",
    "review_decided": "decide_review",
    "person_erased": "erase",
}


def roles_for(kind: str) -> frozenset[Role] | None:
    """The roles whose holders may record an event of ``kind``; None where anybody may, or this program cannot tell."""
    action = _ACTIONS.get(kind)
    return None if action is None else ALLOWED[str(action)]
