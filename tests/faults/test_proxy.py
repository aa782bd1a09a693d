"""Every fault of the line, seen from a client and from a server of its own."""

import http.client
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter

import pytest

from tests.faults.nobody import nobody_at
from tests.faults.proxy import HOST, Faults, FaultyProxy, Way
from tests.patience import PATIENCE_S

BODY = b"x" * 1000


class _Echo(BaseHTTPRequestHandler):
    """Answers a body with itself, and remembers the paths that were asked for in ``server.done``."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.done.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Echo)
        self.done: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A cut line is no news here."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def proxy(server: _Server) -> Iterator[FaultyProxy]:
    with FaultyProxy(HOST, server.server_port, seed=7) as made:
        yield made


def _client(proxy: FaultyProxy) -> "closing[http.client.HTTPConnection]":
    return closing(http.client.HTTPConnection(HOST, proxy.port, timeout=PATIENCE_S))


def _post(client: http.client.HTTPConnection, path: str = "/", body: bytes = BODY) -> bytes:
    client.request("POST", path, body)
    return client.getresponse().read()


def _ask(proxy: FaultyProxy, path: str = "/", body: bytes = BODY) -> bytes:
    with _client(proxy) as client:
        return _post(client, path, body)


def _seconds(proxy: FaultyProxy, body: bytes = BODY) -> float:
    with _client(proxy) as client:
        client.connect()
        started = perf_counter()
        _post(client, body=body)
        return perf_counter() - started


def test_without_faults_all_passes_and_is_counted(proxy: FaultyProxy) -> None:
    with _client(proxy) as client:
        assert _post(client, body=b"y" * 300_000) == b"y" * 300_000
        before = proxy.counts
        assert [_post(client) for _ in range(3)] == [BODY] * 3
    spent = proxy.counts - before
    assert (spent.round_trips, spent.connections, spent.cuts) == (3, 0, 0)
    assert 3000 < spent.bytes_up < 4500
    assert 3000 < spent.bytes_down < 4500
    assert proxy.connections == 1
    assert proxy.url == f"http://127.0.0.1:{proxy.port}"


def test_latency_is_paid_each_way(proxy: FaultyProxy) -> None:
    proxy.set(latency_ms=40)
    assert _seconds(proxy, BODY * 400) >= 0.08


def test_the_rate_is_shared_by_all_connections(proxy: FaultyProxy) -> None:
    proxy.set(rate_bytes_per_s=20_000)
    started = perf_counter()
    threads = [threading.Thread(target=_ask, args=(proxy,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert perf_counter() - started >= 2 * len(BODY) / 20_000
    assert proxy.bytes_up > 2 * len(BODY)


def test_a_trickle_lets_single_bytes_pass(proxy: FaultyProxy) -> None:
    proxy.set(trickle=Way.DOWN, trickle_s=0.001)
    assert _seconds(proxy, b"z" * 100) >= 0.1


@pytest.mark.parametrize(("counts", "passed"), [(None, 5000), (Way.UP, 5000), (Way.DOWN, 3000)])
def test_every_connection_is_cut_at_the_byte(proxy: FaultyProxy, counts: Way | None, passed: int) -> None:
    proxy.set(cut_after_bytes=passed, cut_counts=counts)
    for _ in range(2):
        before = proxy.counts
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(proxy, body=BODY * 6)
        spent = proxy.counts - before
        counted = {None: spent.bytes_both, Way.UP: spent.bytes_up, Way.DOWN: spent.bytes_down}[counts]
        assert (counted, spent.cuts) == (passed, 1)
    proxy.heal()
    assert _ask(proxy) == BODY


def test_a_schedule_cuts_one_connection_and_spares_the_next(proxy: FaultyProxy) -> None:
    proxy.cut_connections(None, 100, None)
    ends = []
    for _ in range(4):
        try:
            ends.append(_ask(proxy) == BODY)
        except (ConnectionError, http.client.HTTPException):
            ends.append(False)
    assert ends == [True, False, True, True]


def _drawn(server: _Server, seed: int) -> list[int]:
    """Where four connections are cut."""
    found = []
    with FaultyProxy(HOST, server.server_port, faults=Faults(cut_after_bytes=(10, 900)), seed=seed) as proxy:
        for _ in range(4):
            before = proxy.counts
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                _ask(proxy)
            found.append((proxy.counts - before).bytes_both)
    return found


def test_draws_are_those_of_the_seed(server: _Server) -> None:
    assert _drawn(server, 1) == _drawn(server, 1) != _drawn(server, 2)


def test_a_lost_answer_was_done(proxy: FaultyProxy, server: _Server) -> None:
    proxy.lose_answers(2, to=b"POST /push")
    assert _ask(proxy, "/hello") == BODY
    for _ in range(2):
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(proxy, "/push")
    assert _ask(proxy, "/push") == BODY
    assert server.done == ["/hello", "/push", "/push", "/push"]
    assert (proxy.counts.lost_answers, proxy.cuts) == (2, 2)


def test_a_refusing_line_cuts_what_is_open_and_comes_back_at_its_port(proxy: FaultyProxy) -> None:
    with _client(proxy) as client:
        assert _post(client) == BODY
        proxy.set(refuse=True)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _post(client)
    with pytest.raises(ConnectionRefusedError):
        _ask(proxy)
    proxy.set(refuse=False)
    assert _ask(proxy) == BODY


def test_a_stalled_line_is_silent_and_goes_on_where_it_was(proxy: FaultyProxy, server: _Server) -> None:
    proxy.set(stall=True)
    with socket.create_connection((HOST, proxy.port), timeout=0.05) as client:
        client.sendall(b"POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
        with pytest.raises(TimeoutError):
            client.recv(100)
        assert server.done == []
        client.settimeout(PATIENCE_S)
        proxy.set(stall=False)
        assert client.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port has one owner")
def test_nobody_is_given_the_port_of_a_proxy_that_is_down(proxy: FaultyProxy) -> None:
    proxy.set(refuse=True)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((HOST, proxy.port))
    proxy.set(refuse=False)
    assert _ask(proxy) == BODY


def test_all_that_is_open_is_cut_time_and_again(proxy: FaultyProxy) -> None:
    proxy.set(every_s=0.03, stall=True)
    for _ in range(2):
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(proxy)
    assert proxy.cuts >= 2


def test_all_are_cut_once_when_so_much_has_passed_in_all(proxy: FaultyProxy) -> None:
    with _client(proxy) as other:
        assert _post(other) == BODY
        before = proxy.counts
        proxy.cut_once(2000)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(proxy, body=BODY * 6)
        spent = proxy.counts - before
        assert (spent.bytes_both, spent.cuts) == (2000, 2)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _post(other)
    assert _ask(proxy, body=BODY * 6) == BODY * 6


def test_cut_now(proxy: FaultyProxy) -> None:
    with _client(proxy) as client:
        assert _post(client) == BODY
        proxy.cut()
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _post(client)
    assert proxy.cuts == 1


def test_a_server_that_is_away_is_a_reset_and_may_come_back_elsewhere(server: _Server) -> None:
    with nobody_at() as (_, gone), FaultyProxy(HOST, gone) as proxy:
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(proxy)
        proxy.target = (HOST, server.server_port)
        assert _ask(proxy) == BODY
