"""The hall's hub (大厅主机): which device decides over the queue, and in which term.

Moving the hub raises the term. Of two that claim one term, because each was begun without knowing of the other, the
smaller device decides, on every node alike.
"""

from dataclasses import dataclass
from typing import Any

from domain.cases.reading import integer_in, text_in
from domain.events.event import Event, NewEvent
from domain.events.kinds import upcast

BIRTH = "hub_moved"
MAX_TERM = 1_000_000
"""A hall that moves its hub ten times a day needs three centuries for it; a greater one is a mistake."""

MAX_LEAP = 1_000
"""Nobody moves a hub that often unseen: whoever claims so would only keep every later hub from deciding."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Who decides at ``site`` since ``since`` (UTC ms). ``device`` is "" where only the term is known as yet.

    Term 0 is a hall that never had a hub.
    """

    site: str
    term: int
    device: str = ""
    url: str = ""
    since: int = 0

    def stands_over(self, other: "Hub | None") -> bool:
        """Whether this one decides and ``other`` does not."""
        if other is None or self.term != other.term:
            return other is None or self.term > other.term
        return bool(self.device) and (not other.device or self.device <= other.device)


def move(site: str, term: int, device: str, url: str) -> NewEvent:
    """主机移到 ``device``, at ``url``, where windows reach it."""
    return NewEvent(BIRTH, {"site": site, "term": term, "device": device, "url": url})


def hub_of(event: Event) -> Hub | None:
    """What a ``hub_moved`` says; None for one that is malformed, of a newer program, or of another site's device."""
    try:
        payload: dict[str, Any] | None = upcast(event.kind, event.kind_version, event.payload)
        if payload is None:
            return None
        term = integer_in(payload, "term")
        hub = Hub(
            text_in(payload, "site"), term, text_in(payload, "device"), text_in(payload, "url"), event.at
        )
    except (KeyError, ValueError, TypeError):
        return None
    fits = hub.site == event.site and hub.device == event.device and 0 < term <= MAX_TERM
    return hub if fits else None
