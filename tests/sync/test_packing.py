"""Columns give every body back to its very bytes; what they cannot hold goes whole."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sync.packing
from domain.events.clock import pack as pack_hlc
from domain.events.event import Event, body_of, private_hash
from domain.events.ids import uuid7
from domain.events.incoming import MALFORMED, received
from sync.packing import Stored, pack
from sync.unpacking import PackingError, Place, unpack

DEVICE, SALT = "00112233445566aa", b"\1" * 8
ONE = uuid7(1_794_967_200_000, bytes(10))
TWO = uuid7(1_794_967_200_001, bytes(10))


def stored(seq: int = 1, private: bytes | None = None, **changes: Any) -> Stored:
    fields = {
        "id": ONE, "stream": ONE, "kind": "case_accepted", "kind_version": 1, "device": DEVICE,
        "incarnation": 1, "seq": seq, "hlc": pack_hlc(1_794_967_200_000, 3), "actor": f"device:{DEVICE}",
        "site": "hz", "payload": {"number": "HZ-1", "text": '},"seq":9,"site":"x","v":1}'},
        "private_hash": private_hash(SALT, private) if private is not None else None,
    }  # fmt: skip
    body = body_of(Event(**fields | changes))
    return Stored(DEVICE, 1, seq, body, SALT if private is not None else None, private)


def again(events: Sequence[Stored]) -> list[tuple[bytes, bytes | None, bytes | None]]:
    places = [Place(one.device, one.incarnation, 0, one.seq) for one in events]
    return [(one.body, one.salt, one.private) for one in unpack(pack(events), places)]


def given_back(events: Sequence[Stored]) -> bool:
    return again(events) == [(one.body, one.salt, one.private) for one in events]


names = st.text(max_size=5)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "actor": names,
                "site": names,
                "kind": names,
                "kind_version": st.integers(0, 10**10),
                "hlc": st.builds(pack_hlc, st.integers(0, 2**47), st.integers(0, 2**16 - 1)),
                "payload": st.dictionaries(names, names | st.integers(-5, 5) | st.lists(names, max_size=2)),
                "stream": st.sampled_from([ONE, TWO]),
                "private": st.none() | st.sampled_from([b"{}", b'{"a":"b"}', b"no json", b""]),
            }
        ),
        max_size=4,
    )
)
def test_every_body_comes_back(made: list[dict[str, Any]]) -> None:
    events = [stored(seq, **one) for seq, one in enumerate(made, 1)]
    assert given_back(events)
    for one, found in zip(events, unpack(pack(events), _places(events)), strict=True):
        alone = received(DEVICE, 1, 0, one.seq, one.body, one.salt, one.private, None)
        assert (found.event, found.problem) == (alone.event, alone.problem)


def _places(events: Sequence[Stored]) -> list[Place]:
    return [Place(one.device, one.incarnation, 0, one.seq) for one in events]


def whole(one: Stored, body: bytes) -> Stored:
    return Stored(one.device, one.incarnation, one.seq, body, one.salt, one.private)


STRANGE = {
    "a space": lambda body: b" " + body,
    "a time that no column takes": lambda body: body.replace(b"1794967200000,3", b"999999999999999,3"),
    "a counter that no column takes": lambda body: body.replace(b"1794967200000,3", b"1794967200000,65536"),
    "a leading zero": lambda body: body.replace(b"1794967200000,3", b"01794967200000,3"),
    "its own stream, named": lambda body: body.replace(b',"v":1}', f',"stream":"{ONE}","v":1}}'.encode()),
    "another device": lambda body: body.replace(DEVICE.encode(), b"ff112233445566aa"),
    "another seq": lambda body: body.replace(b'"seq":1', b'"seq":2'),
    "an escape": lambda body: body.replace(b'"site":"hz"', b'"site":"h\\u007a"'),
    "an id in capitals": lambda body: body.replace(ONE.encode(), ONE.upper().encode()),
    "a version that no column takes": lambda body: body.replace(b'"v":1}', b'"v":1000000000}'),
    "no text": lambda body: body.replace(b"HZ-1", b"\xff\xfe"),
    "something behind": lambda body: body + b"x",
    "nothing": lambda body: b"",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_columns_cannot_hold_goes_whole(name: str) -> None:
    strange = whole(stored(), STRANGE[name](stored().body))
    assert strange.body != stored().body
    events = [strange, stored(2, id=TWO, stream=TWO)]
    assert [index for index, *_ in pack(events).raw] == [0]
    assert given_back(events)


def test_a_private_part_that_is_gone_or_another_goes_whole() -> None:
    with_part = stored(private=b'{"a":1}')
    for private, salt in ((None, None), (b'{"a":2}', SALT), (b'{"a":1}', b"\1" * 7)):
        assert len(pack([Stored(DEVICE, 1, 1, with_part.body, salt, private)]).raw) == 1


def test_a_payload_that_is_not_canonical_is_refused_by_itself() -> None:
    strange = whole(stored(), stored().body.replace(b'"number"', b' "number"'))
    events = [strange, stored(2, id=TWO, stream=TWO)]
    assert given_back(events)
    assert [one.problem for one in unpack(pack(events), _places(events))] == [MALFORMED, ""]


def test_without_the_look_at_times_the_whole_batch_would_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = whole(stored(), STRANGE["a time that no column takes"](stored().body))
    monkeypatch.setattr(sync.packing, "MAX_TIME", 2**60)
    with pytest.raises(PackingError):
        unpack(pack([strange]), _places([strange]))
