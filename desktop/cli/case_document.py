"""A case as the command line shows it: for programs, and in lines for people."""

from typing import TYPE_CHECKING, Any

from desktop.cli.station import local_iso

if TYPE_CHECKING:
    from domain.cases.assignments import Assignment
    from domain.cases.model import Attached, Case, Contact
    from domain.cases.states import Owner
    from domain.deadlines.case_clock import CaseClock
    from services.back_office.queues import QueueCounts, QueuePage
    from services.case_view import CaseView


def case_document(view: "CaseView") -> dict[str, Any]:
    """The whole case; times are local ISO times of the site, stretches minutes of opening time."""
    case, clock, zone = view.case, view.clock, view.facts.zone
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state.value,
        "owner": _owner(view.owner),
        "kind": case.kind.value,
        "channel": case.channel.value,
        "scope": case.scope.value,
        "limit": case.limit.limit.value,
        "days": case.limit.days,
        "due": local_iso(clock.due_ms, zone),
        "provisional": clock.provisional,
        "clock": clock_document(clock, zone),
        "uscc": case.applicant.uscc,
        "name": case.applicant.name,
        "applicant_kind": case.applicant.kind.value,
        "contact": _contact(case.contact),
        "text": case.text,
        "answer": case.answer or None,
        "reason": case.reason or None,
        "assignments": [_assignment(share, clock, zone) for share in case.shares],
        **_progress(case, zone),
        "boards": list(case.boards),
        "items": list(case.items),
        "package": case.package,
        "package_items": list(case.package_items),
        "in_pool": case.in_pool,
        "sensitive": case.sensitive,
        "accepted": local_iso(case.accepted_at, zone),
        "closed": local_iso(case.closed_at, zone),
        "merged_into": case.merged_into,
        "links": list(case.links),
        "material": list(case.material),
        "missing": list(case.missing),
        "files": [file_document(file) for file in case.files],
        "prints": dict(case.prints),
        "conflicts": [{"event": event, "code": code} for event, code in case.unfit],
        "needs_update": case.newer,
        "timeline": [
            {"event": e.event, "kind": e.kind, "at": local_iso(e.at, zone), "actor": e.actor, "site": e.site}
            for e in case.timeline
        ],
    }


def _owner(owner: "Owner") -> dict[str, Any]:
    return {"role": owner.role.value, "board": owner.board, "site": owner.site, "handler": owner.handler}


def _contact(contact: "Contact") -> dict[str, Any]:
    return {
        "name": contact.name,
        "phone": contact.phone,
        "capacity": contact.capacity.value,
        "authorisation_seen": contact.authorisation_seen,
    }


def _progress(case: "Case", zone: str) -> dict[str, Any]:
    """What happened to it on its way."""
    return {
        "passed_to": case.passed_to,
        "plan": {"text": case.plan.text, "until": local_iso(case.plan.until, zone)} if case.plan else None,
        "extension": _extension(case, zone),
        "suspensions": [
            {
                "from": local_iso(pause.start, zone),
                "to": local_iso(pause.end, zone),
                "reason": pause.reason,
                "evidence": pause.evidence,
                "files": list(pause.files),
            }
            for pause in case.suspensions
        ],
        "consultations": [
            {
                "at": local_iso(met.at, zone),
                "boards": list(met.boards),
                "sites": list(met.sites),
                "participants": list(met.participants),
                "agreed": met.agreed,
                "until": local_iso(met.until, zone),
            }
            for met in case.consultations
        ],
        "feedback": _feedback(case, zone),
        "reopened": case.reopened,
    }


