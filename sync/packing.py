"""Events in columns, and back to their very bytes.

A body is canonical, so its bytes follow from its fields: identifiers travel as raw bytes, names once a batch, hashes of
private parts not at all, since the receiver computes them. What does not come back byte for byte goes whole (``raw``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.events.event import SALT_BYTES, private_hash
from domain.events.incoming import MAX_KIND_VERSION
from sync.event_bodies import body_from, uuid_bytes, uuid_text
from sync.protocol import PackedEvents

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
ID_TAIL = 10
TIMES = 3
NAMES = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it rests in a log; ``salt`` and ``private`` are None where there is no private part (any more)."""

    device: str
    incarnation: int
    seq: int
    body: bytes
    salt: bytes | None = None
    private: bytes | None = None


def pack(events: Sequence[Stored]) -> PackedEvents:
    """``events`` in columns."""
    columns = _Columns()
    for one in events:
        columns.add(one)
    return columns.packed()


class _Columns:
    def __init__(self) -> None:
        self.count = 0
        self.ids = bytearray()
        self.times: list[int] = []
        self.streams: list[bytes | int | None] = []
        self.names: dict[str, int] = {}
        self.of_names: list[int] = []
        self.payloads: list[bytes] = []
        self.privates: list[bytes] = []
        self.private_sizes: list[int] = []
        self.salts = bytearray()
        self.raw: list[tuple[int, bytes, bytes | None, bytes | None]] = []
        self._last_ms = 0
        self._seen: dict[str, int] = {}

    def add(self, one: Stored) -> None:
        index = self.count
        self.count += 1
        fields = _split(one)
        if fields is None:
            self.raw.append((index, one.body, one.salt, one.private))
            return
        value, payload = fields
        event_id = uuid_bytes(value["id"])
        ms, counter = value["hlc"]
        id_ms = int.from_bytes(event_id[:6], "big")
        self.ids += event_id[-ID_TAIL:]
        self.times += (ms - self._last_ms, counter, id_ms - ms)
        self._last_ms = ms
        self._add_stream(index, value.get("stream"), value["id"])
        kind = f"{value['kind']}/{value['v']}"
        self.of_names += (self._name(value["actor"]), self._name(value["site"]), self._name(kind))
        self.payloads.append(payload)
        if one.private is None or one.salt is None:
            self.private_sizes.append(-1)
        else:
            self.private_sizes.append(len(one.private))
            self.privates.append(one.private)
            self.salts += one.salt

    def _add_stream(self, index: int, stream: str | None, own_id: str) -> None:
        if stream is None:
            self._seen[own_id] = index
            self.streams.append(None)
        elif stream in self._seen:
            self.streams.append(index - self._seen[stream])
        else:
            self._seen[stream] = index
            self.streams.append(uuid_bytes(stream))

    def _name(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))

    def packed(self) -> PackedEvents:
        return PackedEvents(
            count=self.count,
            ids=bytes(self.ids),
            times=tuple(self.times),
            streams=tuple(self.streams),
            names=tuple(self.names),
            of_names=tuple(self.of_names),
            payloads=b"".join(self.payloads),
            payload_sizes=tuple(map(len, self.payloads)),
            privates=b"".join(self.privates),
            private_sizes=tuple(self.private_sizes),
            salts=bytes(self.salts),
            raw=tuple(self.raw),
        )


def _split(one: Stored) -> tuple[dict[str, Any], bytes] | None:
    """The fields of a body and its payload's bytes; None where they would not give the body back."""
    try:
        value: dict[str, Any] = json.loads(one.body)
        payload = _ENCODER.encode(value["payload"])
        has_private = "private" in value
        if has_private != (one.private is not None) or (one.salt is None) != (one.private is None):
            return None
        if one.salt is not None and len(one.salt) != SALT_BYTES:
            return None
        ms, counter = value["hlc"]
        kind, _, version = f"{value['kind']}/{value['v']}".rpartition("/")
        if int(version) > MAX_KIND_VERSION:
            return None
        again = body_from(
            value["actor"],
            one.device,
            ms,
            counter,
            uuid_text(uuid_bytes(value["id"])),
            one.incarnation,
            kind,
            int(version),
            payload,
            private_hash(one.salt, one.private) if one.salt is not None and one.private is not None else None,
            one.seq,
            value["site"],
            uuid_text(uuid_bytes(value["stream"])) if "stream" in value else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (value, payload.encode()) if again == one.body else None
