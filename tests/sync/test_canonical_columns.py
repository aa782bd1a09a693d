"""Columns of JSON: what is told fast is told as ``domain`` tells it."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.incoming import canonical_object
from sync import canonical_columns
from sync.canonical_columns import canonical_objects

PLAIN = [b'{"a":1}', '{"name":"北京","text":"𠮷\\": 3.5 1e9"}'.encode(), b'{"n":-9007199254740991}', b"{}"]
STRANGE = [
    b"", b" {}", b"{} ", b"[]", b"1", b'"a"', b"null", b"{", b"}", b'{"a":[1', b"2]}", b"{},{}", b'{"b":1,"a":2}',
    b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":[1,-0.5]}', b'{"a":{"b":1.0}}', b'{"a":1e16}', b'{"a":-1e-7}',
    b'{"a":5e-324}', b'{"a":1e+16}',
    b'{"a":1E3}', b'{"a":-0}', b'{"a":-0.0}', b'{"a":9007199254740992}', b'{"a":18446744073709551616}', b'{"a":NaN}',
    b'{"a": 1}', b'{"a":"\\u0041"}', b'{"a":"\\ud800"}', b'{"a":"\\/"}', b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}',
    '{"a":"e\u0301"}'.encode(), '{"\ufb00":1,"𠮷":2}'.encode(), '{"𠮷":2,"\ufb00":1}'.encode(), b"\xef\xbb\xbf{}",
    b'{"a":' * 300 + b"{}" + b"}" * 300, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a":"\x01"}', b'{"a":",2.5"}',
]  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**66), 2**66)
    | st.floats(allow_nan=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
written = st.dictionaries(st.text(max_size=4), values, max_size=4).map(
    lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
)


@settings(deadline=None, max_examples=200)
@given(st.lists(written | st.sampled_from(STRANGE), max_size=4))
def test_each_is_judged_as_by_itself(many: list[bytes]) -> None:
    assert canonical_objects(many) == [canonical_object(one) for one in many]


@pytest.mark.parametrize("strange", STRANGE)
def test_one_that_is_strange_changes_nothing_of_its_neighbours(strange: bytes) -> None:
    expected = [canonical_object(one) for one in (*PLAIN, strange, *PLAIN)]
    assert canonical_objects([*PLAIN, strange, *PLAIN]) == expected
    assert expected[: len(PLAIN)] == [json.loads(one) for one in PLAIN]


def test_every_character_is_written_alike() -> None:
    """As itself, escaped in short and at length: what one of them takes the other takes."""
    for code in (*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFE00, sys.maxunicode + 1, 0xFD)):
        char = chr(code)
        forms = [
            f'{{"a":"{char}"}}',
            f'{{"a":"\\{char}"}}',
            f'{{"a":"\\u{code & 0xFFFF:04x}"}}',
            f'{{"{char}":1}}',
        ]
        many = [form.encode("utf-8", "surrogatepass") for form in forms]
        for one in many:
            assert canonical_objects([one]) == [canonical_object(one)], one


@pytest.mark.parametrize(
    ("name", "instead", "shows"),
    [
        ("_FLOAT", canonical_columns.re.compile(rb"$^"), b'{"a":1.5}'),
        ("_EXPONENT", canonical_columns.re.compile(rb"$^"), b'{"a":1e+16}'),
        ("_CANONICAL", canonical_columns.orjson.OPT_SORT_KEYS, b'{"a":9007199254740992}'),
        ("_CANONICAL", canonical_columns.orjson.OPT_STRICT_INTEGER, b'{"b":1,"a":2}'),
        ("is_usual", lambda _: True, '{"a":"e\u0301"}'.encode()),
        ("is_usual", lambda _: True, '{"\ufb00":1,"𠮷":2}'.encode()),
    ],
)
def test_without_the_check_it_would_be_taken(
    name: str, instead: Any, shows: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert canonical_objects([shows]) == [None]
    monkeypatch.setattr(canonical_columns, name, instead)
    assert canonical_objects([shows]) != [None]


def test_what_is_usual_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical_columns, "canonical_object", lambda _: pytest.fail("the slow way"))
    assert canonical_objects(PLAIN) == [json.loads(one) for one in PLAIN]
