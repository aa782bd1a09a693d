"""CBOR (RFC 8949) behind a gate: the bytes are walked and judged before any of them is decoded.

``SIGNED`` is the deterministic encoding of RFC 8949 section 4.2.1: shortest integers and lengths, keys in bytewise
order, nothing indefinite, no floats, no tags. ``FOREIGN`` takes what other issuers write (any length form, floats,
indefinite lengths, date tags) and still refuses duplicate keys, deep nesting and trailing bytes.
"""

from dataclasses import dataclass
from typing import Any

import cbor2

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _OTHER = range(8)
_INDEFINITE = 31
_SMALLEST = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
_BREAK = 0xFF
MAX_DEPTH = 8

Key = tuple[int, int | bytes]


class CborError(ValueError):
    """The bytes are not CBOR that we take; the text names the rule."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may stand in the bytes. ``tags`` are allowed anywhere; whoever reads the value checks the place."""

    deterministic: bool
    tags: frozenset[int] = frozenset()
    max_bytes: int = 3072
    max_depth: int = MAX_DEPTH


def decode(data: bytes, rules: Rules) -> Any:
    """The value in ``data``; raises ``CborError``. Byte strings inside are not looked into."""
    check(data, rules)
    try:
        return cbor2.loads(data)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, ArithmeticError, RecursionError) as error:
        raise CborError("content") from error


def encode(value: Any) -> bytes:
    """Deterministic bytes of ``value`` (dict, list, text, bytes, integers, booleans, None)."""
    return bytes(cbor2.dumps(_in_order(value)))


def check(data: bytes, rules: Rules) -> None:
    """Walk ``data`` and raise ``CborError`` at the first thing that ``rules`` forbid."""
    if len(data) > rules.max_bytes:
        raise CborError("size")
    walk = _Walk(data, rules)
    walk.item(1)
    if walk.at != len(data):
        raise CborError("trailing bytes")


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: bytes(cbor2.dumps(pair[0])))
        return {key: _in_order(item) for key, item in pairs}
    if isinstance(value, list | tuple):
        return [_in_order(item) for item in value]
    return value


class _Walk:
    """A position in the bytes, moved item by item; nothing is built."""

    __slots__ = ("at", "data", "rules")

    def __init__(self, data: bytes, rules: Rules) -> None:
        self.data = data
        self.rules = rules
        self.at = 0

    def item(self, depth: int) -> None:
        """Pass one item with all it holds."""
        if depth > self.rules.max_depth:
            raise CborError("depth")
        major, argument = self._head()
        if major in (_BYTES, _TEXT):
            self._string(major, argument)
        elif major == _ARRAY:
            self._array(argument, depth)
        elif major == _MAP:
            self._map(argument, depth)
        elif major == _TAG:
            if argument not in self.rules.tags:
                raise CborError("tag")
            self.item(depth + 1)

    def _head(self) -> tuple[int, int | None]:
        """Major type and argument; none for an indefinite length."""
        initial = self._take(1)[0]
        major, info = initial >> 5, initial & 31
        if major == _OTHER:
            return major, self._simple(info)
        if info < 24:
            return major, info
        if info == _INDEFINITE and _BYTES <= major <= _MAP:
            if self.rules.deterministic:
                raise CborError("indefinite length")
            return major, None
        if info not in _SMALLEST:
            raise CborError("reserved")
        argument = int.from_bytes(self._take(1 << (info - 24)), "big")
        if self.rules.deterministic and argument < _SMALLEST[info]:
            raise CborError("not the shortest form")
        return major, argument

    def _simple(self, info: int) -> int:
        if info in (20, 21, 22):
            return info
        if not self.rules.deterministic and info in (23, 25, 26, 27):
            self._take({23: 0, 25: 2, 26: 4, 27: 8}[info])
            return info
        raise CborError("float or simple value")

    def _string(self, major: int, length: int | None) -> bytes:
        if length is None:
            return self._chunks(major)
        taken = self._take(length)
        if major == _TEXT:
            try:
                taken.decode("utf-8")
            except UnicodeDecodeError as error:
                raise CborError("text is not UTF-8") from error
        return taken

    def _chunks(self, major: int) -> bytes:
        joined = b""
        while not self._at_break():
            inner, length = self._head()
            if inner != major or length is None:
                raise CborError("chunk")
            joined += self._string(major, length)
        return joined

    def _array(self, count: int | None, depth: int) -> None:
        passed = 0
        while not self._at_break() if count is None else passed < count:
            self.item(depth + 1)
            passed += 1

    def _map(self, count: int | None, depth: int) -> None:
        seen: set[Key] = set()
        before = b""
        while not self._at_break() if count is None else len(seen) < count:
            start = self.at
            key = self._key()
            written = self.data[start : self.at]
            if key in seen:
                raise CborError("duplicate key")
            if self.rules.deterministic and written < before:
                raise CborError("order of keys")
            seen.add(key)
            before = written
            self.item(depth + 1)

    def _key(self) -> Key:
        """Keys are integers or text, as in COSE and CWT; two spellings of one key are one key."""
        major, argument = self._head()
        if major in (_UNSIGNED, _NEGATIVE) and argument is not None:
            return major, argument
        if major == _TEXT:
            return major, self._string(major, argument)
        raise CborError("kind of key")

    def _at_break(self) -> bool:
        if self.at < len(self.data) and self.data[self.at] == _BREAK:
            self.at += 1
            return True
        return False

    def _take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise CborError("cut short")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken
