"""What the engine needs of a line to the upstream: small enough to be put in its place in tests."""

from typing import Protocol

from sync.protocol import (
    Hashes,
    HashesAnswer,
    Hello,
    HelloAnswer,
    Pull,
    PullAnswer,
    PushAnswer,
)
from sync.transport import Transport


class Link(Protocol):
    """Asks the upstream. Raises the errors of ``sync/transport_errors.py``."""

    def hello(self, asked: Hello) -> HelloAnswer:
        """POST /v1/hello."""
        ...

    def push(self, frame: bytes) -> PushAnswer:
        """POST /v1/push; ``frame`` is that of a ``Push``."""
        ...

    def pull(self, asked: Pull) -> PullAnswer:
        """POST /v1/pull."""
        ...

    def hashes(self, asked: Hashes) -> HashesAnswer:
        """POST /v1/hashes."""
        ...

    def carried(self) -> int:
        """Bytes both ways on the connection that is open; 0 where none is."""
        ...

    def renew(self) -> None:
        """Let the next question go over a new connection."""
        ...


class HttpLink:
    """``Link`` over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def hello(self, asked: Hello) -> HelloAnswer:
        """POST /v1/hello."""
        return self._transport.post("/v1/hello", asked, HelloAnswer)

    def push(self, frame: bytes) -> PushAnswer:
        """POST /v1/push."""
        return self._transport.post("/v1/push", frame, PushAnswer)

    def pull(self, asked: Pull) -> PullAnswer:
        """POST /v1/pull."""
        return self._transport.post("/v1/pull", asked, PullAnswer)

    def hashes(self, asked: Hashes) -> HashesAnswer:
        """POST /v1/hashes."""
        return self._transport.post("/v1/hashes", asked, HashesAnswer)

    def carried(self) -> int:
        """Bytes both ways on the connection that is open; 0 where none is."""
        return self._transport.carried

    def renew(self) -> None:
        """Let the next question go over a new connection."""
        self._transport.renew()
