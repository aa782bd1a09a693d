"""Events in columns, and back to their very bytes.

A body is canonical, so its bytes follow from its fields: identifiers travel as raw bytes, names once a batch, hashes of
private parts not at all, since the receiver computes them. What does not come back byte for byte goes whole (``raw``).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from domain.events.clock import pack as pack_hlc
from domain.events.event import SALT_BYTES, Event, private_hash
from domain.events.incoming import (
    MALFORMED,
    MAX_BYTES,
    TOO_LARGE,
    Incoming,
    canonical_object,
    received,
)
from sync.protocol import PackedEvents

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ID_TAIL = 10
_TIMES = 3
_NAMES = 3
_MAX_TIME = 2**47


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it rests in a log; ``salt`` and ``private`` are None where there is no private part (any more)."""

    device: str
    incarnation: int
    seq: int
    body: bytes
    salt: bytes | None = None
    private: bytes | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands: its chain, its number in it, and when it was first seen, if it was."""

    device: str
    incarnation: int
    branch: int
    seq: int
    stamp: int | None = None


class PackingError(ValueError):
    """The columns do not fit one another."""


def pack(events: Sequence[Stored]) -> PackedEvents:
    """``events`` in columns."""
    columns = _Columns()
    for one in events:
        columns.add(one)
    return columns.packed()


def unpack(packed: PackedEvents, places: Sequence[Place]) -> list[Incoming]:
    """The events at ``places``, in order, each checked; ``PackingError`` where the columns do not fit."""
    if packed.count != len(places):
        raise PackingError("count")
    raw = {index: (body, salt, private) for index, body, salt, private in packed.raw}
    if len(raw) != len(packed.raw) or any(not 0 <= index < packed.count for index in raw):
        raise PackingError("raw")
    fields = _fields(packed, packed.count - len(raw))
    found: list[Incoming] = []
    streams: list[str] = []
    for index, place in enumerate(places):
        if index in raw:
            one = _received(place, *raw[index])
        else:
            one = _rebuilt(place, next(fields), streams)
        streams.append(one.event.stream if one.event else "")
        found.append(one)
    return found


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
        event_id = _uuid_bytes(value["id"])
        ms, counter = value["hlc"]
        id_ms = int.from_bytes(event_id[:6], "big")
        self.ids += event_id[-_ID_TAIL:]
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
            self.streams.append(_uuid_bytes(stream))

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
        again = _body(
            value["actor"],
            one.device,
            ms,
            counter,
            _uuid_text(_uuid_bytes(value["id"])),
            one.incarnation,
            kind,
            int(version),
            payload,
            private_hash(one.salt, one.private) if one.salt is not None and one.private is not None else None,
            one.seq,
            value["site"],
            _uuid_text(_uuid_bytes(value["stream"])) if "stream" in value else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (value, payload.encode()) if again == one.body else None


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _body(
    actor: str,
    device: str,
    ms: int,
    counter: int,
    event_id: str,
    incarnation: int,
    kind: str,
    version: int,
    payload: str,
    private: str | None,
    seq: int,
    site: str,
    stream: str | None,
) -> bytes:
    """The canonical bytes of an event out of its fields; ``domain.events.event.body_of`` writes the same."""
    bound = f',"private":"{private}"' if private is not None else ""
    begun = f',"stream":"{stream}"' if stream is not None else ""
    return (
        f'{{"actor":{_quoted(actor)},"device":{_quoted(device)},"hlc":[{ms},{counter}],"id":"{event_id}",'
        f'"inc":{incarnation},"kind":{_quoted(kind)},"payload":{payload}{bound},"seq":{seq},'
        f'"site":{_quoted(site)}{begun},"v":{version}}}'
    ).encode()


@dataclass(frozen=True, slots=True)
class _Fields:
    tail: bytes
    ms: int
    counter: int
    id_ms: int
    stream: bytes | int | None
    actor: str
    site: str
    kind: str
    payload: bytes
    salt: bytes | None
    private: bytes | None


def _fields(packed: PackedEvents, count: int) -> Iterator[_Fields]:
    lengths = (len(packed.streams), len(packed.payload_sizes), len(packed.private_sizes))
    if (
        len(packed.ids) != _ID_TAIL * count
        or len(packed.times) != _TIMES * count
        or len(packed.of_names) != _NAMES * count
        or any(length != count for length in lengths)
        or any(not 0 <= one < len(packed.names) for one in packed.of_names)
        or any(size < 0 for size in packed.payload_sizes)
        or sum(packed.payload_sizes) != len(packed.payloads)
        or sum(size for size in packed.private_sizes if size > 0) != len(packed.privates)
        or SALT_BYTES * sum(size >= 0 for size in packed.private_sizes) != len(packed.salts)
    ):
        raise PackingError("columns")
    return _walk(packed, count)


def _walk(packed: PackedEvents, count: int) -> Iterator[_Fields]:
    ms = payload_at = private_at = salt_at = 0
    names, times, of_names = packed.names, packed.times, packed.of_names
    for index in range(count):
        step, counter, id_step = times[index * _TIMES : index * _TIMES + _TIMES]
        ms += step
        size, private_size = packed.payload_sizes[index], packed.private_sizes[index]
        salt = private = None
        if private_size >= 0:
            salt, private = (
                packed.salts[salt_at : salt_at + SALT_BYTES],
                packed.privates[private_at : private_at + private_size],
            )
            salt_at += SALT_BYTES
            private_at += private_size
        actor, site, kind = of_names[index * _NAMES : index * _NAMES + _NAMES]
        yield _Fields(
            tail=packed.ids[index * _ID_TAIL : (index + 1) * _ID_TAIL],
            ms=ms,
            counter=counter,
            id_ms=ms + id_step,
            stream=packed.streams[index],
            actor=names[actor],
            site=names[site],
            kind=names[kind],
            payload=packed.payloads[payload_at : payload_at + size],
            salt=salt,
            private=private,
        )
        payload_at += size


def _rebuilt(place: Place, fields: _Fields, streams: Sequence[str]) -> Incoming:
    kind, _, version = fields.kind.rpartition("/")
    if not (0 <= fields.id_ms < 2**48 and 0 <= fields.ms < _MAX_TIME and 0 <= fields.counter < 2**16):
        raise PackingError("time")
    if not (version.isascii() and version.isdecimal()) or len(version) > 9:
        raise PackingError("kind")
    event_id = _uuid_text(fields.id_ms.to_bytes(6, "big") + fields.tail)
    stream = _stream(fields.stream, event_id, streams)
    bound = None
    if fields.salt is not None and fields.private is not None:
        bound = private_hash(fields.salt, fields.private)
    try:
        payload = fields.payload.decode()
    except UnicodeDecodeError as error:
        raise PackingError("payload") from error
    body = _body(
        fields.actor,
        place.device,
        fields.ms,
        fields.counter,
        event_id,
        place.incarnation,
        kind,
        int(version),
        payload,
        bound,
        place.seq,
        fields.site,
        stream if stream != event_id else None,
    )
    return _checked(place, fields, body, event_id, stream, kind, int(version), bound)


def _stream(given: bytes | int | None, event_id: str, streams: Sequence[str]) -> str:
    if given is None:
        return event_id
    if isinstance(given, int):
        index = len(streams) - given
        if not 0 <= index < len(streams) or not streams[index]:
            raise PackingError("stream")
        return streams[index]
    if len(given) != 16:
        raise PackingError("stream")
    return _uuid_text(given)


def _uuid_text(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _uuid_bytes(text: str) -> bytes:
    """The 16 bytes; ``ValueError`` for what is not a UUID as it is written down."""
    raw = bytes.fromhex(text.replace("-", ""))
    if len(raw) != 16 or _uuid_text(raw) != text:
        raise ValueError("not a UUID")
    return raw


def _checked(
    place: Place,
    fields: _Fields,
    body: bytes,
    event_id: str,
    stream: str,
    kind: str,
    version: int,
    bound: str | None,
) -> Incoming:
    def answer(event: Event | None, problem: str) -> Incoming:
        return Incoming(
            place.device,
            place.incarnation,
            place.branch,
            place.seq,
            body,
            fields.salt,
            fields.private,
            event,
            problem,
            place.stamp,
        )

    if len(body) + len(fields.private or b"") > MAX_BYTES:
        return answer(None, TOO_LARGE)
    payload = canonical_object(fields.payload)
    private = None if fields.private is None else canonical_object(fields.private)
    named = all(map(_is_name, (fields.actor, fields.site, kind)))
    if payload is None or (fields.private is not None and private is None) or not named:
        return answer(None, MALFORMED)
    event = Event(
        id=event_id,
        stream=stream,
        kind=kind,
        kind_version=version,
        device=place.device,
        incarnation=place.incarnation,
        seq=place.seq,
        hlc=pack_hlc(fields.ms, fields.counter),
        actor=fields.actor,
        site=fields.site,
        payload=payload,
        private_hash=bound,
        private=private,
        received_at=place.stamp,
    )
    return answer(event, "")


@lru_cache(maxsize=4096)
def _is_name(name: str) -> bool:
    return canonical_object(f'{{"":{_quoted(name)}}}'.encode()) is not None


def _received(place: Place, body: bytes, salt: bytes | None, private: bytes | None) -> Incoming:
    return received(
        place.device, place.incarnation, place.branch, place.seq, body, salt, private, place.stamp
    )