def clock_document(clock: "CaseClock", zone: str) -> dict[str, Any]:
    """The clock of a case; stretches are whole minutes of opening time."""
    return {
        "start": local_iso(clock.start_ms, zone),
        "limit_from": local_iso(clock.limit_from_ms, zone),
        "due": local_iso(clock.due_ms, zone),
        "elapsed_minutes": clock.elapsed_ms // 60_000,
        "age_minutes": clock.age_ms // 60_000,
        "shares": {share.board: share.elapsed_ms // 60_000 for share in clock.shares},
        "alert": clock.alert.value,
        "overdue": clock.is_overdue,
        "amber": local_iso(clock.amber_ms, zone),
        "red": local_iso(clock.red_ms, zone),
        "paused_since": local_iso(clock.paused_since_ms, zone),
        "stopped": local_iso(clock.stopped_ms, zone),
        "days": [
            {"date": day.date.isoformat(), "counts": day.counts, "why": day.why.value} for day in clock.days
        ],
    }


def _assignment(share: "Assignment", clock: "CaseClock", zone: str) -> dict[str, Any]:
    return {
        "board": share.board,
        "role": share.role.value,
        "state": share.state.value,
        "task": share.task or None,
        "handler": share.handler,
        "assigned": local_iso(share.assigned_at, zone),
        "received": local_iso(share.received_at, zone),
        "answered": local_iso(share.answered_at, zone),
        "answer": share.answer or None,
        "partial": list(share.partial),
        "returned": share.returned,
        "return_reason": share.return_reason or None,
        "elapsed_minutes": sum(one.elapsed_ms for one in clock.shares if one.board == share.board) // 60_000,
    }


def _extension(case: "Case", zone: str) -> dict[str, Any] | None:
    asked = case.extension
    if asked is None:
        return None
    return {
        "until": local_iso(asked.until, zone),
        "reason": asked.reason,
        "asked": local_iso(asked.asked_at, zone),
        "actor": asked.actor,
    }


def _feedback(case: "Case", zone: str) -> dict[str, Any] | None:
    told = case.feedback
    if told is None:
        return None
    return {
        "at": local_iso(told.at, zone),
        "how": told.how.value,
        "told": told.told,
        "text": told.text,
        "at_once": told.at_once,
    }


def queue_document(counts: "QueueCounts", page: "QueuePage", zone: str) -> dict[str, Any]:
    """A board's queue: all counts, and the rows of one."""
    rows = [
        {
            "number": row.number,
            "id": row.case_id,
            "state": row.state,
            "case_state": row.case_state,
            "role": row.role,
            "name": row.applicant,
            "waits": row.waits or None,
            "returned": row.returned,
            "handler": row.handler,
            "due": local_iso(row.due_at, zone),
            "assigned": local_iso(row.assigned_at, zone),
            "excerpt": row.excerpt,
        }
        for row in page.rows
    ]
    return {"board": page.board, "queue": page.queue, "counts": dict(counts.counts), "rows": rows}


def queue_text(document: dict[str, Any]) -> str:
    """``queue_document`` in lines."""
    counts = "  ".join(f"{name} {count}" for name, count in document["counts"].items())
    lines = [f"{document['board']}  {counts}"]
    lines += [
        f"{row['number']}  {row['state']:<9} {row['due'] or '-'}  {row['name']}  {row['excerpt'][:30]}"
        for row in document["rows"]
    ]
    return "\n".join(lines)


def file_document(file: "Attached") -> dict[str, Any]:
    """One file of a case, without what is in it."""
    return {"name": file.name, "size": file.size, "media_type": file.media_type, "sha256": file.sha256}


def case_text(document: dict[str, Any]) -> str:
    """``case_document`` in lines."""
    lines = [f"{document['number']}  {document['state']}  {document['name']}", document["text"]]
    lines.append(f"期限 {document['due']}{'（暂定）' if document['provisional'] else ''}")
    lines.append(
        "板块 " + "、".join(f"{a['board']}（{a['role']}，{a['state']}）" for a in document["assignments"])
    )
    lines += [f"  {e['at']}  {e['kind']}  {e['actor']}" for e in document["timeline"]]
    return "\n".join(lines)
