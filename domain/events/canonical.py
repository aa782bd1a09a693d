"""Canonical bytes of an event (RFC 8785 rules, narrowed to what events may hold).

No floats: money is fen, durations are seconds. Text is NFC. Integers stay within ±(2**53 - 1), so that every JSON
reader keeps them whole.
"""

import json
import unicodedata
from typing import Any

MAX_INTEGER = 2**53 - 1


class NotCanonicalError(ValueError):
    """The value cannot be written down as an event."""


def canonical_bytes(value: Any) -> bytes:
    """Write ``value`` (dicts, lists, text, integers, booleans, None) as canonical UTF-8 JSON.

    Raises ``NotCanonicalError`` for floats, integers out of range, keys that are no text, lone surrogates and what is
    nested too deep.
    """
    try:
        text = json.dumps(_narrow(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8")
    except RecursionError as error:
        raise NotCanonicalError("nested too deep") from error
    except UnicodeEncodeError as error:
        raise NotCanonicalError("text with a lone surrogate") from error


def parse_canonical(body: bytes) -> Any:
    """Read what ``canonical_bytes`` wrote; raises ``NotCanonicalError`` when ``body`` is not canonical."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError("not JSON") from error
    if canonical_bytes(value) != body:
        raise NotCanonicalError("not in canonical form")
    return value


def _narrow(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalError("integer out of range")
        return int(value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, dict):
        return _narrow_object(value)
    if isinstance(value, list | tuple):
        return [_narrow(item) for item in value]
    raise NotCanonicalError(f"{type(value).__name__} has no place in an event")


def _narrow_object(value: dict[Any, Any]) -> dict[str, Any]:
    narrowed: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonicalError("a key that is no text")
        name = unicodedata.normalize("NFC", key)
        if name in narrowed:
            raise NotCanonicalError("two keys are the same after NFC")
        narrowed[name] = _narrow(item)
    # RFC 8785 sorts by UTF-16 code units, which differs from Python's order beyond the basic plane.
    return dict(sorted(narrowed.items(), key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass")))
