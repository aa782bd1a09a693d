"""What routes share: the node they stand on, and saying no in the protocol's own words."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from starlette.responses import Response

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from sync.frames import MEDIA_TYPE, encode
from sync.protocol import ErrorAnswer

P = ParamSpec("P")
Result = TypeVar("Result")


class Units(Protocol):
    """A store that hands out units of work, of either kind."""

    def read(self) -> AbstractContextManager[UnitOfWork]: ...


class Node(Protocol):
    """What the routes of documents and files stand on."""

    @property
    def home(self) -> Path: ...

    @property
    def store(self) -> Units: ...

    @property
    def clock(self) -> Clock: ...

    def call(self, service: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Result:
        """Run ``service(uow, clock, actor, …)`` in one unit of work; whoever listens hears what it changed."""
        ...


class Refusal(Exception):
    """An answer that is not 2xx: status, code, what it is of, when to try again."""

    def __init__(self, status: int, code: str, detail: str = "", retry_s: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.answer = ErrorAnswer(code=code, detail=detail[:200], retry_s=retry_s)

    def response(self) -> Response:
        """The answer."""
        headers = {"retry-after": str(self.answer.retry_s)} if self.answer.retry_s else None
        return Response(encode(self.answer), self.status, headers, MEDIA_TYPE)


def refusals(route: Callable[P, Awaitable[Response]]) -> Callable[P, Awaitable[Response]]:
    """``route``, whose ``Refusal`` becomes its answer."""

    @wraps(route)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return await route(*args, **kwargs)
        except Refusal as refusal:
            return refusal.response()

    return answered
