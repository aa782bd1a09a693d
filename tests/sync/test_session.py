"""Coming in with a signed challenge, against a server that checks it as the real one does."""

import secrets
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import sync.session
from db.upstream_access import Access, NewUpstream, UpstreamAccess
from domain.errors import AppError
from services.station import Station
from sync.protocol import Wait, WaitAnswer
from sync.protocol_access import (
    Challenge,
    ChallengeAnswer,
    SessionAnswer,
    SessionRequest,
    session_bytes,
)
from sync.session import Session, open_transport, read_access
from sync.transport import Transport
from sync.transport_errors import Refused, WrongServer
from tests.fixed import DAY_MS, FixedClock
from tests.patience import PATIENCE_S
from tests.sync.small_server import Asked, SmallServer

SEED = bytes(range(32))
DEVICE = "ab" * 8
NEWS = WaitAnswer(news=True, now=0)
YEAR_MS = 365 * DAY_MS


class Gate:
    """The routes of coming in. Its clock is its own."""

    def __init__(self, server: SmallServer, clock: FixedClock) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
        self.clock = FixedClock(clock.at_ms)
        self.host = "127.0.0.1"
        self.nonces: set[bytes] = set()
        self.tokens: dict[str, int] = {}
        self.sessions = 0
        self.refuse: list[str] = []
        self.device = "centre"
        self.caller = DEVICE
        server.routes |= {
            "/v1/challenge": self.challenge,
            "/v1/session": self.session,
            "/v1/wait": self.wait,
        }

    def challenge(self, asked: Asked) -> None:
        asked.message(Challenge)
        nonce = secrets.token_bytes(24)
        self.nonces.add(nonce)
        asked.give(ChallengeAnswer(nonce=nonce, epoch="e", now=self.clock.at_ms, server=self.device))

    def session(self, asked: Asked) -> None:
        said = asked.message(SessionRequest)
        if self.refuse:
            code = self.refuse.pop()
            return asked.refuse(401 if code.startswith("access") else 403, code)
        if said.nonce not in self.nonces:
            return asked.refuse(401, "access.nonce")
        self.nonces.discard(said.nonce)
        try:
            # The server's own name, whatever the caller says.
            self.key.verify(said.signature, session_bytes(self.caller, said.nonce, said.epoch, self.host))
        except InvalidSignature:
            return asked.refuse(401, "access.signature")
        self.sessions += 1
        token = f"token-{self.sessions}"
        self.tokens[token] = self.clock.at_ms + 900_000
        asked.give(
            SessionAnswer(token=token, token_until=self.tokens[token], now=self.clock.at_ms, epoch="e")
        )
        return None

    def wait(self, asked: Asked) -> None:
        asked.take()
        token = asked.headers["authorization"].removeprefix("Bearer ")
        if self.clock.at_ms >= self.tokens.get(token, 0):
            return asked.refuse(401, "access.token")
        asked.give(NEWS)
        return None


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with SmallServer() as server:
        yield server


@pytest.fixture
def gate(server: SmallServer, clock: FixedClock) -> Gate:
    return Gate(server, clock)


def _access(server: SmallServer, **more: object) -> Access:
    values = {"token": "", "token_until": 0, "offset_ms": 0} | more
    return Access(url=server.url, pin=None, server="centre", **values)  # type: ignore[arg-type]


class Desk:
    """A device with its line and what it keeps of its token."""

    def __init__(self, server: SmallServer, clock: FixedClock, **access: object) -> None:
        self.kept: list[tuple[str, int]] = []
        sign = Ed25519PrivateKey.from_private_bytes(SEED).sign
        keep = lambda token, until: self.kept.append((token, until))  # noqa: E731
        self.session = Session(DEVICE, sign, _access(server, **access), clock, keep)
        self.line = Transport(
            server.url, pin=None, token_source=self.session, clock=clock, stall_s=PATIENCE_S
        )

    def asks(self) -> None:
        assert self.line.post("/v1/wait", Wait(), WaitAnswer) == NEWS


@pytest.fixture
def desk(server: SmallServer, gate: Gate, clock: FixedClock) -> Iterator[Desk]:
    desk = Desk(server, clock)
    yield desk
    desk.line.close()


def test_a_token_serves_until_it_is_over(desk: Desk, gate: Gate, clock: FixedClock) -> None:
    desk.asks()
    desk.asks()
    assert gate.sessions == 1
    assert desk.kept == [("token-1", gate.tokens["token-1"])]
    clock.move(ms=900_000)
    gate.clock.move(ms=900_000)
    requests = desk.line.traffic.requests
    desk.asks()
    assert gate.sessions == 2
    assert desk.line.traffic.requests == requests + 3  # challenge, session, question: no 401 on the way


