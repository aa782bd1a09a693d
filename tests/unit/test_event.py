"""The event: its bytes, its private part, its chain, its place in the order."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import event as events
from domain.events.canonical import NotCanonicalError, canonical_bytes
from domain.events.clock import pack
from domain.events.event import (
    Event,
    body_of,
    genesis,
    next_hash,
    parse_received,
    private_hash,
    read_body,
)
from domain.events.ids import is_uuid, uuid7

EVENT = Event(
    id="01890a5d-ac96-774b-bcce-b302099a8057",
    stream="01890a5d-ac96-774b-bcce-b302099a8057",
    kind="case_accepted",
    kind_version=1,
    device="d1",
    incarnation=1,
    seq=1,
    hlc=pack(1_700_000_000_000, 3),
    actor="clerk",
    site="demo",
    payload={"number": "QJ261122AB0017K"},
)


def test_bytes_of_an_event() -> None:
    assert body_of(EVENT) == (
        b'{"actor":"clerk","device":"d1","hlc":[1700000000000,3],"id":"01890a5d-ac96-774b-bcce-b302099a8057",'
        b'"inc":1,"kind":"case_accepted","payload":{"number":"QJ261122AB0017K"},"seq":1,"site":"demo","v":1}'
    )


def test_read_again_with_its_stream_and_private_part() -> None:
    private = {"text": "想办营业执照", "contact": {"phone": "13800000000"}}
    salt, content = b"12345678", canonical_bytes(private)
    one = replace(EVENT, id="x", private_hash=private_hash(salt, content), private=private, received_at=5)
    assert read_body(body_of(one), content, 5) == one
    assert parse_received(body_of(one), content, 5) == one
    assert "想办".encode() not in body_of(one)
    assert b"13800000000" not in body_of(one)


def test_the_salt_hides_what_could_be_guessed() -> None:
    content = canonical_bytes({"phone": "13800000000"})
    assert private_hash(b"a" * 8, content) != private_hash(b"b" * 8, content)


def test_each_link_depends_on_all_before() -> None:
    start = genesis("d1", 1)
    assert start != genesis("d1", 2)
    assert start != genesis("d2", 1)
    first = next_hash(start, body_of(EVENT))
    changed = next_hash(start, body_of(replace(EVENT, payload={"number": "other"})))
    assert next_hash(first, b"{}") != next_hash(changed, b"{}")


def test_erased_and_never_there_are_told_apart() -> None:
    assert not EVENT.erased
    assert replace(EVENT, private_hash="x").erased
    assert not replace(EVENT, private_hash="x", private={}).erased


def test_fold_key_orders_by_reading_then_device_then_place() -> None:
    early, late = replace(EVENT, hlc=pack(5, 0), seq=9), replace(EVENT, hlc=pack(6, 0), seq=2)
    assert early.fold_key < late.fold_key
    assert replace(early, device="a").fold_key < replace(early, device="b").fold_key
    assert replace(early, incarnation=1).fold_key < replace(early, incarnation=2, seq=1).fold_key


_GOOD = json.loads(body_of(EVENT))


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": []},
        {"payload": None},
        {"id": 5},
        {"hlc": 5},
        {"hlc": [1]},
        {"hlc": ["a", 1]},
        {"hlc": [2**50, 0]},
        {"hlc": [1, 2**16]},
        {"seq": -1},
        {"seq": True},
        {"v": "1"},
        {"stream": None},
        {"private": 7},
    ],
)
def test_malformed_from_outside(changes: dict[str, object]) -> None:
    with pytest.raises(NotCanonicalError):
        parse_received(canonical_bytes({**_GOOD, **changes}), None, 0)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{}", b"5"])
def test_no_event_at_all(body: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse_received(body, None, 0)


def test_private_part_that_is_no_object() -> None:
    with pytest.raises(NotCanonicalError):
        parse_received(body_of(EVENT), b"[1]", 0)


def test_without_the_check_a_malformed_one_would_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_is_body", lambda value: True)
    with pytest.raises(KeyError):
        parse_received(b"{}", None, 0)


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
@settings(deadline=None, max_examples=100)
def test_uuid7(now_ms: int, random: bytes) -> None:
    text = uuid7(now_ms, random)
    assert is_uuid(text)
    assert text[14] == "7"
    assert text[19] in "89ab"
    assert int(text.replace("-", "")[:12], 16) == now_ms


def test_uuid7_vector() -> None:
    """RFC 9562, appendix A.6."""
    random = bytes.fromhex("0cc318c4dc0c0c07398f")
    assert uuid7(0x017F22E279B0, random) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize("text", ["", "x", "01890A5D-AC96-774B-BCCE-B302099A8057", "{01890a5d}", "１" * 36])
def test_no_uuid(text: str) -> None:
    assert not is_uuid(text)


def test_uuid7_takes_ten_bytes() -> None:
    with pytest.raises(ValueError, match="10"):
        uuid7(0, b"short")


GOLDEN = Path(__file__).parents[1] / "data" / "events"


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_golden_chain(file: Path) -> None:
    """What a shipped version wrote down hashes the same for ever."""
    kept = json.loads(file.read_text("utf-8"))
    body = kept["body"].encode()
    assert next_hash(bytes.fromhex(kept["prev"]), body).hex() == kept["hash"]
    private = None if kept["private"] is None else kept["private"].encode()
    one = read_body(body, private)
    assert body_of(one) == body
    if private is not None:
        assert one.private_hash == private_hash(bytes.fromhex(kept["salt"]), private)
        assert canonical_bytes(one.private) == private
