"""A case as the command line shows it: for programs, and in lines for people."""

from typing import TYPE_CHECKING, Any

from desktop.cli.station import local_iso

if TYPE_CHECKING:
    from domain.cases.model import Attached, Case


def case_document(case: "Case", zone: str) -> dict[str, Any]:
    """The whole case; times are local ISO times of ``zone``."""
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state.value,
        "kind": case.kind.value,
        "channel": case.channel.value,
        "scope": case.scope.value,
        "limit": case.limit.limit.value,
        "days": case.limit.days,
        "due": local_iso(case.due.at, zone) if case.due else None,
        "provisional": bool(case.due and case.due.provisional),
        "uscc": case.applicant.uscc,
        "name": case.applicant.name,
        "applicant_kind": case.applicant.kind.value,
        "contact": {
            "name": case.contact.name,
            "phone": case.contact.phone,
            "capacity": case.contact.capacity.value,
            "authorisation_seen": case.contact.authorisation_seen,
        },
        "text": case.text,
        "answer": case.answer or None,
        "reason": case.reason or None,
        "assignments": [{"board": b, "role": "assist" if i else "lead"} for i, b in enumerate(case.boards)],
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


def file_document(file: "Attached") -> dict[str, Any]:
    """One file of a case, without what is in it."""
    return {"name": file.name, "size": file.size, "media_type": file.media_type, "sha256": file.sha256}


def case_text(document: dict[str, Any]) -> str:
    """``case_document`` in lines."""
    lines = [f"{document['number']}  {document['state']}  {document['name']}", document["text"]]
    lines.append(f"期限 {document['due']}{'（暂定）' if document['provisional'] else ''}")
    lines.append("板块 " + "、".join(f"{a['board']}（{a['role']}）" for a in document["assignments"]))
    lines += [f"  {e['at']}  {e['kind']}  {e['actor']}" for e in document["timeline"]]
    return "\n".join(lines)
