"""Every kind of event with its current version, and how older versions are read.

Stored bytes never change: ``upcast`` turns an older payload into today's shape on reading. A kind or version from a
newer program is ``None`` here; it is stored, forwarded and shown as "needs an update".
"""

from collections.abc import Callable
from typing import Any

Payload = dict[str, Any]

CURRENT: dict[str, int] = {
    "station_opened": 1,
    "incarnation_started": 1,
    "station_joined": 1,
    "case_accepted": 1,
    "case_answered": 1,
    "case_declined": 1,
    "case_assigned": 1,
    "case_withdrawn": 1,
    "case_linked": 1,
    "case_merged": 1,
    "case_flagged": 1,
    "case_due_recomputed": 1,
    "assignment_received": 1,
    "assignment_taken": 1,
    "assignment_answered": 1,
    "assignment_partly_answered": 1,
    "assignment_returned": 1,
    "return_decided": 1,
    "solution_planned": 1,
    "case_transferred": 1,
    "assist_added": 1,
    "assist_removed": 1,
    "case_escalated": 1,
    "case_passed_up": 1,
    "case_handed_over": 1,
    "consultation_recorded": 1,
    "case_suspended": 1,
    "case_resumed": 1,
    "extension_requested": 1,
    "extension_decided": 1,
    "limit_changed": 1,
    "case_resolved": 1,
    "case_fed_back": 1,
    "case_reopened": 1,
    "case_archived": 1,
    "case_urged": 1,
    "case_supervised": 1,
    "supervision_answered": 1,
    "callback_drawn": 1,
    "callback_taken": 1,
    "callback_recorded": 1,
    "case_rated": 1,
    "contact_corrected": 1,
    "material_requested": 1,
    "material_received": 1,
    "file_attached": 1,
    "paper_printed": 1,
    "conflict_decided": 1,
    "review_decided": 1,
    "rating_given": 1,
    "rating_verified": 1,
    "rating_answered": 1,
    "rating_called": 1,
    "rating_given_again": 1,
    "rating_appealed": 1,
    "rating_appeal_decided": 1,
    "problem_begun": 1,
    "problem_joined": 1,
    "problem_left": 1,
    "problem_answered": 1,
    "enterprise_registered": 1,
    "enterprise_imported": 1,
    "enterprise_changed": 1,
    "code_verified": 1,
    "code_rechecked": 1,
    "ticket_issued": 1,
    "ticket_called": 1,
    "ticket_recalled": 1,
    "ticket_serving": 1,
    "ticket_held": 1,
    "ticket_missed": 1,
    "ticket_rejoined": 1,
    "ticket_resumed": 1,
    "ticket_transferred": 1,
    "ticket_handed_over": 1,
    "ticket_ended": 1,
    "ticket_timed": 1,
    "ticket_case_begun": 1,
    "ticket_visitor_set": 1,
    "hall_day_begun": 1,
    "window_opened": 1,
    "window_paused": 1,
    "group_paused": 1,
    "group_resumed": 1,
    "hall_closed": 1,
    "hall_opened": 1,
    "hall_notice_set": 1,
    "hall_day_ended": 1,
    "hub_moved": 1,
    "device_enrolled": 1,
    "device_revoked": 1,
    "person_erased": 1,
}

UPCASTERS: dict[tuple[str, int], Callable[[Payload], Payload]] = {}
"""(kind, version) → the payload one version later."""


def upcast(kind: str, version: int, payload: Payload) -> Payload | None:
    """``payload`` in today's shape, or None when this program is older than the event."""
    current = CURRENT.get(kind)
    if current is None or version > current:
        return None
    if version < 1:
        raise ValueError("versions begin with 1")
    for step in range(version, current):
        payload = UPCASTERS[(kind, step)](payload)
    return payload
