"""Events that come from elsewhere: their outside is checked here, whether they may be is judged by who takes them."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.events.canonical import MAX_INTEGER, parse_canonical
from domain.events.event import SALT_BYTES, Event, parse_received, private_hash
from domain.events.ids import is_uuid

MALFORMED = "malformed"
TOO_LARGE = "too_large"
PRIVATE_MISMATCH = "private_mismatch"
WRONG_PLACE = "wrong_place"
MAX_BYTES = 1 << 20
MAX_KIND_VERSION = 999_999_999
"""What columns on the line and in tables hold."""

# A key with characters beyond the basic plane: Python sorts those otherwise than RFC 8785 does.
_ASTRAL_KEY = re.compile(r'[\U00010000-\U0010ffff](?:[^"\\]|\\.)*+":')
_ASTRAL_FIRST = tuple(bytes((first,)) for first in range(0xF0, 0xF5))
"""What the UTF-8 of such a character begins with."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it came. ``event`` is None where it is none; ``problem`` then says why, and stays "" otherwise.

    ``stamp`` is when a hub or centre saw it first, UTC milliseconds; None where the one that takes it is the first.
    """

    device: str
    incarnation: int
    branch: int
    seq: int
    body: bytes
    salt: bytes | None = None
    private: bytes | None = None
    event: Event | None = None
    problem: str = ""
    stamp: int | None = None


def canonical_object(written: bytes) -> dict[str, Any] | None:
    """The JSON object in ``written``; None where it is none or not canonical (``domain.events.canonical``)."""
    try:
        text = written.decode()
        if _has_astral_key(written, text) or not unicodedata.is_normalized("NFC", text):
            value = parse_canonical(written)
        else:
            value = _DECODER.decode(text)
            if _ENCODER.encode(value) != text:
                return None
    except (ValueError, RecursionError):  # NotCanonicalError and UnicodeDecodeError are ValueErrors
        return None
    return value if isinstance(value, dict) else None


def canonical_objects(written: Sequence[bytes]) -> list[dict[str, Any] | None]:
    """``canonical_object`` of each, for little more than half of what that takes one by one.

    All are held against the canonical form at once, as the items of one array: an object ends at its own brace, so
    none can make up for what another lacks. Where anything is unusual, each is looked at by itself.
    """
    found = _all_canonical(written)
    return [canonical_object(one) for one in written] if found is None else [*found]


def _all_canonical(written: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """The objects, if there is nothing about any of them; a part of NFC text is NFC, too (UAX #15)."""
    try:
        joined = b",".join(written)
        text = joined.decode()
        if _has_astral_key(joined, text) or not unicodedata.is_normalized("NFC", text):
            return None
        values: list[dict[str, Any]] = []
        for one in written:
            piece = one.decode()
            value, end = _DECODER.raw_decode(piece)
            if end != len(piece) or type(value) is not dict:
                return None
            values.append(value)
        return values if _ENCODER.encode(values) == f"[{text}]" else None
    except (ValueError, RecursionError):
        return None


def is_usual(written: bytes) -> bool:
    """Whether there is nothing about this UTF-8 that canonical JSON needs more than a look for: NFC, usual keys."""
    try:
        text = written.decode()
    except UnicodeDecodeError:
        return False
    return not _has_astral_key(written, text) and unicodedata.is_normalized("NFC", text)


def _has_astral_key(written: bytes, text: str) -> bool:
    return any(first in written for first in _ASTRAL_FIRST) and _ASTRAL_KEY.search(text) is not None


def _refuse(_: str) -> Any:
    raise ValueError("no floats")


def _whole(digits: str) -> int:
    value = int(digits)
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise ValueError("integer out of range")
    return value


# Made once: what ``json.loads`` and ``json.dumps`` make for each call costs as much as a small event.
_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def received(
    device: str,
    incarnation: int,
    branch: int,
    seq: int,
    body: bytes,
    salt: bytes | None,
    private: bytes | None,
    stamp: int | None,
) -> Incoming:
    """What came as whole bytes, checked: never raises, the problem is part of the answer."""

    def answer(event: Event | None, problem: str) -> Incoming:
        return Incoming(
            device,
            incarnation,
            branch,
            seq,
            body,
            salt,
            private,
            event if not problem else None,
            problem,
            stamp,
        )

    if len(body) + len(private or b"") > MAX_BYTES:
        return answer(None, TOO_LARGE)
    try:
        event = parse_received(body, private, 0)
    except (ValueError, RecursionError):
        return answer(None, MALFORMED)
    if not is_uuid(event.id) or not is_uuid(event.stream) or event.kind_version > MAX_KIND_VERSION:
        return answer(None, MALFORMED)
    if (event.device, event.incarnation, event.seq) != (device, incarnation, seq):
        return answer(None, WRONG_PLACE)
    return answer(replace(event, received_at=stamp), private_problem(event.private_hash, salt, private))


def private_problem(expected: str | None, salt: bytes | None, private: bytes | None) -> str:
    """Whether a private part is the one that the body names. One that has been erased may be absent."""
    if private is None:
        return "" if salt is None else PRIVATE_MISMATCH
    if expected is None or salt is None or len(salt) != SALT_BYTES:
        return PRIVATE_MISMATCH
    return "" if private_hash(salt, private) == expected else PRIVATE_MISMATCH
