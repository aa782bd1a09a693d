"""The line against a real server on loopback, plain and with TLS, and against a line that is slow, silent or cut."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import h11
import pytest

import sync.line
import sync.transport
from domain.errors import AppError
from sync.address import Address
from sync.line import Line
from sync.protocol import Hashes, HashesAnswer, Hello, HelloAnswer, Wait, WaitAnswer
from sync.transport import Transport
from sync.transport_errors import (
    CancelledError,
    LinkDown,
    Refused,
    Stalled,
    TooNew,
    TooOld,
    TransportError,
    WrongServer,
)
from tests.faults.nobody import nobody_at
from tests.faults.proxy import Faults, FaultyProxy
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S
from tests.sync.small_server import Asked, SmallServer, self_signed

WAIT = Wait(s=1)
NEWS = WaitAnswer(news=True, now=7)


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with SmallServer() as server:
        server.routes["/v1/wait"] = _tell_news
        yield server


def _tell_news(asked: Asked) -> None:
    asked.take()
    asked.give(NEWS)


def _line_to(url: str, clock: FixedClock, *, pin: bytes | None = None, **more: object) -> Transport:
    return Transport(url, pin=pin, token_source=None, clock=clock, **{"stall_s": PATIENCE_S, **more})  # type: ignore[arg-type]


@pytest.fixture
def line(server: SmallServer, clock: FixedClock) -> Iterator[Transport]:
    with _line_to(server.url, clock) as line:
        yield line


def test_a_message_goes_up_and_an_answer_comes_down(server: SmallServer, line: Transport) -> None:
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    assert server.connections == 1
    assert line.traffic.connections == 1
    assert line.traffic.requests == 2


def test_a_hello_without_news_is_under_a_kilobyte(server: SmallServer, line: Transport) -> None:
    head = bytes(range(32))
    hello = Hello(
        now=1_800_000_000_000,
        epoch="0199" * 8,
        chains=({"device": "ab" * 8, "inc": 1, "seq": 40_000, "head": head},),  # type: ignore[arg-type]
        scopes=({"scope": "hn", "pos": 70_000, "digest": head},),  # type: ignore[arg-type]
        documents=head,
        program="1.0.0",
    )
    answer = HelloAnswer(version=1, epoch="0199" * 8, now=1, site="hn", documents=head)

    def greet(asked: Asked) -> None:
        asked.take()
        asked.give(answer, Date="Wed, 18 Nov 2026 02:00:00 GMT", Content_Type="application/x-qifu-frame")

    server.routes["/v1/hello"] = greet
    tokens = _Tokens("t" * 100)
    with Transport(server.url, pin=None, token_source=tokens, clock=line.clock) as line:
        assert line.post("/v1/hello", hello, HelloAnswer) == answer
        assert line.traffic.requests == 1
        assert line.traffic.bytes_up + line.traffic.bytes_down <= 1024


class _Tokens:
    def __init__(self, *tokens: str) -> None:
        self.left = list(tokens)
        self.forgotten: list[str] = []

    def token(self, transport: Transport) -> str:
        return self.left[0]

    def forget(self, token: str) -> None:
        self.forgotten.append(self.left.pop(0))


def test_what_is_there_is_fetched_from_where_it_broke_off(server: SmallServer, line: Transport) -> None:
    content = bytes(range(256)) * 1000

    def file(asked: Asked) -> None:
        offset = int(asked.path.partition("from=")[2] or 0)
        asked.give(content[offset:], ETag="abc")

    server.routes["/v1/files/x"] = file
    assert b"".join(line.get("/v1/files/x")) == content
    assert b"".join(line.get("/v1/files/x", 255_000)) == content[255_000:]
    assert line.head("/v1/files/x") == {"etag": "abc", "content-length": str(len(content))}
    assert server.connections == 1


def test_a_download_that_is_left_disturbs_nothing(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/files/x"] = lambda asked: asked.give(bytes(1 << 20))
    left = line.get("/v1/files/x")
    assert next(left)
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    left.close()
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    assert server.connections == 2


def test_a_piece_is_put_where_it_belongs(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/files/x"] = lambda asked: (asked.take(), asked.give(HashesAnswer(hashes=())))  # type: ignore[assignment]
    assert line.put("/v1/files/x", 700, b"abc", HashesAnswer).hashes == ()
    assert server.seen[0].path == "/v1/files/x?from=700"
    assert server.seen[0].body == b"abc"


def test_what_is_not_there_is_none(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/files/x"] = lambda asked: asked.refuse(404, "files.unknown")
    assert line.head("/v1/files/x") is None
    with pytest.raises(Refused, match=r"files\.unknown"):
        line.get("/v1/files/x")
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    assert server.connections == 1


def test_a_refusal_says_why_and_when_to_come_again(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: (asked.take(), asked.refuse(429, "busy", retry_s=7))  # type: ignore[assignment]
    with pytest.raises(Refused) as caught:
        line.post("/v1/wait", WAIT, WaitAnswer)
    assert (caught.value.refusal, caught.value.status, caught.value.retry_s) == ("busy", 429, 7)
    assert caught.value.for_people().code == "sync.busy"


def test_a_proxy_that_answers_for_the_server_is_a_refusal(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.give(b"<html>", 502, Retry_After="9")
    with pytest.raises(Refused) as caught:
        line.post("/v1/wait", WAIT, WaitAnswer)
    assert (caught.value.refusal, caught.value.retry_s) == ("http.502", 9)


@pytest.mark.parametrize(("code", "error"), [("version.too_new", TooNew), ("version.too_old", TooOld)])
def test_versions_too_far_apart(
    server: SmallServer, line: Transport, code: str, error: type[TransportError]
) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.refuse(426, code)
    with pytest.raises(error):
        line.post("/v1/wait", WAIT, WaitAnswer)


def test_a_revoked_device_is_told_in_a_sentence(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.refuse(403, "device.revoked")
    with pytest.raises(AppError) as caught:
        line.post("/v1/wait", WAIT, WaitAnswer)
    assert caught.value.code == "sync.revoked"


def test_a_redirect_is_not_followed(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.give(b"", 307, Location="/v1/elsewhere")
    with pytest.raises(Refused, match=r"http\.307"):
        line.post("/v1/wait", WAIT, WaitAnswer)
    assert len(server.seen) == 1


def test_something_else_answers_there(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.give(b"<html>Welcome</html>")
    with pytest.raises(WrongServer):
        line.post("/v1/wait", WAIT, WaitAnswer)


def test_no_answer_is_larger_than_its_bound(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/wait"] = lambda asked: asked.give(bytes(20_000))
    with pytest.raises(WrongServer, match="too large"):
        line.post("/v1/wait", WAIT, WaitAnswer, limit=10_000)
    server.routes["/v1/files/x"] = lambda asked: asked.give(bytes(20_000))
    with pytest.raises(WrongServer, match="too large"):
        list(line.get("/v1/files/x", limit=19_999))


# Connections that end


def test_a_connection_that_the_server_closed_is_dialled_again(server: SmallServer, line: Transport) -> None:
    closed = threading.Event()

    def once(asked: Asked) -> None:
        _tell_news(asked)
        asked.handler.wfile.flush()
        asked.hang_up()
        closed.set()

    server.routes["/v1/wait"] = once
    for _ in range(3):
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
        assert closed.wait(PATIENCE_S)
    assert server.connections == 3


def test_a_kept_connection_that_breaks_is_tried_once_more(server: SmallServer, clock: FixedClock) -> None:
    with FaultyProxy("127.0.0.1", server.port) as proxy, _line_to(proxy.url, clock) as line:
        line.post("/v1/wait", WAIT, WaitAnswer)
        proxy.lose_answers(1)
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
        proxy.lose_answers(2)
        with pytest.raises(LinkDown):
            line.post("/v1/wait", WAIT, WaitAnswer)


def test_a_fresh_connection_that_breaks_is_not_tried_again(server: SmallServer, clock: FixedClock) -> None:
    with FaultyProxy("127.0.0.1", server.port) as proxy, _line_to(proxy.url, clock) as line:
        proxy.lose_answers(1)
        with pytest.raises(LinkDown):
            line.post("/v1/wait", WAIT, WaitAnswer)
        assert len(server.seen) == 1


def test_an_answer_cut_in_the_middle_is_no_answer(server: SmallServer, clock: FixedClock) -> None:
    server.routes["/v1/files/x"] = lambda asked: asked.give(bytes(300_000))
    with FaultyProxy("127.0.0.1", server.port) as proxy, _line_to(proxy.url, clock) as line:
        line.post("/v1/wait", WAIT, WaitAnswer)
        proxy.set(cut_after_bytes=100_000)
        with pytest.raises(LinkDown):
            list(line.get("/v1/files/x"))
        assert len(server.seen) == 2


def test_an_early_refusal_of_a_large_body_is_heard(server: SmallServer, line: Transport) -> None:
    server.routes["/v1/files/x"] = lambda asked: (asked.refuse(413, "files.too_large"), asked.take())  # type: ignore[assignment]
    with pytest.raises(Refused, match=r"files\.too_large"):
        line.put("/v1/files/x", 0, bytes(24 << 20), HashesAnswer)
    assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS


def test_nobody_listens(clock: FixedClock) -> None:
    with (
        nobody_at() as (host, port),
        _line_to(f"http://{host}:{port}", clock) as line,
        pytest.raises(LinkDown),
    ):
        line.post("/v1/wait", WAIT, WaitAnswer)


def test_a_name_that_nobody_has(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(sync.line.socket, "getaddrinfo", unknown)
    with _line_to("https://hub.example", clock) as line, pytest.raises(LinkDown, match="name"):
        line.post("/v1/wait", WAIT, WaitAnswer)


# Silence and slowness


def test_silence_is_not_borne_for_long(server: SmallServer, clock: FixedClock) -> None:
    faults = Faults(stall=True)
    with FaultyProxy("127.0.0.1", server.port, faults=faults) as proxy:
        with _line_to(proxy.url, clock, stall_s=0.2) as line, pytest.raises(Stalled):
            line.post("/v1/wait", WAIT, WaitAnswer)
        assert not server.seen


def test_without_its_timer_a_silent_line_holds_for_ever(
    server: SmallServer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: the same line, the timer taken out, until somebody cancels."""
    monkeypatch.setattr(Line, "_patience_s", lambda self: 3600.0)
    with FaultyProxy("127.0.0.1", server.port, faults=Faults(stall=True)) as proxy:
        line = _line_to(proxy.url, clock, stall_s=0.05)
        late = threading.Timer(0.5, line.close)
        late.start()
        with pytest.raises(CancelledError):
            line.post("/v1/wait", WAIT, WaitAnswer)
        late.join()


