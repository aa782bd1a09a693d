"""Which sites an event lets see its stream, beside the one where it was recorded and those above that."""

from collections.abc import Mapping
from typing import Any

_NAMES_A_SITE = {
    "case_handed_over": "to",
    "device_enrolled": "site",
    "device_revoked": "site",
    "hub_moved": "site",
}
_ERASURE = "person_erased"


def names_others(kind: str) -> bool:
    """Whether events of ``kind`` may let further sites see anything."""
    return kind in _NAMES_A_SITE or kind == _ERASURE


def sites_named(kind: str, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Codes of sites that see the stream from this event on, with its whole history."""
    name = _NAMES_A_SITE.get(kind)
    site = payload.get(name) if name is not None else None
    return (site,) if isinstance(site, str) and site else ()


def streams_named(kind: str, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Streams whose every site sees the event, too: an erasure reaches whoever may hold a copy."""
    if kind != _ERASURE:
        return ()
    named = [payload.get(name) for name in ("streams", "parts")]
    return tuple(one for part in named if isinstance(part, list) for one in part if isinstance(one, str))
