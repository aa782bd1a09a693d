"""Events that come from elsewhere: their outside is checked here, whether they may be is judged by who takes them."""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from domain.events.canonical import parse_canonical
from domain.events.event import SALT_BYTES, Event, parse_received, private_hash
from domain.events.ids import is_uuid

MALFORMED = "malformed"
TOO_LARGE = "too_large"
PRIVATE_MISMATCH = "private_mismatch"
WRONG_PLACE = "wrong_place"
MAX_BYTES = 1 << 20
MAX_KIND_VERSION = 999_999_999
"""What columns on the line and in tables hold."""

# Numbers that might be too large, and characters beyond the basic plane: Python sorts keys with them otherwise than
# RFC 8785 does.
_UNUSUAL = re.compile("[0-9]{16}|[\U00010000-\U0010ffff]")


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
        if _UNUSUAL.search(text) or not unicodedata.is_normalized("NFC", text):
            value = parse_canonical(written)
        else:
            value = _DECODER.decode(text)
            if _ENCODER.encode(value) != text:
                return None
    except (ValueError, RecursionError):  # NotCanonicalError and UnicodeDecodeError are ValueErrors
        return None
    return value if isinstance(value, dict) else None


def _refuse(_: str) -> Any:
    raise ValueError("no floats")


# Made once: what ``json.loads`` and ``json.dumps`` make for each call costs as much as a small event.
_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
