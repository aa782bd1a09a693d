"""Deciding: a state and a command give events, or an ``AppError`` that says why not. Pure."""

from dataclasses import dataclass
from typing import Any

from domain.cases.model import (
    NAMES_A_PERSON,
    Applicant,
    Attached,
    Case,
    CaseKind,
    Channel,
    Contact,
    Due,
    Limit,
    Scope,
)
from domain.errors import AppError
from domain.events.event import NewEvent

MAX_FILES = 30


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything settled that a case is accepted with."""

    number: str
    kind: CaseKind
    channel: Channel
    scope: Scope
    limit: Limit
    due: Due
    applicant: Applicant
    contact: Contact
    text: str
    boards: tuple[str, ...]
    items: tuple[str, ...] = ()
    package: str | None = None
    package_items: tuple[str, ...] = ()
    in_pool: bool = False
    sensitive: bool = False
    material: tuple[str, ...] = ()
    window: str = ""
    versions: tuple[tuple[str, int], ...] = ()
    chosen: bool = False


def accept(command: Acceptance) -> NewEvent:
    """受理."""
    names_person = command.applicant.kind in NAMES_A_PERSON
    applicant: dict[str, Any] = {"kind": command.applicant.kind.value}
    if command.applicant.uscc:
        applicant["uscc"] = command.applicant.uscc
    if not names_person:
        applicant["name"] = command.applicant.name
    private: dict[str, Any] = {"text": command.text}
    if names_person:
        private["applicant"] = command.applicant.name
    if command.contact != Contact():
        private["contact"] = contact_document(command.contact)
    if command.material:
        private["material"] = list(command.material)
    return NewEvent("case_accepted", _accepted_payload(command, applicant), private)


def _accepted_payload(command: Acceptance, applicant: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "number": command.number,
        "kind": command.kind.value,
        "channel": command.channel.value,
        "scope": command.scope.value,
        "limit": limit_document(command.limit),
        "due": due_document(command.due),
        "applicant": applicant,
        "boards": list(command.boards),
        "versions": dict(command.versions),
    }
    optional = {
        "items": list(command.items),
        "package": command.package,
        "package_items": list(command.package_items),
        "in_pool": command.in_pool,
        "sensitive": command.sensitive,
        "window": command.window,
        "chosen": command.chosen,
    }
    payload.update({name: value for name, value in optional.items() if value})
    return payload


def limit_document(limit: Limit) -> dict[str, Any]:
    """``limit`` as it stands in an event."""
    document: dict[str, Any] = {"class": limit.limit.value}
    if limit.days is not None:
        document["days"] = limit.days
    if limit.profile != "provincial":
        document["profile"] = limit.profile
    return document


def due_document(due: Due) -> dict[str, Any]:
    """``due`` as it stands in an event."""
    document: dict[str, Any] = {"at": due.at, "calendar": due.calendar}
    if due.provisional:
        document["provisional"] = True
    return document


def contact_document(contact: Contact) -> dict[str, Any]:
    """``contact`` as it stands in the private part of an event."""
    return {
        "name": contact.name,
        "phone": contact.phone,
        "capacity": contact.capacity.value,
        "authorisation_seen": contact.authorisation_seen,
    }


def answer(case: Case, text: str) -> NewEvent:
    """当场即办: answered and closed at the window."""
    _require_open(case)
    return NewEvent("case_answered", {}, {"answer": text})


def decline(case: Case, reason: str) -> NewEvent:
    """不予受理, with the reason."""
    _require_open(case)
    return NewEvent("case_declined", {}, {"reason": _given(reason, "cases.reason_missing")})


def withdraw(case: Case, reason: str) -> NewEvent:
    """撤回 by the applicant."""
    _require_open(case)
    return NewEvent("case_withdrawn", {}, {"reason": _given(reason, "cases.reason_missing")})


def merge(case: Case, into: Case) -> list[tuple[str, NewEvent]]:
    """并案: ``case`` ends in ``into``; pairs of stream and event, both histories kept."""
    _require_open(case)
    if case.id == into.id:
        raise AppError("cases.merge_self", number=case.number)
    if not into.is_open:
        raise AppError("cases.merge_target_closed", number=into.number)
    return [
        (case.id, NewEvent("case_merged", {"into": into.id})),
        (into.id, NewEvent("case_linked", {"to": case.id})),
    ]


def link(case: Case, other: Case) -> list[tuple[str, NewEvent]]:
    """关联: both cases name each other; nothing to do where they already do."""
    if case.id == other.id:
        raise AppError("cases.link_self", number=case.number)
    pairs = ((case, other), (other, case))
    return [(a.id, NewEvent("case_linked", {"to": b.id})) for a, b in pairs if b.id not in a.links]


def request_material(case: Case, missing: tuple[str, ...], board: str | None = None) -> NewEvent:
    """一次性告知: all missing material, told once; ``board`` is the one that asks the desk for it."""
    _require_open(case)
    if not missing:
        raise AppError("cases.missing_material_missing")
    payload = {"board": board} if board in case.boards else {}
    return NewEvent("material_requested", payload, {"missing": list(missing)})


def receive_material(case: Case, material: tuple[str, ...]) -> NewEvent:
    """收到补正材料."""
    _require_open(case)
    if not material:
        raise AppError("cases.missing_material_missing")
    return NewEvent("material_received", {}, {"material": list(material)})


def attach(case: Case, file: Attached) -> NewEvent | None:
    """附件: None where the same file is attached already."""
    if file in case.files:
        return None
    if len(case.files) >= MAX_FILES:
        raise AppError("cases.too_many_files", limit=MAX_FILES)
    payload = {"sha256": file.sha256, "size": file.size, "media_type": file.media_type}
    return NewEvent("file_attached", payload, {"name": file.name})


def flag(case: Case, *, in_pool: bool | None, sensitive: bool | None) -> NewEvent | None:
    """涉企问题池 and 敏感 flags; None where nothing changes."""
    wanted = {"in_pool": in_pool, "sensitive": sensitive}
    now = {"in_pool": case.in_pool, "sensitive": case.sensitive}
    changed = {name: value for name, value in wanted.items() if value is not None and value != now[name]}
    return NewEvent("case_flagged", changed) if changed else None


def correct_contact(case: Case, contact: Contact) -> NewEvent | None:
    """更正经办人; None where nothing changes."""
    if contact == case.contact:
        return None
    return NewEvent("contact_corrected", {}, {"contact": contact_document(contact)})


def recompute_due(case: Case, due: Due) -> NewEvent | None:
    """重算期限 once the calendar of a year is published; None where the promise stays."""
    if not case.is_open or due == case.due:
        return None
    return NewEvent("case_due_recomputed", {"due": due_document(due)})


def record_print(paper: str, size: str, copy: int, *, at_centre: bool) -> NewEvent:
    """打印: which paper, its copy number and whether the case had reached the centre then."""
    return NewEvent("paper_printed", {"paper": paper, "size": size, "copy": copy, "at_centre": at_centre})


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise AppError("cases.closed", number=case.number)


def _given(text: str, code: str) -> str:
    text = text.strip()
    if not text:
        raise AppError(code)
    return text
