"""Canonical objects: many at once are judged as each by itself, and both as the rule says."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import incoming
from domain.events.canonical import NotCanonicalError, canonical_bytes, parse_canonical
from domain.events.incoming import canonical_object, canonical_objects

PLAIN = [b'{"a":1}', '{"name":"北京","text":"𠮷\\":"}'.encode(), b'{"n":-9007199254740991}']
STRANGE = [
    b"", b" {}", b"{} ", b"[]", b"1", b'"a"', b"null", b"{", b"}", b'{"a":[1', b"2]}", b'{"b":1,"a":2}',
    b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":1e3}', b'{"a":-0}', b'{"a":9007199254740992}', b'{"a":NaN}',
    b'{"a": 1}', b'{"a":"\\u0041"}', b'{"a":"\\ud800"}', b'{"a":"\\/"}', b'{"a":"\xff"}', b'{"a":"\xe5',
    '{"a":"e\u0301"}'.encode(), '{"\ufb00":1,"𠮷":2}'.encode(), '{"𠮷":2,"\ufb00":1}'.encode(),
    b'{"a":' * 3000 + b"1" + b"}" * 3000, b"{},{}", b'{"a":"\x7f"}', b'{"a":"\x01"}',
]  # fmt: skip

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=6)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
written = st.dictionaries(st.text(max_size=4), values, max_size=4).flatmap(
    lambda value: st.sampled_from(
        [
            json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            json.dumps(value, separators=(",", ":")),
            unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False, sort_keys=True)),
        ]
    )
)


def by_the_rule(one: bytes) -> Any:
    try:
        found = parse_canonical(one)
    except NotCanonicalError:
        return None
    return found if isinstance(found, dict) else None


@settings(deadline=None, max_examples=120)
@given(
    st.lists(written.map(lambda one: one.encode("utf-8", "replace")) | st.sampled_from(STRANGE), max_size=5)
)
def test_many_are_judged_as_each_by_itself(many: list[bytes]) -> None:
    assert canonical_objects(many) == [by_the_rule(one) for one in many] == list(map(canonical_object, many))


@pytest.mark.parametrize("strange", STRANGE)
def test_one_that_is_strange_changes_nothing_of_its_neighbours(strange: bytes) -> None:
    assert canonical_objects([*PLAIN, strange, *PLAIN]) == [
        *map(json.loads, PLAIN), by_the_rule(strange), *map(json.loads, PLAIN)
    ]  # fmt: skip


def test_what_two_make_up_together_is_none() -> None:
    assert canonical_objects([b'{"a":[1', b"2]}", b"{}"]) == [None, None, {}]
    assert canonical_objects([b'{"a":1},{"b":2}', b"{}"]) == [None, {}]


@pytest.mark.parametrize(
    ("name", "instead", "shows"),
    [
        ("_has_astral_key", lambda *_: False, '{"\ufb00":1,"𠮷":2}'.encode()),
        ("_whole", int, b'{"a":9007199254740992}'),
        ("MAX_INTEGER", 2**60, b'{"a":9007199254740992}'),
    ],
)
def test_without_the_check_it_would_be_taken(
    name: str, instead: Any, shows: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert canonical_objects([shows]) == [None]
    monkeypatch.setattr(incoming, name, instead)
    if name == "_whole":
        monkeypatch.setattr(incoming, "_DECODER", json.JSONDecoder(parse_float=incoming._refuse))
    assert canonical_objects([shows]) != [None]


def test_many_ordinary_ones_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare characters in names are ordinary: one of them does not make a batch slow."""
    monkeypatch.setattr(incoming, "canonical_object", lambda _: pytest.fail("one by one"))
    assert canonical_objects(PLAIN) == [json.loads(one) for one in PLAIN]
    assert canonical_bytes(json.loads(PLAIN[1])) == PLAIN[1]
