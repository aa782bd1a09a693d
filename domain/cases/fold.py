"""Folding a case from its events. Total: it never fails; what does not fit is kept and listed as a conflict."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from domain.cases.model import (
    Applicant,
    ApplicantKind,
    Attached,
    Capacity,
    Case,
    CaseKind,
    CaseState,
    Channel,
    Contact,
    Due,
    Limit,
    LimitClass,
    Scope,
    TimelineEntry,
)
from domain.events.event import Event
from domain.events.kinds import upcast

Step = Callable[[Case, Event, dict[str, Any]], Case]


@dataclass(slots=True)
class _Folding:
    """What has been gathered so far; the tuples of ``Case`` are filled once at the end."""

    case: Case | None = None
    timeline: list[TimelineEntry] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    newer: bool = False
    erased: bool = False


class UnfitError(Exception):
    """The event does not fit the case any more; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fold_case(events: Iterable[Event]) -> Case | None:
    """The case told by ``events`` of one stream, in any order; None while its acceptance is not there."""
    folding = _Folding()
    for event in _birth_first(events):
        _take(folding, event)
    if folding.case is None:
        return None
    return replace(
        folding.case,
        timeline=tuple(folding.timeline),
        unfit=tuple(folding.unfit),
        newer=folding.newer,
        erased=folding.erased,
    )


def _birth_first(events: Iterable[Event]) -> list[Event]:
    """Fold order; the event that began the stream always comes first, whatever its clock said."""
    return sorted(events, key=lambda e: (e.id != e.stream, e.fold_key))


def _take(folding: _Folding, event: Event) -> None:
    payload = upcast(event.kind, event.kind_version, event.payload)
    folding.erased |= event.erased
    if payload is None:
        folding.newer = True
        folding.timeline.append(_entry(event, {}))
        return
    try:
        folding.case = _apply(folding.case, event, payload)
    except UnfitError as unfit:
        folding.unfit.append((event.id, unfit.code))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        folding.unfit.append((event.id, "malformed"))
    folding.timeline.append(_entry(event, payload))


def _apply(case: Case | None, event: Event, payload: dict[str, Any]) -> Case | None:
    if event.kind == "case_accepted":
        if case is not None:
            raise UnfitError("accepted_twice")
        return _accepted(event, payload)
    if case is None:
        raise UnfitError("not_accepted")
    step = _STEPS.get(event.kind)
    if step is None:
        raise UnfitError("not_of_a_case")
    return step(case, event, payload)


def _entry(event: Event, payload: dict[str, Any]) -> TimelineEntry:
    detail = {**payload, **(event.private or {})}
    return TimelineEntry(event.id, event.kind, event.at, event.actor, event.site, event.device, detail)


def _accepted(event: Event, payload: dict[str, Any]) -> Case:
    private = event.private or {}
    who = payload["applicant"]
    boards = tuple(payload.get("boards", ()))
    return Case(
        id=event.stream,
        number=payload["number"],
        state=CaseState.ASSIGNED if boards else CaseState.ACCEPTED,
        kind=CaseKind(payload["kind"]),
        channel=Channel(payload["channel"]),
        scope=Scope(payload["scope"]),
        limit=_limit(payload["limit"]),
        due=_due(payload.get("due")),
        applicant=Applicant(
            who.get("name") or private.get("applicant", ""), who.get("uscc"), ApplicantKind(who["kind"])
        ),
        contact=_contact(private.get("contact")),
        text=private.get("text", ""),
        boards=boards,
        items=tuple(payload.get("items", ())),
        package=payload.get("package"),
        package_items=tuple(payload.get("package_items", ())),
        in_pool=payload.get("in_pool", False),
        sensitive=payload.get("sensitive", False),
        accepted_at=payload.get("at", event.at),
        actor=event.actor,
        site=event.site,
        window=payload.get("window", ""),
        versions=dict(payload.get("versions", {})),
        material=tuple(private.get("material", ())),
        chosen=payload.get("chosen", False),
    )


def _limit(value: dict[str, Any]) -> Limit:
    return Limit(LimitClass(value["class"]), value.get("days"), value.get("profile", "provincial"))


def _due(value: dict[str, Any] | None) -> Due | None:
    return (
        None if value is None else Due(value["at"], value.get("provisional", False), value.get("calendar", 0))
    )


def _contact(value: dict[str, Any] | None) -> Contact:
    if not value:
        return Contact()
    return Contact(
        value.get("name", ""),
        value.get("phone", ""),
        Capacity(value.get("capacity", Capacity.AGENT)),
        value.get("authorisation_seen", False),
    )


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise UnfitError("case_closed")


def _answered(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    text = (event.private or {}).get("answer", "")
    return replace(case, state=CaseState.RESOLVED, closed_at=event.at, answer=text)


def _declined(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    reason = (event.private or {}).get("reason", "")
    return replace(case, state=CaseState.DECLINED, closed_at=event.at, reason=reason)


def _withdrawn(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    reason = (event.private or {}).get("reason", "")
    return replace(case, state=CaseState.WITHDRAWN, closed_at=event.at, reason=reason)


def _merged(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    return replace(case, state=CaseState.MERGED, closed_at=event.at, merged_into=payload["into"])


def _linked(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    other = payload["to"]
    return case if other in case.links else replace(case, links=(*case.links, other))


def _assigned(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    return replace(case, boards=tuple(payload["boards"]), state=CaseState.ASSIGNED)


def _flagged(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    return replace(
        case,
        in_pool=payload.get("in_pool", case.in_pool),
        sensitive=payload.get("sensitive", case.sensitive),
    )


def _due_recomputed(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    return replace(case, due=_due(payload["due"]))


def _contact_corrected(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    return replace(case, contact=_contact((event.private or {}).get("contact")))


def _material_requested(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    _require_open(case)
    return replace(case, missing=tuple((event.private or {}).get("missing", ())))


def _material_received(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    came = tuple((event.private or {}).get("material", ()))
    missing = tuple(m for m in case.missing if m not in came)
    return replace(
        case, missing=missing, material=case.material + tuple(m for m in came if m not in case.material)
    )


def _file_attached(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    name = (event.private or {}).get("name", "")
    file = Attached(payload["sha256"], name, payload["size"], payload["media_type"])
    return case if file in case.files else replace(case, files=(*case.files, file))


def _paper_printed(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    paper = payload["paper"]
    return replace(case, prints={**case.prints, paper: case.prints.get(paper, 0) + 1})


_STEPS: dict[str, Step] = {
    "case_answered": _answered,
    "case_declined": _declined,
    "case_withdrawn": _withdrawn,
    "case_merged": _merged,
    "case_linked": _linked,
    "case_assigned": _assigned,
    "case_flagged": _flagged,
    "case_due_recomputed": _due_recomputed,
    "contact_corrected": _contact_corrected,
    "material_requested": _material_requested,
    "material_received": _material_received,
    "file_attached": _file_attached,
    "paper_printed": _paper_printed,
}
