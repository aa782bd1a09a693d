"""The line to a hub: one connection that is kept, opened again when it broke, with short times."""

import http.client
import ssl
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from sync.frames import MEDIA_TYPE
from sync.queue_wire import MAX_ANSWER_BYTES

CONNECT_S = 2.0
ANSWER_S = 5.0


class HubLine(Protocol):
    """How calls reach a hub. Used by one thread at a time."""

    def post(self, path: str, frame: bytes, *, answer_s: float) -> tuple[int, bytes]:
        """Status and body of the answer; ``OSError`` where no whole answer came, ``TimeoutError`` among them."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class HttpLine:
    """A ``HubLine`` over HTTP/1.1. ``token`` gives the session's token; asked again after a 401 with ``renew`` true.

    ``certificate`` is the context that knows the hub's pinned certificate; plain http is for loopback alone, which who
    gives ``url`` has checked.
    """

    def __init__(
        self, url: str, token: Callable[[bool], str], certificate: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._prefix = parts.path.rstrip("/")
        self._tls = certificate if parts.scheme == "https" else None
        self._plain = parts.scheme == "http"
        self._token = token
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, frame: bytes, *, answer_s: float = ANSWER_S) -> tuple[int, bytes]:
        """Send one frame and take the answer."""
        status, body = self._exchange(path, frame, self._token(False), answer_s)
        if status == http.client.UNAUTHORIZED:
            status, body = self._exchange(path, frame, self._token(True), answer_s)
        return status, body

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, path: str, frame: bytes, token: str, answer_s: float) -> tuple[int, bytes]:
        headers = {"Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {token}"}
        try:
            connection = self._opened()
            assert connection.sock is not None
            connection.sock.settimeout(answer_s)
            connection.request("POST", self._prefix + path, frame, headers)
            with connection.getresponse() as response:
                body = response.read(MAX_ANSWER_BYTES + 1)
                if len(body) > MAX_ANSWER_BYTES:
                    raise ConnectionError("too large")
                return response.status, body
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if isinstance(error, OSError):
                raise
            raise ConnectionError(type(error).__name__) from error

    def _opened(self) -> http.client.HTTPConnection:
        if self._connection is None or self._connection.sock is None:
            self._connection = self._new()
            self._connection.connect()
        return self._connection

    def _new(self) -> http.client.HTTPConnection:
        if self._plain:
            return http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_S)
        return http.client.HTTPSConnection(self._host, self._port, timeout=CONNECT_S, context=self._tls)
