"""Conflicts: what two sides recorded offline and only one of which fits. Both are kept; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.rows.record_labels import RecordArea, RecordLabel, labels_of
from db.rows.sync_rows import OpenConflict, SyncRows
from db.unit_of_work import UnitOfWork
from domain.cases import decisions
from domain.cases.decisions import ConflictChoice
from domain.cases.fold import fold_case
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import Event, NewEvent
from domain.staff import Actor
from services.permissions import require
from services.station import reads
from services.sync.sides import Side, Sides, stored

_QUIET = ("callback_", "paper_", "file_", "contact_", "code_", "conflict_", "review_")
_PLAIN = frozenset({"case_flagged", "case_linked", "case_due_recomputed"})
"""Steps beside which any other fits: none of them is what stands in the way."""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict side by side. ``kept`` stands, ``late`` did not fit it; ``may_take`` where it could take its place.

    ``code`` says why it does not fit. ``kept`` is None where its record is not here.
    """

    event: str
    label: RecordLabel
    code: str
    found_at: int
    kept: Side | None
    late: Side
    may_take: bool


@reads
def list_conflicts(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[ConflictView, ...]:
    """Conflicts that nobody has decided, the oldest first."""
    found = SyncRows(uow.connection).conflicts()
    events, sides = stored(uow, (one.event for one in found)), Sides(uow)
    labels = labels_of(uow.connection, (one.stream for one in found))
    unfit = frozenset(one.event for one in found)
    return tuple(
        _view(uow, one, events[one.event], labels[one.stream], sides, unfit)
        for one in found
        if one.event in events
    )


def decide_conflict(
    uow: UnitOfWork, clock: Clock, actor: Actor, event_id: str, choice: ConflictChoice
) -> None:
    """裁定: what was kept stands, the other takes its place, or both stay as they are.

    ``sync.conflict_gone`` where it was decided meanwhile, ``sync.choice_unfit`` where the other cannot take the place
    of what stands now. About a case it is an event, which all sites see; elsewhere a note of this store.
    """
    require(actor, "decide_conflict")
    rows = SyncRows(uow.connection)
    found = next(iter(rows.conflicts(event_id)), None)
    late = stored(uow, [event_id]).get(event_id)
    if found is None or late is None:
        raise AppError("sync.conflict_gone")
    label = labels_of(uow.connection, [found.stream])[found.stream]
    now_ms = clock.now_ms()
    if label.area is not RecordArea.CASE:
        if choice is ConflictChoice.OTHER:
            raise AppError("sync.choice_unfit", number=label.number)
        rows.decide_conflict(event_id, now_ms)
        uow.changed.note("sync")
        return
    again = [_again(late)] if choice is ConflictChoice.OTHER else []
    new = [decisions.decide_conflict(event_id, choice), *again]
    written = uow.append(found.stream, new, actor=actor.id, now_ms=now_ms)
    case = uow.case(found.stream)
    if written[-1].id in dict(case.unfit):
        raise AppError("sync.choice_unfit", number=case.number)
    uow.changed.note("sync")


def _again(late: Event) -> NewEvent:
    """The same step, recorded anew at the end of its case."""
    payload = {name: value for name, value in late.payload.items() if name != "at"}
    return NewEvent(late.kind, payload, late.private)


def _view(
    uow: UnitOfWork,
    found: OpenConflict,
    late: Event,
    label: RecordLabel,
    sides: Sides,
    unfit: frozenset[str],
) -> ConflictView:
    events = uow.events.stream(late.stream)
    kept = rival_of(events, late, unfit)
    return ConflictView(
        event=found.event,
        label=label,
        code=found.code,
        found_at=found.found_at,
        kept=None if kept is None else sides.of(kept),
        late=sides.of(late),
        may_take=label.area is RecordArea.CASE and not late.erased and _may_take(events, late),
    )


def rival_of(events: Sequence[Event], late: Event, unfit: frozenset[str]) -> Event | None:
    """The step that ``late`` came too late for: the nearest before it, in the order of folding, that changes where
    the record stands; else the one that began it."""
    ordered = sorted(events, key=lambda one: (one.id != one.stream, one.fold_key))
    before = [one for one in ordered[: ordered.index(late)] if one.id not in unfit]
    steps = [one for one in before if one.kind not in _PLAIN and not one.kind.startswith(_QUIET)]
    return steps[-1] if steps else None


def _may_take(events: Sequence[Event], late: Event) -> bool:
    """Whether the same step would fit at the end of the case as it stands now."""
    last = max(events, key=lambda one: one.fold_key)
    again = replace(
        late,
        id=f"{late.id}#",
        hlc=max(last.hlc, last.fold_key[0]) + 1,
        device=last.device,
        seq=last.seq + 1,
        received_at=None,
    )
    case = fold_case([*events, again])
    return case is not None and again.id not in dict(case.unfit)
