"""Canonical bytes: vectors of RFC 8785 as far as events may use them, and what is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import canonical
from domain.events.canonical import MAX_INTEGER, NotCanonicalError, canonical_bytes, parse_canonical

_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | _INTEGERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_keys_sort_by_utf_16_code_units() -> None:
    """RFC 8785 §3.2.3: the example, whose order differs from that of code points."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    # NFC takes U+FB33 apart, so the order is asserted on the sorting alone.
    written = json.loads(canonical_bytes({key: name for key, name in value.items() if key != "\ufb33"}))
    assert list(written.values()) == order[:-1]


def test_order_beyond_the_basic_plane() -> None:
    assert canonical_bytes({"\uff01": 1, "\U00020bb7": 2}) == '{"\U00020bb7":2,"\uff01":1}'.encode()


def test_a_sort_by_code_points_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "sorted", lambda pairs, key: sorted(pairs), raising=False)
    assert canonical_bytes({"\uff01": 1, "\U00020bb7": 2}) != '{"\U00020bb7":2,"\uff01":1}'.encode()


def test_texts_are_escaped_as_the_rfc_says() -> None:
    """RFC 8785 §3.2.2.2: short escapes, lower-case hexadecimal for other controls, all else as it is."""
    assert (
        canonical_bytes('\u20ac$\u000f\nA\'B"\\\\"/\x7f')
        == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'.encode()
    )
    assert canonical_bytes("\b\t\f\r") == b'"\\b\\t\\f\\r"'


def test_literals_and_space() -> None:
    assert canonical_bytes({"b": [None, True, False], "a": -1}) == b'{"a":-1,"b":[null,true,false]}'


def test_texts_are_nfc() -> None:
    assert canonical_bytes("e\u0301") == '"\u00e9"'.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        {1: "a"},
        {"\u00e9": 1, "e\u0301": 2},
        "\ud800",
        b"bytes",
        {"deep": object()},
    ],
)
def test_what_has_no_place_in_an_event(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"9007199254740992",
        '"e\u0301"'.encode(),
        b'"\\u0061"',
        b'"\\ud800"',
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_bytes_that_are_not_canonical(body: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse_canonical(body)


def test_nested_too_deep_is_refused_not_a_crash() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonicalError):
        canonical_bytes(deep)


@given(VALUES)
@settings(deadline=None, max_examples=150)
def test_written_and_read_again(value: object) -> None:
    body = canonical_bytes(value)
    assert canonical_bytes(parse_canonical(body)) == body
