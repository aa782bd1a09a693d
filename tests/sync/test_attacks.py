"""What somebody between a node and the one above it may try: another server, bombs, tokens that go astray."""

from collections.abc import Iterator

import cbor2
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from db.upstream_access import Access
from sync.address import OVERRIDE
from sync.cbor_shape import MAX_ITEMS, fits
from sync.frames import FrameError, decode, open_frame
from sync.protocol import Push, Wait, WaitAnswer
from sync.protocol_access import Challenge, ChallengeAnswer, SessionAnswer, SessionRequest
from sync.session import Session
from sync.transport import Transport
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.sync.small_server import Asked, SmallServer

_FLAT = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.binary(max_size=300)
_VALUES = st.recursive(
    _FLAT, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner), max_leaves=30
)


@settings(deadline=None, max_examples=80)
@given(_VALUES)
def test_what_messages_are_made_of_fits(value: object) -> None:
    assert fits(cbor2.dumps(value))


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_refused(data: bytes) -> None:
    for form in (b"\0", b"\1", b"\2", b""):
        try:
            decode(form + data, Push)
        except FrameError:
            continue


@pytest.mark.parametrize(
    "plain",
    [
        b"\xc4\x82\x1a\x05\xf5\xe1\x00\x03",
        b"\xc5\x82\x1b" + b"\x7f" * 8 + b"\x03",
        b"\xc2\x5a\x00\x0f\x42\x40" + bytes(1_000_000),
        cbor2.dumps(cbor2.CBORTag(35, "(a{1,60000}){1,60000}")),
        bytes.fromhex("d81c81d81d00"),
        b"\x9f\xff",
        b"\x7f\x61a\xff",
        b"\x81" * 1_000_000,
        b"\xa1\x00" * 500_000,
        b"\x9b" + b"\x7f" * 8,
        b"\xbb" + b"\x7f" * 8,
        b"\x9a" + (MAX_ITEMS + 1).to_bytes(4, "big") + b"\xa0" * (MAX_ITEMS + 1),
        b"\x40" * 1_000_000,
    ],
)
def test_small_messages_that_would_become_large(plain: bytes) -> None:
    assert not fits(plain)
    with pytest.raises(FrameError):
        open_frame(b"\1" + zstandard.ZstdCompressor().compress(plain))


def test_a_bomb_is_left_where_it_becomes_too_large() -> None:
    frame = b"\1" + zstandard.ZstdCompressor().compress(bytes(40 << 20))
    with pytest.raises(FrameError, match="too large"):
        open_frame(frame)


class Door:
    """A server that lets everybody in, and remembers the tokens that were shown to it."""

    def __init__(self, server: SmallServer, clock: FixedClock, name: str) -> None:
        self.shown: list[str] = []
        self.name, self.clock = name, clock
        server.routes["/v1/challenge"] = self.challenge
        server.routes["/v1/session"] = self.session
        server.routes["/v1/wait"] = self.wait

    def challenge(self, asked: Asked) -> None:
        asked.message(Challenge)
        asked.give(ChallengeAnswer(nonce=bytes(16), epoch="e", now=self.clock.at_ms, server="centre"))

    def session(self, asked: Asked) -> None:
        asked.message(SessionRequest)
        until = self.clock.at_ms + 900_000
        asked.give(SessionAnswer(token=f"of-{self.name}", token_until=until, now=self.clock.at_ms, epoch="e"))

    def wait(self, asked: Asked) -> None:
        asked.take()
        self.shown.append(asked.headers["authorization"].removeprefix("Bearer "))
        asked.give(WaitAnswer(news=True, now=0))


@pytest.fixture
def two() -> Iterator[tuple[SmallServer, SmallServer]]:
    with SmallServer() as ours, SmallServer() as theirs:
        yield ours, theirs


def test_a_kept_token_does_not_go_wherever_the_override_leads(
    two: tuple[SmallServer, SmallServer], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (Door(server, clock, name) for server, name in zip(two, ("ours", "theirs"), strict=True))
    kept: list[str] = []
    access = Access(two[0].url, None, "centre", "of-ours", clock.at_ms + 900_000, 0)
    sign = Ed25519PrivateKey.generate().sign
    session = Session("d" * 16, sign, access, clock, lambda token, _: kept.append(token))

    def ask() -> None:
        with Transport(two[0].url, pin=None, token_source=session, clock=clock, stall_s=PATIENCE_S) as line:
            line.post("/v1/wait", Wait(), WaitAnswer)

    ask()
    monkeypatch.setenv(OVERRIDE, two[1].url)
    ask()
    assert (ours.shown, theirs.shown, kept) == (["of-ours"], ["of-theirs"], [])
    monkeypatch.delenv(OVERRIDE)
    ask()
    assert (ours.shown, kept) == (["of-ours", "of-ours"], ["of-ours"])