@pytest.mark.parametrize("wrong_ms", [-YEAR_MS, YEAR_MS, -DAY_MS, 3_600_000])
def test_a_clock_that_is_wrong_by_a_year_changes_nothing(
    desk: Desk, gate: Gate, clock: FixedClock, wrong_ms: int
) -> None:
    clock.move(ms=wrong_ms)
    for _ in range(3):
        desk.asks()
    assert gate.sessions == 1


@pytest.mark.parametrize("leap_ms", [-YEAR_MS, YEAR_MS])
def test_a_clock_that_leaps_costs_one_session_at_most(
    desk: Desk, gate: Gate, clock: FixedClock, leap_ms: int
) -> None:
    desk.asks()
    clock.move(ms=leap_ms)
    gate.clock.move(ms=900_000)
    desk.asks()
    desk.asks()
    assert gate.sessions == 2


def test_a_kept_token_is_used_by_the_next_run(server: SmallServer, gate: Gate, clock: FixedClock) -> None:
    gate.tokens["kept"] = gate.clock.at_ms + 600_000
    desk = Desk(server, clock, token="kept", token_until=gate.tokens["kept"])
    desk.asks()
    assert gate.sessions == 0
    desk.line.close()


def test_a_hello_renews_it_without_another_session(desk: Desk, gate: Gate) -> None:
    desk.asks()
    gate.tokens = {"fresh": gate.clock.at_ms + 900_000}
    desk.session.renewed("fresh", gate.tokens["fresh"], gate.clock.at_ms)
    desk.session.renewed("", 0, 0)
    desk.asks()
    assert gate.sessions == 1
    assert desk.kept[-1] == ("fresh", gate.tokens["fresh"])


def test_a_challenge_that_took_too_long_is_asked_for_again(desk: Desk, gate: Gate) -> None:
    gate.refuse = ["access.nonce"]
    desk.asks()
    gate.tokens.clear()
    gate.refuse = ["access.nonce", "access.nonce"]
    with pytest.raises(Refused):
        desk.asks()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("device.revoked", "sync.revoked"),
        ("device.unknown", "sync.unknown_device"),
        ("access.signature", "sync.signature"),
    ],
)
def test_who_may_not_come_in_is_told_why(desk: Desk, gate: Gate, code: str, told: str) -> None:
    gate.refuse = [code]
    with pytest.raises(AppError) as caught:
        desk.asks()
    assert caught.value.code == told


def test_another_device_at_the_same_address_gets_no_signature(
    desk: Desk, gate: Gate, server: SmallServer
) -> None:
    gate.device = "somebody else"
    with pytest.raises(WrongServer):
        desk.asks()
    assert [asked.path for asked in server.seen] == ["/v1/challenge"]


def test_a_signature_is_good_for_one_host_only(desk: Desk, gate: Gate) -> None:
    """A look-alike passes challenge and signature on to the real server, which has another name."""
    gate.host = "centre.example"
    with pytest.raises(AppError) as caught:
        desk.asks()
    assert caught.value.code == "sync.signature"


def test_without_the_host_in_it_a_look_alike_gets_in(
    desk: Desk, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation that the test above catches."""

    def without_host(device: str, nonce: bytes, epoch: str, host: str) -> bytes:
        return whole(device, nonce, epoch, "")

    whole = session_bytes
    monkeypatch.setattr(sync.session, "session_bytes", without_host)
    monkeypatch.setattr(f"{__name__}.session_bytes", without_host)
    gate.host = "centre.example"
    desk.asks()


def test_a_station_comes_in_with_what_its_store_keeps(
    server: SmallServer, gate: Gate, station: Station, clock: FixedClock
) -> None:
    with pytest.raises(AppError, match="not_enrolled"):
        station.call(read_access)
    device, seed = station.call(lambda uow, *_: _joined(uow, server, clock))
    gate.key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    gate.caller = device
    line, _ = open_transport(station, clock)
    with line:
        assert line.post("/v1/wait", Wait(), WaitAnswer) == NEWS
    again, _ = open_transport(station, clock)
    with again:
        assert again.post("/v1/wait", Wait(), WaitAnswer) == NEWS
    assert gate.sessions == 1


def _joined(uow: object, server: SmallServer, clock: FixedClock) -> tuple[str, bytes]:
    node = uow.events.node  # type: ignore[attr-defined]
    new = NewUpstream(
        server.url, None, "hub", "centre", bytes(32), "e", "", 0, now=clock.at_ms, enrolled_at=clock.at_ms
    )
    UpstreamAccess(uow.connection).enrol(new)  # type: ignore[attr-defined]
    return node.device, uow.device_secrets.get(node.device)  # type: ignore[attr-defined]
