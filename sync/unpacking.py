"""From columns (``sync/packing.py``) back to events, to their very bytes, whatever the sender meant them to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.events.clock import pack as pack_hlc
from domain.events.event import SALT_BYTES, Event, private_hash
from domain.events.incoming import MALFORMED, MAX_BYTES, TOO_LARGE, Incoming, canonical_object, received
from sync.event_bodies import body_from, quoted, uuid_text
from sync.packing import ID_TAIL, NAMES, TIMES
from sync.protocol import PackedEvents

_MAX_TIME = 2**47


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
            streams.append(one.event.stream if one.event else "")
        else:
            one = _rebuilt(place, next(fields), streams)
        found.append(one)
    return found


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
        len(packed.ids) != ID_TAIL * count
        or len(packed.times) != TIMES * count
        or len(packed.of_names) != NAMES * count
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
        step, counter, id_step = times[index * TIMES : index * TIMES + TIMES]
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
        actor, site, kind = of_names[index * NAMES : index * NAMES + NAMES]
        yield _Fields(
            tail=packed.ids[index * ID_TAIL : (index + 1) * ID_TAIL],
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


def _rebuilt(place: Place, fields: _Fields, streams: list[str]) -> Incoming:
    kind, _, version = fields.kind.rpartition("/")
    if not (0 <= fields.id_ms < 2**48 and 0 <= fields.ms < _MAX_TIME and 0 <= fields.counter < 2**16):
        raise PackingError("time")
    if not (version.isascii() and version.isdecimal()) or len(version) > 9:
        raise PackingError("kind")
    event_id = uuid_text(fields.id_ms.to_bytes(6, "big") + fields.tail)
    stream = _stream(fields.stream, event_id, streams)
    streams.append(stream)  # later events may belong to it although this one is not taken
    bound = None
    if fields.salt is not None and fields.private is not None:
        bound = private_hash(fields.salt, fields.private)
    try:
        payload = fields.payload.decode()
    except UnicodeDecodeError as error:
        raise PackingError("payload") from error
    body = body_from(
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
    return uuid_text(given)


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
    return canonical_object(f'{{"":{quoted(name)}}}'.encode()) is not None


def _received(place: Place, body: bytes, salt: bytes | None, private: bytes | None) -> Incoming:
    return received(
        place.device, place.incarnation, place.branch, place.seq, body, salt, private, place.stamp
    )
