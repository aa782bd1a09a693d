"""One recorded step as it is put beside another: who did what, when, on which device, and what was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.rows.record_labels import RecordArea, area_of
from db.rows.sync_rows import StoredEvent, SyncRows
from db.unit_of_work import UnitOfWork
from domain.cases.model import TimelineEntry
from domain.events.event import Event, read_body


@dataclass(frozen=True, slots=True)
class Side:
    """A step. ``at`` is UTC milliseconds; ``device_name`` is empty where it is not known; ``is_here`` for this desk."""

    event: str
    kind: str
    at: int
    actor: str
    site: str
    device: str
    device_name: str
    is_here: bool
    detail: dict[str, Any]
    is_erased: bool = False

    @property
    def area(self) -> RecordArea:
        """What kind of record it belongs to."""
        return area_of(self.kind)

    @property
    def entry(self) -> TimelineEntry:
        """The step as the timeline of a case shows it."""
        return TimelineEntry(self.event, self.kind, self.at, self.actor, self.site, self.device, self.detail)


class Sides:
    """Makes sides, asking for names and devices once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._here = uow.events.node.device
        self._names = SyncRows(uow.connection).device_names()

    def of(self, event: Event) -> Side:
        """The step that ``event`` recorded."""
        at = event.payload.get("at", event.at)
        return Side(
            event=event.id,
            kind=event.kind,
            at=at if isinstance(at, int) else event.at,
            actor=event.actor,
            site=event.site,
            device=event.device,
            device_name=self._names.get(event.device, ""),
            is_here=event.device == self._here,
            detail={**event.payload, **(event.private or {})},
            is_erased=event.erased,
        )


def stored(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, Event]:
    """Stored events by id."""
    return {row.id: _read(row) for row in SyncRows(uow.connection).events(ids)}


def _read(row: StoredEvent) -> Event:
    return read_body(row.body, row.private, row.received_at)
