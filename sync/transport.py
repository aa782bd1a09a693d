"""Asking a node over HTTP/1.1, one request at a time over one kept connection.

Every request of the protocol may be asked twice, so one that met a connection which the server had closed meanwhile is
sent once more over a new one. Redirects are not followed, answers are bounded, headers are as few as HTTP allows.
"""

import re
import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import h11
from pydantic import BaseModel

from domain.clock import Clock
from domain.errors import AppError
from sync.address import Address
from sync.frames import LIMIT_BYTES, MEDIA_TYPE, FrameError, decode, encode
from sync.line import Cancel, Line
from sync.protocol import ErrorAnswer
from sync.protocol_access import ACCESS_ROUTES, AccessCode
from sync.transport_errors import LinkDown, Refused, Stalled, TooNew, TooOld, TransportError, WrongServer

STALL_S = 30.0
CONNECT_S = 5.0
MAX_HEAD = 16 << 10
MAX_AGAIN_BYTES = 4 << 10
MAX_ERROR_BYTES = 64 << 10
_UNAUTHORISED, _NOT_FOUND = 401, 404

Answer = TypeVar("Answer", bound=BaseModel)
Headers = dict[str, str]


class TokenSource(Protocol):
    """Gives what goes into ``Authorization`` (``sync/session.py``)."""

    def token(self, transport: "Transport") -> str:
        """A token that should be good; may ask the server for one over ``transport``."""
        ...

    def forget(self, token: str) -> None:
        """The server does not take ``token``."""
        ...


@dataclass(slots=True)
class Traffic:
    """What went over the line so far, headers and all (below TLS)."""

    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0
    connections: int = 0

    @property
    def total(self) -> int:
        """Both ways."""
        return self.bytes_up + self.bytes_down


