"""Events in columns, and back to their very bytes.

A body is canonical, so its bytes follow from its fields: identifiers travel as raw bytes, names once a batch, hashes of
private parts not at all, since the receiver computes them. What does not come back byte for byte goes whole (``raw``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.events.event import SALT_BYTES, private_hash
from sync.event_bodies import uuid_bytes
from sync.protocol import PackedEvents

ID_TAIL = 10
TIMES = 3
NAMES = 3
MAX_TIME, MAX_COUNTER = 2**47, 2**16
_TEXT = r'"([^"\\\x00-\x1f]*+)"'
_NUMBER = r"(0|[1-9][0-9]{0,15}+)"
_UUID = r'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
_BODY = re.compile(
    rf'\{{"actor":{_TEXT},"device":{_TEXT},"hlc":\[{_NUMBER},{_NUMBER}\],"id":{_UUID},"inc":{_NUMBER},"kind":{_TEXT},'
    rf'"payload":(\{{.*\}})(?:,"private":"([^"]*)")?,"seq":{_NUMBER},"site":{_TEXT}(?:,"stream":{_UUID})?,'
    r'"v":(0|[1-9][0-9]{0,8}+)\}',
    re.DOTALL,
)
"""A body as ``event_bodies.body_from`` writes it of these very parts: none of them could be written otherwise."""


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


@dataclass(frozen=True, slots=True)
class _Fields:
    actor: str
    ms: int
    counter: int
    id: str
    kind: str
    payload: str
    site: str
    stream: str | None


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
        event_id = bytes.fromhex(fields.id.replace("-", ""))
        id_ms = int.from_bytes(event_id[:-ID_TAIL], "big")
        self.ids += event_id[-ID_TAIL:]
        self.times += (fields.ms - self._last_ms, fields.counter, id_ms - fields.ms)
        self._last_ms = fields.ms
        self._add_stream(index, fields.stream, fields.id)
        self.of_names += (self._name(fields.actor), self._name(fields.site), self._name(fields.kind))
        self.payloads.append(fields.payload.encode())
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


def _split(one: Stored) -> _Fields | None:
    """The fields of a body; None where they would not give it back, or be no columns that anybody takes."""
    try:
        found = _BODY.fullmatch(one.body.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    (actor, device, ms, counter, event_id, inc, kind, payload, bound, seq, site, stream, version) = (
        found.groups()
    )
    if (device, inc, seq) != (one.device, str(one.incarnation), str(one.seq)):
        return None
    if one.private is None or one.salt is None or len(one.salt) != SALT_BYTES:
        fits = bound is None and one.private is None and one.salt is None
    else:
        fits = bound == private_hash(one.salt, one.private)
    if not fits or int(ms) >= MAX_TIME or int(counter) >= MAX_COUNTER or stream == event_id:
        return None
    return _Fields(actor, int(ms), int(counter), event_id, f"{kind}/{version}", payload, site, stream)
