"""From columns (``sync/packing.py``) back to events, to their very bytes, whatever the sender meant them to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
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
from sync.canonical_columns import canonical_objects
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
    columns = _columns(packed, packed.count - len(raw))
    found: list[Incoming] = []
    streams: list[str] = []
    at = 0
    for index, place in enumerate(places):
        if index in raw:
            one = _received(place, *raw[index])
            streams.append(one.event.stream if one.event else "")
        else:
            stream = _stream(packed.streams[at], columns.ids[at], streams)
            streams.append(stream)  # later events may belong to it although this one is not taken
            one = _rebuilt(place, columns, at, stream)
            at += 1
        found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class _Name:
    """A name and what it is worth: as a kind with its version, -1 where it is none."""

    text: str
    is_canonical: bool
    kind: str
    version: int


@dataclass(frozen=True, slots=True)
class _Columns:
    """For each event that travels in columns; ``payloads`` and ``privates`` are None where they are not canonical."""

    ids: Sequence[str]
    times: Sequence[tuple[int, int]]
    names: Sequence[tuple[_Name, _Name, _Name]]
    written: Sequence[str]
    payloads: Sequence[dict[str, Any] | None]
    salts: Sequence[bytes | None]
    apart: Sequence[bytes | None]
    bounds: Sequence[str | None]
    privates: Sequence[dict[str, Any] | None]


def _columns(packed: PackedEvents, count: int) -> _Columns:
    _check_lengths(packed, count)
    ms = tuple(accumulate(packed.times[0::TIMES]))
    id_ms = tuple(map(sum, zip(ms, packed.times[2::TIMES], strict=True)))
    counters = packed.times[1::TIMES]
    if count and not (
        (min(id_ms) >= 0 and max(id_ms) < 2**48)
        and (min(ms) >= 0 and max(ms) < _MAX_TIME)
        and (min(counters) >= 0 and max(counters) < 2**16)
    ):
        raise PackingError("time")
    names = [_named(name) for name in packed.names]
    if any(names[one].version < 0 for one in set(packed.of_names[2::NAMES])):
        raise PackingError("kind")
    of_names = [names[one] for one in packed.of_names]
    payloads = _cut(packed.payloads, packed.payload_sizes)
    try:
        written = [one.decode() for one in payloads]
    except UnicodeDecodeError as error:
        raise PackingError("payload") from error
    salts, apart, bounds, privates = _private_columns(packed)
    return _Columns(
        ids=_ids(packed.ids, id_ms),
        times=tuple(zip(ms, counters, strict=True)),
        names=tuple(zip(of_names[0::NAMES], of_names[1::NAMES], of_names[2::NAMES], strict=True)),
        written=written,
        payloads=canonical_objects(payloads),
        salts=salts,
        apart=apart,
        bounds=bounds,
        privates=privates,
    )


def _check_lengths(packed: PackedEvents, count: int) -> None:
    lengths = (len(packed.streams), len(packed.payload_sizes), len(packed.private_sizes))
    if (
        len(packed.ids) != ID_TAIL * count
        or len(packed.times) != TIMES * count
        or len(packed.of_names) != NAMES * count
        or any(length != count for length in lengths)
        or (count and not (min(packed.of_names) >= 0 and max(packed.of_names) < len(packed.names)))
        or (count and min(packed.payload_sizes) < 0)
        or sum(packed.payload_sizes) != len(packed.payloads)
        or sum(size for size in packed.private_sizes if size > 0) != len(packed.privates)
        or SALT_BYTES * sum(size >= 0 for size in packed.private_sizes) != len(packed.salts)
    ):
        raise PackingError("columns")


def _named(name: str) -> _Name:
    kind, _, version = name.rpartition("/")
    is_version = version.isascii() and version.isdecimal() and len(version) <= 9
    return _Name(name, _is_name(name), kind, int(version) if is_version else -1)


def _is_name(name: str) -> bool:
    return canonical_object(f'{{"":{quoted(name)}}}'.encode()) is not None


def _ids(tails: bytes, id_ms: Sequence[int]) -> list[str]:
    text, width = tails.hex(), 2 * ID_TAIL
    found = []
    for index, ms in enumerate(id_ms):
        first, tail = f"{ms:012x}", text[index * width : (index + 1) * width]
        found.append(f"{first[:8]}-{first[8:]}-{tail[:4]}-{tail[4:8]}-{tail[8:]}")
    return found


def _cut(column: bytes, sizes: Sequence[int]) -> list[bytes]:
    ends = tuple(accumulate(sizes))
    return [column[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _private_columns(
    packed: PackedEvents,
) -> tuple[list[bytes | None], list[bytes | None], list[str | None], list[dict[str, Any] | None]]:
    """Salts, private parts, what bodies hold of them, and what is written in them; None where there is none."""
    sizes = [size for size in packed.private_sizes if size >= 0]
    salts = _cut(packed.salts, [SALT_BYTES] * len(sizes))
    apart = _cut(packed.privates, sizes)
    bounds = list(map(private_hash, salts, apart))
    read = canonical_objects(apart)
    if len(sizes) == len(packed.private_sizes):
        return [*salts], [*apart], [*bounds], read
    rows = iter(zip(salts, apart, bounds, read, strict=True))
    spread = [next(rows) if size >= 0 else (None, None, None, None) for size in packed.private_sizes]
    return (
        [one[0] for one in spread],
        [one[1] for one in spread],
        [one[2] for one in spread],
        [one[3] for one in spread],
    )


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


def _rebuilt(place: Place, columns: _Columns, at: int, stream: str) -> Incoming:
    event_id, private = columns.ids[at], columns.apart[at]
    actor, site, kind = columns.names[at]
    ms, counter = columns.times[at]
    body = body_from(
        actor.text,
        place.device,
        ms,
        counter,
        event_id,
        place.incarnation,
        kind.kind,
        kind.version,
        columns.written[at],
        columns.bounds[at],
        place.seq,
        site.text,
        stream if stream != event_id else None,
    )
    too_large = len(body) + len(private or b"") > MAX_BYTES
    event = None if too_large else _event(place, columns, at, stream)
    return Incoming(
        place.device,
        place.incarnation,
        place.branch,
        place.seq,
        body,
        columns.salts[at],
        private,
        event,
        TOO_LARGE if too_large else MALFORMED if event is None else "",
        place.stamp,
    )


def _event(place: Place, columns: _Columns, at: int, stream: str) -> Event | None:
    """The event, or None where a part of it is not canonical."""
    payload, private = columns.payloads[at], columns.privates[at]
    actor, site, kind = columns.names[at]
    if payload is None or (private is None and columns.apart[at] is not None):
        return None
    if not (actor.is_canonical and site.is_canonical and kind.is_canonical):
        return None
    return Event(
        columns.ids[at],
        stream,
        kind.kind,
        kind.version,
        place.device,
        place.incarnation,
        place.seq,
        pack_hlc(*columns.times[at]),
        actor.text,
        site.text,
        payload,
        columns.bounds[at],
        private,
        place.stamp,
    )


def _received(place: Place, body: bytes, salt: bytes | None, private: bytes | None) -> Incoming:
    return received(
        place.device, place.incarnation, place.branch, place.seq, body, salt, private, place.stamp
    )