def test_a_slow_line_that_moves_is_never_timed_out(server: SmallServer, clock: FixedClock) -> None:
    """Either way takes longer than the silence that would be borne, which is longer than a busy machine's pauses."""
    content = bytes(range(256)) * 300
    server.routes["/v1/files/x"] = lambda asked: (asked.take(), asked.give(HashesAnswer(hashes=())))  # type: ignore[assignment]
    server.routes["/v1/files/y"] = lambda asked: asked.give(content)
    slow = Faults(rate_bytes_per_s=32_000)
    with (
        FaultyProxy("127.0.0.1", server.port, faults=slow) as proxy,
        _line_to(proxy.url, clock, stall_s=2) as line,
    ):
        line.put("/v1/files/x", 0, content, HashesAnswer)
        assert b"".join(line.get("/v1/files/y")) == content


def test_it_may_be_cancelled_from_elsewhere_at_once(server: SmallServer, clock: FixedClock) -> None:
    reached, over = threading.Event(), threading.Event()

    def long_poll(asked: Asked) -> None:
        reached.set()
        over.wait(PATIENCE_S)

    server.routes["/v1/wait"] = long_poll
    line = _line_to(server.url, clock, stall_s=PATIENCE_S)
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            line.post("/v1/wait", WAIT, WaitAnswer)
        except BaseException as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert reached.wait(PATIENCE_S)
    line.close()
    asking.join(PATIENCE_S)
    over.set()
    assert isinstance(failed[0], CancelledError)
    with pytest.raises(CancelledError):
        line.post("/v1/wait", WAIT, WaitAnswer)


