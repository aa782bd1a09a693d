"""What people decided about records of a case: conflicts that two sides made offline, and steps without a right.

Both decisions are events of the case's own stream, so every node comes to the same case.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from domain.cases.fitting import Step
from domain.cases.model import Case
from domain.events.event import Event, NewEvent
from domain.events.kinds import CURRENT

CONFLICT, REVIEW = "conflict_decided", "review_decided"


class ConflictChoice(StrEnum):
    """What becomes of a record that no longer fits: what was kept stands, the other takes its place, or both do."""

    KEPT = "kept"
    OTHER = "other"
    BOTH = "both"


class ReviewDecision(StrEnum):
    """What becomes of a step that somebody without the right to it recorded."""

    KEPT = "kept"
    UNDONE = "undone"


def decide_conflict(event: str, choice: ConflictChoice) -> NewEvent:
    """裁定冲突 about the record ``event``."""
    return NewEvent(CONFLICT, {"event": event, "choice": choice.value})


def decide_review(event: str, decision: ReviewDecision, why: str) -> NewEvent:
    """复核 of the step ``event``, with a word why."""
    return NewEvent(REVIEW, {"event": event, "decision": decision.value}, {"reason": why} if why else None)


def undone_in(events: Iterable[Event]) -> frozenset[str]:
    """Ids of steps that were undone. The acceptance is none of them: without it there would be no case to undo in."""
    return frozenset(
        event
        for event, stream, said in _said(events, REVIEW)
        if said.get("decision") == ReviewDecision.UNDONE.value and event != stream
    )


def decided_in(events: Iterable[Event]) -> frozenset[str]:
    """Ids of records whose conflict was decided."""
    return frozenset(event for event, _, _ in _said(events, CONFLICT))


def _said(events: Iterable[Event], kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(record, stream, decision) of each decision of ``kind`` that this program can read."""
    for event in events:
        if event.kind == kind and event.kind_version <= CURRENT[kind] and isinstance(event.payload, dict):
            yield str(event.payload.get("event")), event.stream, event.payload


def _noted(case: Case, event: Event, payload: dict[str, Any]) -> Case:
    """The decision itself changes nothing: ``fold`` heeds it before it begins."""
    return case


STEPS: dict[str, Step] = {CONFLICT: _noted, REVIEW: _noted}
