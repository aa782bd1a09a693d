"""Asking a registry: a recorded fake server, and every way of getting no answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from domain.codes.registry import RegistryState, RegistryUnreachableError
from domain.errors import AppError
from sync.registry import MAX_ANSWER_BYTES, HttpRegistry
from tests.fixed import USCC, FixedClock

ADDRESS = "https://registry.example"
RECORDED = {"uscc": USCC, "name": "杭州蓝鲸智能装备有限公司", "state": "active", "source": "云溪市市场监管局"}


def registry(answer: Any) -> HttpRegistry:
    return HttpRegistry(ADDRESS, FixedClock(), transport=httpx.MockTransport(answer))


class _Recorded(BaseHTTPRequestHandler):
    """Answers one identifier as a registry did once."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.path == "/resolve" and asked == {"text": "https://www.gsxt.gov.cn/x"}
        body = json.dumps(RECORDED).encode() if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Recorded)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_registry_says_whose_it_is_or_that_it_is_nobodys(server: str) -> None:
    asked = HttpRegistry(server, FixedClock())
    found = asked.resolve("https://www.gsxt.gov.cn/x")
    assert found is not None
    assert (found.uscc, found.state, found.at) == (USCC, RegistryState.ACTIVE, FixedClock().now_ms())
    assert asked.resolve("something else") is None
    asked.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        httpx.Response(200, content=b"no json"),
        httpx.Response(200, content=b"[" * 50_000),
        httpx.Response(200, content=b" " * (MAX_ANSWER_BYTES + 1)),
        httpx.Response(200, json=[]),
        httpx.Response(200, json=RECORDED | {"uscc": "91330100MA2H0KCB53"}),
        httpx.Response(200, json=RECORDED | {"name": ""}),
        httpx.Response(200, json=RECORDED | {"name": "x" * 201}),
        httpx.Response(200, json=RECORDED | {"name": "假\u202e名"}),
    ],
)
def test_what_is_no_answer_is_not_believed_by_halves(answer: httpx.Response) -> None:
    with pytest.raises(RegistryUnreachableError):
        registry(lambda request: answer).resolve("x")


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_no_line_is_no_answer(error: type[httpx.TransportError]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("cut", request=request)

    with pytest.raises(RegistryUnreachableError, match=error.__name__):
        registry(fail).resolve("x")


def test_it_waits_three_seconds_at_most() -> None:
    seen: dict[str, Any] = {}

    def note(request: httpx.Request) -> httpx.Response:
        seen.update(request.extensions["timeout"])
        return httpx.Response(404)

    registry(note).resolve("x")
    assert set(seen.values()) == {3.0}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://registry.example",
        "ftp://x",
        "https://",
        "https://u:p@x.example",
        "https://x/?a=1",
        "https://[",
        "x",
    ],
)
def test_unsafe_addresses_are_refused(address: str) -> None:
    with pytest.raises(AppError, match="registry_address"):
        HttpRegistry(address, FixedClock())
