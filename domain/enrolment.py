"""Devices of a site (设备登记): what the events say by which a hub or centre enrols a device and revokes it.

A device's key never changes: who loses it enrols as another device. Of two enrolments of one device the first counts
for its key, the last for its place.
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain.cases.numbers import LETTERS
from domain.cases.reading import integer_in, text_in, texts_in
from domain.events.event import Event, NewEvent
from domain.events.kinds import upcast

BIRTH, REVOKED = "device_enrolled", "device_revoked"
KINDS = frozenset({BIRTH, REVOKED})
PAIRS = 4
"""Pairs of letters that a device is given for its case numbers: one for each incarnation."""
_KEY_BYTES = 32


class DeviceRole(StrEnum):
    """What an enrolled device is (设备角色): a window, the hub of a hall, a centre."""

    WINDOW = "window"
    HUB = "hub"
    CENTRE = "centre"


SERVERS = frozenset({DeviceRole.HUB, DeviceRole.CENTRE})
"""Those that others have above them."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Up to where a chain of a revoked device still counts."""

    inc: int
    branch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled device (设备). Times are UTC milliseconds; ``parent`` is the node that enrolled it.

    ``letters`` are pairs for case numbers; ``sites`` are earlier sites of a station that worked alone before.
    ``counts`` says what of a revoked device still counts.
    """

    device: str
    site: str
    role: str
    name: str
    public_key: bytes
    letters: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    parent: str = ""
    enrolled_at: int = 0
    revoked_at: int | None = None
    reason: str = ""
    counts: tuple[ChainEnd, ...] = ()
    since: int | None = None
    """From when on what it sent is doubted, where whoever revoked it said so."""

    @property
    def is_revoked(self) -> bool:
        """Whether it may not come in any more."""
        return self.revoked_at is not None

    def counts_to(self, incarnation: int, branch: int) -> int:
        """Up to which number its chain still counts, where it is revoked."""
        return {(one.inc, one.branch): one.seq for one in self.counts}.get((incarnation, branch), 0)


def enrol(device: Device) -> NewEvent:
    """登记设备."""
    payload: dict[str, Any] = {
        "device": device.device,
        "site": device.site,
        "role": str(device.role),
        "name": device.name,
        "public_key": base64.b64encode(device.public_key).decode("ascii"),
        "letters": list(device.letters),
        "sites": list(device.sites),
    }
    return NewEvent(BIRTH, payload)


def revoke(device: Device, reason: str, counts: Iterable[ChainEnd], since: int | None = None) -> NewEvent:
    """停用设备. ``counts`` are its chains as this node knows them: what comes later is set aside.

    ``since``: when it came into other hands; what was seen from then on is to be reviewed wherever it is stored.
    """
    chains = [{"inc": one.inc, "branch": one.branch, "seq": one.seq} for one in counts]
    payload = {"device": device.device, "site": device.site, "reason": reason, "chains": chains}
    return NewEvent(REVOKED, payload if since is None else payload | {"since": since})


def fold_device(events: Sequence[Event]) -> Device | None:
    """The device that a stream tells of; None where it begins with no enrolment that can be read."""
    found: Device | None = None
    # A revocation holds however early it is said to have been seen: a device that was enrolled again is another one.
    for event in sorted(events, key=lambda one: (one.kind == REVOKED, one.fold_key)):
        try:
            payload = upcast(event.kind, event.kind_version, event.payload)
            if payload is None:
                continue
            if found is None and event.kind == BIRTH:
                found = _enrolled(event, payload)
            elif found is not None and event.kind == REVOKED and payload.get("device") == found.device:
                found = _revoked(found, event, payload)
        except (KeyError, ValueError, TypeError, binascii.Error):
            continue
    return found


def _enrolled(event: Event, payload: dict[str, Any]) -> Device:
    key = base64.b64decode(text_in(payload, "public_key"), validate=True)
    role = text_in(payload, "role")
    if len(key) != _KEY_BYTES or role not in set(DeviceRole):
        raise ValueError("device")
    return Device(
        device=text_in(payload, "device"),
        site=text_in(payload, "site"),
        role=role,
        name=text_in(payload, "name", ""),
        public_key=key,
        letters=texts_in(payload, "letters"),
        sites=texts_in(payload, "sites"),
        parent=event.device,
        enrolled_at=event.at,
    )


def _revoked(device: Device, event: Event, payload: dict[str, Any]) -> Device:
    counts = tuple(_chain_end(one) for one in payload.get("chains", ()))
    since = integer_in(payload, "since", 0) or None
    if not device.is_revoked:
        reason = text_in(payload, "reason", "")
        return replace(device, revoked_at=event.at, reason=reason, counts=counts, since=since)
    if since is None:
        return device
    # It turns out later that it had been stolen: less of it counts, never more.
    less = {(one.inc, one.branch): one.seq for one in counts}
    narrowed = (
        replace(one, seq=min(one.seq, less.get((one.inc, one.branch), one.seq))) for one in device.counts
    )
    return replace(device, counts=tuple(narrowed), since=min(since, device.since or since))


def _chain_end(value: Any) -> ChainEnd:
    if not isinstance(value, dict):
        raise ValueError("chain")
    return ChainEnd(integer_in(value, "inc"), integer_in(value, "branch", 0), integer_in(value, "seq"))


def free_pairs(used: Collection[str]) -> list[str]:
    """Pairs of letters that nobody at a site has, in alphabetical order."""
    taken = set(used)
    return [a + b for a in LETTERS for b in LETTERS if a + b not in taken]