class Transport:
    """A line to the node at ``url``. One thread asks at a time; ``close`` may come from any.

    ``pin`` is the SHA-256 of the server's certificate (DER); without it the system's roots decide. Raises the errors of
    ``sync/transport_errors.py``, and ``AppError``: ``sync.address_invalid``, ``sync.https_needed``, ``sync.revoked``.
    """

    def __init__(
        self,
        url: str,
        *,
        pin: bytes | None,
        token_source: TokenSource | None,
        clock: Clock,
        stall_s: float = STALL_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self.address = Address.dialled(url)
        self.clock = clock
        self.traffic = Traffic()
        self._pin = pin
        self._tokens = token_source
        self._stall_s, self._connect_s = stall_s, connect_s
        self._cancel = Cancel()
        self._busy = threading.RLock()
        self._line: Line | None = None
        self._before_line = 0
        self._http = h11.Connection(h11.CLIENT, MAX_HEAD)

    @property
    def host(self) -> str:
        """The host that is dialled: what a session signs."""
        return self.address.host

    @property
    def is_pinned(self) -> bool:
        """Whether whoever answers has shown the certificate that this node was enrolled with."""
        return self._pin is not None and self.address.tls

    def post(
        self,
        path: str,
        message: BaseModel | bytes,
        answer: type[Answer],
        *,
        limit: int = LIMIT_BYTES,
    ) -> Answer:
        """Send ``message``, or what is its frame already, and give the server's answer."""
        headers = {"Content-Type": MEDIA_TYPE}
        frame = message if isinstance(message, bytes) else encode(message)
        with self._busy:
            status, _, body = self._asked("POST", path, frame, headers, limit)
        return _read(status, body, answer)

    def put(self, path: str, offset: int, data: bytes, answer: type[Answer]) -> Answer:
        """Send ``data`` as what stands at ``offset`` of the thing at ``path``."""
        with self._busy:
            status, _, body = self._asked("PUT", _from(path, offset), data, {}, MAX_ERROR_BYTES)
        return _read(status, body, answer)

    def head(self, path: str) -> Headers | None:
        """What the server says of the thing at ``path``; None where it has none."""
        with self._busy:
            try:
                return self._asked("HEAD", path, b"", {}, 0)[1]
            except Refused as refused:
                if refused.status == _NOT_FOUND:
                    return None
                raise

    def get(
        self, path: str, from_offset: int = 0, *, limit: int | None = None
    ) -> Generator[bytes, None, None]:
        """Begin to fetch the thing at ``path`` from ``from_offset`` on; at most ``limit`` bytes of it, in pieces.

        Read to the end, or left by ``close``.
        """
        with self._busy:
            self._begun("GET", _from(path, from_offset), b"", {})
            return self._pieces(limit)

    @property
    def carried(self) -> int:
        """Bytes both ways on the connection that is open; 0 where none is."""
        return self.traffic.total - self._before_line if self._line is not None else 0

    def renew(self) -> None:
        """Let the next request go over a new connection."""
        with self._busy:
            self._drop()

    def close(self) -> None:
        """End it: whoever waits for an answer is woken with ``CancelledError``, at once."""
        self._cancel.ask()
        with self._busy:
            self._drop()
            self._cancel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(
        self, method: str, path: str, body: bytes, headers: Headers, limit: int
    ) -> tuple[int, Headers, bytes]:
        head = self._begun(method, path, body, headers)
        return head.status_code, _headers(head), b"".join(self._pieces(limit))

    def _begun(self, method: str, path: str, body: bytes, headers: Headers) -> h11.Response:
        """The head of a good answer, its body still to come. A token that is not taken is renewed once."""
        if self._tokens is None or path in ACCESS_ROUTES:
            return self._good(self._exchanged(method, path, body, headers))
        token = self._tokens.token(self)
        for again in (True, False):
            head = self._exchanged(method, path, body, headers | {"Authorization": f"Bearer {token}"})
            if head.status_code != _UNAUTHORISED or not again:
                break
            self._error_body()
            self._tokens.forget(token)
            token = self._tokens.token(self)
        return self._good(head)

    def _good(self, head: h11.Response) -> h11.Response:
        if 200 <= head.status_code < 300:
            return head
        raise _refusal(head, self._error_body())

    def _error_body(self) -> bytes:
        try:
            return b"".join(self._pieces(MAX_ERROR_BYTES))
        except TransportError:
            self._drop()
            return b""

    def _exchanged(self, method: str, path: str, body: bytes, headers: Headers) -> h11.Response:
        """Send a request and wait for the head of its answer; once more where a kept connection was dead.

        What is large is not sent twice behind the caller's back: he would rather send less.
        """
        kept = self._ready() and len(body) <= MAX_AGAIN_BYTES
        down_before = self.traffic.bytes_down
        try:
            return self._spoken(method, path, body, headers)
        except Stalled:
            raise
        except LinkDown:
            if not kept or self.traffic.bytes_down != down_before:
                raise
        self._ready()
        return self._spoken(method, path, body, headers)

    def _ready(self) -> bool:
        """Have a connection that waits for a request; whether it is one that was used before."""
        self._cancel.check()
        if self._line is not None and self._http.our_state is h11.IDLE and not self._line.is_stale:
            return True
        self._drop()
        self._line = Line(
            self.address, self._pin, self._cancel, connect_s=self._connect_s, stall_s=self._stall_s
        )
        self._http = h11.Connection(h11.CLIENT, MAX_HEAD)
        self.traffic.connections += 1
        self._before_line = self.traffic.total
        return False

    def _spoken(self, method: str, path: str, body: bytes, headers: Headers) -> h11.Response:
        fields = [("Host", self.address.header), *headers.items()]
        if body or method in ("POST", "PUT"):
            fields.append(("Content-Length", str(len(body))))
        try:
            self._send(h11.Request(method=method, target=self.address.path + path, headers=fields), body)
            return self._head()
        except h11.ProtocolError as error:
            self._drop()
            raise WrongServer("HTTP") from error
        except BaseException:
            self._drop()
            raise

    def _send(self, request: h11.Request, body: bytes) -> None:
        assert self._line is not None
        written = self._http.send(request) or b""
        if body:
            written += self._http.send(h11.Data(data=body)) or b""
        written += self._http.send(h11.EndOfMessage()) or b""
        self.traffic.requests += 1
        sent = self._line.send(written)
        self.traffic.bytes_up += sent
        if sent < len(written):
            self._http.send_failed()  # it answers before it has heard all; what it says counts

    def _head(self) -> h11.Response:
        while not isinstance(event := self._next(self._http), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise LinkDown("cut")
        return event

    def _pieces(self, limit: int | None) -> Generator[bytes, None, None]:
        """The body of the answer; whoever leaves before its end leaves the connection, too."""
        taken = 0
        http = self._http
        try:
            while isinstance(event := self._next(http), h11.Data):
                taken += len(event.data)
                if limit is not None and taken > limit:
                    raise WrongServer("too large")
                yield bytes(event.data)
        except h11.ProtocolError as error:
            raise LinkDown("cut") from error
        finally:
            if self._http is http:
                self._settle()

    def _settle(self) -> None:
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self._drop()

    def _next(self, http: h11.Connection) -> object:
        while (event := http.next_event()) is h11.NEED_DATA:
            if self._line is None or self._http is not http:
                raise LinkDown("left")  # another request was begun before this answer was read
            data = self._line.receive()
            self.traffic.bytes_down += len(data)
            if not data and http.their_state is h11.SEND_RESPONSE:
                raise LinkDown("cut")
            http.receive_data(data)
        return event

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _headers(head: h11.Response) -> Headers:
    return {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}


def _from(path: str, offset: int) -> str:
    return f"{path}{'&' if '?' in path else '?'}from={offset}" if offset else path


def _read(status: int, body: bytes, answer: type[Answer]) -> Answer:
    try:
        return decode(body, answer)
    except FrameError as error:
        raise WrongServer(f"{status}: {error}") from error


def _seconds(told: str) -> int:
    """A ``Retry-After`` in seconds; 0 for one that is none, or a date."""
    return int(told) if re.fullmatch("[0-9]{1,9}", told) else 0


def _refusal(head: h11.Response, body: bytes) -> Exception:
    status = head.status_code
    try:
        told = decode(body, ErrorAnswer, limit=MAX_ERROR_BYTES)
    except FrameError:
        return Refused(
            f"http.{status}", status=status, retry_s=_seconds(_headers(head).get("retry-after", ""))
        )
    match told.code:
        case AccessCode.REVOKED:
            return AppError("sync.revoked")
        case AccessCode.TOO_NEW:
            return TooNew(told.detail)
        case AccessCode.TOO_OLD:
            return TooOld(told.detail)
    return Refused(told.code, status=status, detail=told.detail, retry_s=told.retry_s, body=body)
