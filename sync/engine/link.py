"""What the engine needs of a line to the upstream, and of the store: small enough to be put in their place in tests."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sync.protocol import (
    Hashes,
    HashesAnswer,
    Hello,
    HelloAnswer,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
)
from sync.transport import Transport

Result = TypeVar("Result")


class Link(Protocol):
    """Asks the upstream. Raises the errors of ``sync/transport_errors.py``."""

    def hello(self, asked: Hello) -> HelloAnswer:
        """POST /v1/hello."""
        ...

    def push(self, sent: Push, level: int) -> PushAnswer:
        """POST /v1/push, compressed at this level of zstd."""
        ...

    def pull(self, asked: Pull) -> PullAnswer:
        """POST /v1/pull."""
        ...

    def hashes(self, asked: Hashes) -> HashesAnswer:
        """POST /v1/hashes."""
        ...


class Store(Protocol):
    """A station: runs ``service(uow, clock, actor, …)`` on the thread that owns the store."""

    def call(self, service: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """Run it in one unit of work and wait."""
        ...


class HttpLink:
    """``Link`` over a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def hello(self, asked: Hello) -> HelloAnswer:
        """POST /v1/hello."""
        return self._transport.post("/v1/hello", asked, HelloAnswer)

    def push(self, sent: Push, level: int) -> PushAnswer:
        """POST /v1/push."""
        return self._transport.post("/v1/push", sent, PushAnswer, level=level)

    def pull(self, asked: Pull) -> PullAnswer:
        """POST /v1/pull."""
        return self._transport.post("/v1/pull", asked, PullAnswer)

    def hashes(self, asked: Hashes) -> HashesAnswer:
        """POST /v1/hashes."""
        return self._transport.post("/v1/hashes", asked, HashesAnswer)
