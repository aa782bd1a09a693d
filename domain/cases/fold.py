"""Folding a case from its events. Total: it never fails; what does not fit is kept and listed as a conflict."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from domain.callbacks import fold as fold_callbacks
from domain.cases import fold_boards, fold_clock
from domain.cases.assignments import Origin, closed_at_end, given
from domain.cases.decisions import STEPS as DECISIONS
from domain.cases.decisions import decided_in, undone_in
from domain.cases.fitting import (
    Step,
    at_of,
    due_in,
    limit_in,
    reason_of,
    require_fit,
    resumed,
    worked_on,
)
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
    Scope,
    TimelineEntry,
)
from domain.cases.moves import Action
from domain.cases.progress import Feedback, ToldBy
from domain.cases.reading import facts_of, flag_in, integer_in, integers_in, optional_text, text_in, texts_in
from domain.cases.states import settled
from domain.events.event import Event
from domain.events.folding import UnfitError, birth_first
from domain.events.kinds import upcast
from domain.supervision import fold as fold_supervision

CONTACT_CORRECTED = "contact_corrected"


@dataclass(slots=True)
class _Folding:
    """What has been gathered so far; the tuples of ``Case`` are filled once at the end."""

    case: Case | None = None
    timeline: list[TimelineEntry] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    newer: bool = False
    erased: bool = False
    undone: frozenset[str] = frozenset()


def fold_case(events: Iterable[Event]) -> Case | None:
    """The case told by ``events`` of one stream, in any order; None while its acceptance is not there."""
    ordered = birth_first(events)
    folding = _Folding(undone=undone_in(ordered))
    for event in ordered:
        _take(folding, event)
    if folding.case is None:
        return None
    decided = decided_in(ordered)
    return replace(
        folding.case,
        timeline=tuple(folding.timeline),
        unfit=tuple(one for one in folding.unfit if one[0] not in decided),
        undone=folding.undone,
        newer=folding.newer,
        erased=folding.erased,
    )


def _take(folding: _Folding, event: Event) -> None:
    folding.erased |= event.erased
    entry = _entry(event, None)
    try:
        payload = upcast(event.kind, event.kind_version, event.payload)
        if payload is None:
            folding.newer = True
        else:
            entry = _entry(event, facts_of(payload))
            if event.id in folding.undone:
                folding.timeline.append(entry)
                return
            before, folding.case = folding.case, _apply(folding.case, event, payload)
            if event.kind == "case_due_recomputed" and folding.case == before:
                return  # what another window had told already
    except UnfitError as unfit:
        folding.unfit.append((event.id, unfit.code))
    except (KeyError, ValueError, TypeError):
        folding.unfit.append((event.id, "malformed"))
    folding.timeline.append(entry)


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
    return settled(step(case, event, payload))


def _entry(event: Event, payload: dict[str, Any] | None) -> TimelineEntry:
    """``payload`` is None where the event cannot be read; only its outside is shown then."""
    quiet = event.kind in fold_callbacks.QUIET
    detail = {} if payload is None or quiet else {**payload, **facts_of(event.private)}
    at = event.at if payload is None else at_of(event, payload)
    return TimelineEntry(event.id, event.kind, at, event.actor, event.site, event.device, detail)


def _accepted(event: Event, payload: dict[str, Any]) -> Case:
    private = facts_of(event.private)
    boards = texts_in(payload, "boards")
    at = at_of(event, payload)
    return Case(
        id=event.stream,
        number=text_in(payload, "number"),
        state=CaseState.ASSIGNED if boards else CaseState.ACCEPTED,
        kind=CaseKind(payload["kind"]),
        channel=Channel(payload["channel"]),
        scope=Scope(payload["scope"]),
        limit=limit_in(facts_of(payload["limit"])),
        due=due_in(payload.get("due")),
        applicant=_applicant(facts_of(payload["applicant"]), private),
        contact=_contact(private.get("contact")),
        text=text_in(private, "text", ""),
        boards=boards,
        items=texts_in(payload, "items"),
        package=optional_text(payload, "package"),
        package_items=texts_in(payload, "package_items"),
        in_pool=flag_in(payload, "in_pool"),
        sensitive=flag_in(payload, "sensitive"),
        accepted_at=at,
        actor=event.actor,
        site=event.site,
        window=text_in(payload, "window", ""),
        versions=integers_in(payload, "versions"),
        material=texts_in(private, "material"),
        chosen=flag_in(payload, "chosen"),
        assignments=given((), boards, at, Origin.ASSIGNED),
        limit_from=at,
        due_from=at,
    )


def _applicant(who: dict[str, Any], private: dict[str, Any]) -> Applicant:
    name = optional_text(who, "name") or text_in(private, "applicant", "")
    return Applicant(name, optional_text(who, "uscc"), ApplicantKind(who["kind"]))


def _contact(value: Any) -> Contact:
    facts = facts_of(value)
    return Contact(
        text_in(facts, "name", ""),
        text_in(facts, "phone", ""),
        Capacity(facts.get("capacity", Capacity.AGENT)),
        flag_in(facts, "authorisation_seen"),
    )


def _closed(case: Case, event: Event, payload: dict[str, Any], state: CaseState, **changes: Any) -> Case:
    at = at_of(event, payload)
    return replace(
        case,
        state=state,
        closed_at=at,
        assignments=closed_at_end(case.assignments, at),
        suspensions=resumed(case.suspensions, at),
        extension=None,
        **changes,
    )


def _answered(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    require_fit(case, Action.ANSWER)
    text = text_in(facts_of(event.private), "answer", "")
    told = Feedback(at_of(event, payload), ToldBy.WINDOW, text=text, at_once=True)
    return _closed(case, event, payload, CaseState.RESOLVED, answer=text, feedback=told)


def _declined(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    require_fit(case, Action.DECLINE)
    return _closed(case, event, payload, CaseState.DECLINED, reason=reason_of(event))


def _withdrawn(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    require_fit(case, Action.WITHDRAW)
    return _closed(case, event, payload, CaseState.WITHDRAWN, reason=reason_of(event))


def _merged(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    require_fit(case, Action.MERGE)
    return _closed(case, event, payload, CaseState.MERGED, merged_into=text_in(payload, "into"))


def _linked(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    other = text_in(payload, "to")
    return case if other in case.links else replace(case, links=(*case.links, other))


def _flagged(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    return replace(
        case,
        in_pool=flag_in(payload, "in_pool", case.in_pool),
        sensitive=flag_in(payload, "sensitive", case.sensitive),
    )


def _due_recomputed(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    due = due_in(payload["due"])
    return case if _is_settled(case.due, due) else replace(case, due=due)


def _is_settled(known: Due | None, due: Due | None) -> bool:
    """Windows settle promises offline, each by the calendar it has: an older one does not undo what a newer settled."""
    if known is None or due is None or known.provisional:
        return False
    return due.calendar <= known.calendar


def _contact_corrected(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    return replace(case, contact=_contact(facts_of(event.private).get("contact")))


def _material_requested(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    require_fit(case, Action.NOTICE)
    asked = replace(case, missing=texts_in(facts_of(event.private), "missing"))
    return worked_on(asked, optional_text(payload, "board"), at_of(event, payload))


def _material_received(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    came = texts_in(facts_of(event.private), "material")
    missing = tuple(m for m in case.missing if m not in came)
    return replace(
        case, missing=missing, material=case.material + tuple(m for m in came if m not in case.material)
    )


def _file_attached(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    name = text_in(facts_of(event.private), "name", "")
    file = Attached(
        text_in(payload, "sha256"), name, integer_in(payload, "size"), text_in(payload, "media_type")
    )
    return case if file in case.files else replace(case, files=(*case.files, file))


def _paper_printed(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    paper = text_in(payload, "paper")
    return replace(case, prints={**case.prints, paper: case.prints.get(paper, 0) + 1})


_STEPS: dict[str, Step] = {
    "case_answered": _answered,
    "case_declined": _declined,
    "case_withdrawn": _withdrawn,
    "case_merged": _merged,
    "case_linked": _linked,
    "case_flagged": _flagged,
    "case_due_recomputed": _due_recomputed,
    CONTACT_CORRECTED: _contact_corrected,
    "material_requested": _material_requested,
    "material_received": _material_received,
    "file_attached": _file_attached,
    "paper_printed": _paper_printed,
    **fold_boards.STEPS,
    **fold_clock.STEPS,
    **fold_callbacks.STEPS,
    **fold_supervision.STEPS,
    **DECISIONS,
}
