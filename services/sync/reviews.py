"""复核: steps that were counted although whoever recorded them had no right to; and what lies in quarantine."""

from dataclasses import dataclass

from db.rows.record_labels import RecordArea, RecordLabel, labels_of
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.cases import decisions
from domain.cases.decisions import ReviewDecision
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.permissions import require
from services.station import reads
from services.sync.sides import Side, Sides, stored

MAX_WHY = 200


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A step to be reviewed. ``reason`` is a code; ``may_undo`` where the step can be taken out of its record."""

    event: str
    label: RecordLabel
    reason: str
    found_at: int
    step: Side
    may_undo: bool


@reads
def list_reviews(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[ReviewView, ...]:
    """Steps that nobody has decided about, the oldest first."""
    found = SyncRows(uow.connection).reviews()
    events, sides = stored(uow, (one.event for one in found)), Sides(uow)
    labels = labels_of(uow.connection, (one.stream for one in found))
    return tuple(
        ReviewView(
            event=one.event,
            label=labels[one.stream],
            reason=one.reason,
            found_at=one.found_at,
            step=sides.of(events[one.event]),
            may_undo=_may_undo(labels[one.stream], one.event),
        )
        for one in found
        if one.event in events
    )


def decide_review(
    uow: UnitOfWork, clock: Clock, actor: Actor, event_id: str, decision: ReviewDecision, why: str = ""
) -> None:
    """认可 or 撤销 a step, with a word why; undoing needs one.

    ``sync.review_gone``, ``sync.why_missing``, ``sync.undo_unfit`` (the acceptance of a case, or no step of a case).
    """
    require(actor, "decide_review")
    rows = SyncRows(uow.connection)
    found = next(iter(rows.reviews(event_id)), None)
    if found is None:
        raise AppError("sync.review_gone")
    label, why = labels_of(uow.connection, [found.stream])[found.stream], why.strip()[:MAX_WHY]
    if decision is ReviewDecision.UNDONE:
        if not why:
            raise AppError("sync.why_missing")
        if not _may_undo(label, event_id):
            raise AppError("sync.undo_unfit", number=label.number)
    # Only a case heeds the decision; about other records it is one of its own, which those above and below see.
    stream = found.stream if label.area is RecordArea.CASE else None
    new = decisions.decide_review(event_id, decision, why)
    uow.append(stream, [new], actor=actor.id, now_ms=clock.now_ms())
    rows.decide_review(event_id, decision.value, actor.id, clock.now_ms())
    uow.changed.note("sync")


def _may_undo(label: RecordLabel, event_id: str) -> bool:
    return label.area is RecordArea.CASE and event_id != label.stream
