"""The event: what is stored, hashed and sent.

The canonical body holds everything but ``private`` and ``prev``. ``private`` rests in a row of its own, bound to the
body by ``private_hash``, so that a person's data can be erased without breaking the chain. ``prev`` is computed.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from domain.events.canonical import NotCanonicalError, canonical_bytes, parse_canonical
from domain.events.clock import counter, milliseconds, order_key, pack

SALT_BYTES = 8


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What ``decide`` returns: an event before it has a place in a log."""

    kind: str
    payload: dict[str, Any]
    private: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded fact. ``private`` is None where there never was any or where it has been erased."""

    id: str
    stream: str
    kind: str
    kind_version: int
    device: str
    incarnation: int
    seq: int
    hlc: int
    actor: str
    site: str
    payload: dict[str, Any]
    private_hash: str | None = None
    private: dict[str, Any] | None = None
    received_at: int | None = None

    @property
    def at(self) -> int:
        """When it happened by the clock of its device, UTC milliseconds."""
        return milliseconds(self.hlc)

    @property
    def fold_key(self) -> tuple[int, str, int, int, str]:
        """The order in which a stream is folded, the same on every node, for both sides of a fork as well."""
        return (order_key(self.hlc, self.received_at), self.device, self.incarnation, self.seq, self.id)

    @property
    def erased(self) -> bool:
        """Whether its private part has been erased."""
        return self.private_hash is not None and self.private is None


def body_of(event: Event) -> bytes:
    """The canonical bytes of ``event``: what is hashed, stored and sent."""
    body: dict[str, Any] = {
        "actor": event.actor,
        "device": event.device,
        "hlc": [milliseconds(event.hlc), counter(event.hlc)],
        "id": event.id,
        "inc": event.incarnation,
        "kind": event.kind,
        "payload": event.payload,
        "seq": event.seq,
        "site": event.site,
        "v": event.kind_version,
    }
    if event.stream != event.id:
        body["stream"] = event.stream
    if event.private_hash is not None:
        body["private"] = event.private_hash
    return canonical_bytes(body)


def read_body(body: bytes, private: bytes | None = None, received_at: int | None = None) -> Event:
    """The event written down in ``body`` of one's own log, whose form was checked before it was stored."""
    return _event(json.loads(body), None if private is None else json.loads(private), received_at)


def parse_received(body: bytes, private: bytes | None, received_at: int) -> Event:
    """The event in bytes that came from elsewhere; ``NotCanonicalError`` for malformed ones.

    Only its outside is checked: whether the payload makes sense is for ``fold`` to say.
    """
    value = parse_canonical(body)
    apart = None if private is None else parse_canonical(private)
    if not _is_body(value) or not isinstance(apart, dict | None):
        raise NotCanonicalError("no event")
    return _event(value, apart, received_at)


def _is_body(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(name), str) for name in ("actor", "device", "id", "kind", "site"))
        and all(_is_count(value.get(name)) for name in ("inc", "seq", "v"))
        and all(isinstance(value.get(name, ""), str) for name in ("stream", "private"))
        and isinstance(value.get("payload"), dict)
        and isinstance(value.get("hlc"), list)
        and len(value["hlc"]) == 2
        and all(map(_is_count, value["hlc"]))
        and value["hlc"][0] < 2**47
        and value["hlc"][1] < 2**16
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _event(value: dict[str, Any], private: dict[str, Any] | None, received_at: int | None) -> Event:
    ms, count = value["hlc"]
    return Event(
        id=value["id"],
        stream=value.get("stream", value["id"]),
        kind=value["kind"],
        kind_version=value["v"],
        device=value["device"],
        incarnation=value["inc"],
        seq=value["seq"],
        hlc=pack(ms, count),
        actor=value["actor"],
        site=value["site"],
        payload=value["payload"],
        private_hash=value.get("private"),
        private=private,
        received_at=received_at,
    )


def private_hash(salt: bytes, private: bytes) -> str:
    """What the body holds of its private part: base64url of SHA-256(salt + canonical private)."""
    return urlsafe_b64encode(hashlib.sha256(salt + private).digest()).rstrip(b"=").decode()


def genesis(device: str, incarnation: int) -> bytes:
    """The hash before the first event of one incarnation of a device."""
    return hashlib.sha256(f"qifu:1:{device}:{incarnation}".encode()).digest()


def next_hash(prev: bytes, body: bytes) -> bytes:
    """Link ``body`` to the chain: SHA-256(hash of the device's previous event + canonical body)."""
    return hashlib.sha256(prev + body).digest()