# Who may be spoken with


@pytest.mark.parametrize("url", ["http://hub.example", "http://10.0.0.1:8000", "http://[2001:db8::1]"])
def test_plain_http_stays_on_this_machine(url: str, clock: FixedClock) -> None:
    with pytest.raises(AppError) as caught:
        _line_to(url, clock)
    assert caught.value.code == "sync.https_needed"


def test_the_refusal_of_plain_http_rests_on_the_loopback_check(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.address.is_loopback", lambda host: True)
    _line_to("http://10.0.0.1:8000", clock).close()


@pytest.mark.parametrize(
    "url", ["", "hub.example", "ftp://hub.example", "https://", "https://u:p@hub.example", "https://hub.example?x=1",
            "https://hub.example:99999", "https://[::1", "https://中心.example", "https://a b"]
)  # fmt: skip
def test_an_address_that_is_none(url: str, clock: FixedClock) -> None:
    with pytest.raises(AppError) as caught:
        _line_to(url, clock)
    assert caught.value.code == "sync.address_invalid"


def test_the_address_may_be_overridden(
    server: SmallServer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIFU_SYNC_URL", server.url)
    with _line_to("https://centre.example", clock) as line:
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
        assert line.host == "127.0.0.1"


def test_a_path_comes_before_all_others(server: SmallServer, clock: FixedClock) -> None:
    server.routes["/qifu/v1/wait"] = _tell_news
    with _line_to(server.url + "/qifu/", clock) as line:
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
    assert Address.of("https://[::1]:8443/x/").header == "[::1]:8443"
    assert Address.of("https://Hub.example:443").header == "hub.example"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[SmallServer, bytes]]:
    certificate, pin = self_signed(tmp_path)
    with SmallServer(certificate=certificate) as server:
        server.routes["/v1/wait"] = _tell_news
        yield server, pin


def test_a_pinned_certificate_is_trusted_whatever_name_it_has(
    hub: tuple[SmallServer, bytes], clock: FixedClock
) -> None:
    server, pin = hub
    with _line_to(server.url, clock, pin=pin) as line:
        for _ in range(3):
            assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
        assert server.connections == 1


def test_every_other_certificate_is_refused_before_a_byte_is_said(
    hub: tuple[SmallServer, bytes], clock: FixedClock
) -> None:
    server, _ = hub
    for pin in (bytes(32), None):
        with _line_to(server.url, clock, pin=pin) as line, pytest.raises(WrongServer, match="certificate"):
            line.post("/v1/wait", WAIT, WaitAnswer)
        assert line.traffic.bytes_up == 0
    assert not server.seen


def test_without_the_pin_check_anybody_is_believed(
    hub: tuple[SmallServer, bytes], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation that the test above catches."""
    monkeypatch.setattr(sync.line, "_is_pinned", lambda wrapped, pin: True)
    with _line_to(hub[0].url, clock, pin=bytes(32)) as line:
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS


def test_without_a_pin_the_systems_roots_decide(
    hub: tuple[SmallServer, bytes], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting_nobody(**_: object) -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", trusting_nobody)
    with _line_to(hub[0].url, clock) as line, pytest.raises(WrongServer, match="certificate"):
        line.post("/v1/wait", WAIT, WaitAnswer)


def test_a_large_body_goes_both_ways_through_tls(hub: tuple[SmallServer, bytes], clock: FixedClock) -> None:
    server, pin = hub
    content = bytes(range(256)) * 8_000
    server.routes["/v1/files/x"] = lambda asked: (asked.take(), asked.give(asked.body))  # type: ignore[assignment]
    server.routes["/v1/files/y"] = lambda asked: asked.give(content)
    with _line_to(server.url, clock, pin=pin) as line:
        assert b"".join(line.get("/v1/files/y")) == content
        with pytest.raises(WrongServer):
            line.put("/v1/files/x", 0, content, HashesAnswer)
        assert server.seen[-1].body == content


def test_a_server_that_speaks_no_tls(server: SmallServer, clock: FixedClock) -> None:
    url = server.url.replace("http:", "https:")
    with _line_to(url, clock, pin=bytes(32)) as line, pytest.raises(LinkDown):
        line.post("/v1/wait", WAIT, WaitAnswer)


# Tokens


def test_a_token_that_is_not_taken_is_renewed_once(server: SmallServer, clock: FixedClock) -> None:
    def only(good: str) -> None:
        def answer(asked: Asked) -> None:
            asked.take()
            if asked.headers["authorization"] == f"Bearer {good}":
                asked.give(NEWS)
            else:
                asked.refuse(401, "access.token")

        server.routes["/v1/wait"] = answer

    tokens = _Tokens("one", "two", "three")
    with Transport(server.url, pin=None, token_source=tokens, clock=clock) as line:
        only("two")
        assert line.post("/v1/wait", WAIT, WaitAnswer) == NEWS
        assert tokens.forgotten == ["one"]
        only("four")
        with pytest.raises(Refused, match=r"access\.token"):
            line.post("/v1/wait", WAIT, WaitAnswer)
        assert tokens.forgotten == ["one", "two"]
        assert server.connections == 1


def test_whoever_has_no_token_yet_sends_none(server: SmallServer, clock: FixedClock) -> None:
    server.routes["/v1/session"] = _tell_news
    with Transport(server.url, pin=None, token_source=_Tokens(), clock=clock) as line:
        assert line.post("/v1/session", Hashes(device="x", inc=1, seqs=()), WaitAnswer) == NEWS
    assert "authorization" not in server.seen[0].headers


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("120", 120), ("", 0), ("9" * 5_000, 0), ("-1", 0), ("٣", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0)],
)
def test_a_pause_that_a_proxy_asks_for_is_read_or_is_none(told: str, seconds: int) -> None:
    head = h11.Response(status_code=429, headers=[("Retry-After", told.encode())], reason=b"")
    found = sync.transport._refusal(head, b"<html>")
    assert isinstance(found, Refused)
    assert (found.status, found.retry_s) == (429, seconds)
