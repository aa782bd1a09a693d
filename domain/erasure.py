"""Erasing a person's data on a lawful request (依法删除个人信息): what the event says by which every node does it.

It names streams and events, never the person. Of a named stream everything goes that was recorded before the erasure,
also what a device that was offline brings later; what is recorded afterwards, by somebody who knows of it, stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.cases.reading import text_in, texts_in
from domain.events.event import Event, NewEvent
from domain.events.ids import is_uuid
from domain.events.kinds import upcast

KIND = "person_erased"
STREAMS_AT_ONCE = 100
EVENTS_AT_ONCE = 5_000
"""Named by one event; there may be several."""


class Ground(StrEnum):
    """On what ground (删除依据). A code, since a text could name the person again and could not be taken back."""

    REQUEST = "request"
    WITHDRAWN = "withdrawn"
    ORDER = "order"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an event of erasure says. ``hlc`` is its own: what is older in ``streams`` goes.

    Of the streams in ``parts`` only the named ``events`` go: an enterprise's record tells of several persons.
    """

    event: str
    streams: tuple[str, ...]
    events: tuple[str, ...]
    parts: tuple[str, ...]
    ground: str
    hlc: int

    @property
    def touched(self) -> tuple[str, ...]:
        """All streams that are to be folded again."""
        return (*self.streams, *self.parts)


@dataclass(frozen=True, slots=True)
class Named:
    """A stream with those of its events whose private part goes; ``whole``: so does all else that was recorded."""

    stream: str
    events: tuple[str, ...]
    whole: bool = True


def erase(named: Sequence[Named], ground: Ground) -> Iterator[NewEvent]:
    """The events that erase what was ``named``."""
    together: list[Named] = []
    count = 0
    for one in named:
        if together and (len(together) == STREAMS_AT_ONCE or count + len(one.events) > EVENTS_AT_ONCE):
            yield _told(together, ground)
            together, count = [], 0
        together.append(one)
        count += len(one.events)
    if together:
        yield _told(together, ground)


def _told(named: Sequence[Named], ground: Ground) -> NewEvent:
    payload = {
        "streams": [one.stream for one in named if one.whole],
        "events": [event for one in named for event in one.events],
        "parts": [one.stream for one in named if not one.whole],
        "reason": ground.value,
    }
    return NewEvent(KIND, {name: value for name, value in payload.items() if value or name != "parts"})


def erasure_in(event: Event) -> Erasure | None:
    """What ``event`` erases; None for any other event, a malformed one and one of a newer program."""
    if event.kind != KIND:
        return None
    try:
        payload = upcast(event.kind, event.kind_version, event.payload)
        if payload is None:
            return None
        streams, events = texts_in(payload, "streams"), texts_in(payload, "events")
        parts, ground = texts_in(payload, "parts"), text_in(payload, "reason", "")
    except (KeyError, ValueError, TypeError):
        return None
    if not all(is_uuid(one) for one in (*streams, *events, *parts)):
        return None
    return Erasure(event.id, streams, events, parts, ground, event.hlc)
