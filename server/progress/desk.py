"""What the page asks the station, and how often it may be asked."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from domain.errors import AppError
from domain.staff import Actor
from server.limits import Limiter, Rate
from services.ratings.link_form import LinkPage, page_by_link, rate_by_form

FLOOR_S = 0.25
"""No link that is refused is answered sooner: how long it took tells nothing of what was wrong with it."""
_VIEWS = Rate(120, 60)
_MISSES = Rate(30, 600)
_VIEWS_OF_LINK = Rate(60, 60)
_RATINGS = Rate(30, 600)
_RATINGS_OF_LINK = Rate(10, 3600)


class TooOftenError(Exception):
    """A limit was reached; ``wait_s`` is a whole number of seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.wait_s = max(1, math.ceil(wait_s))


class Limits:
    """By address (an office has one for all its people) and by link; links that are none count dearer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._misses = Limiter(_MISSES, monotonic)
        self._views = Limiter(_VIEWS, monotonic)
        self._ratings = Limiter(_RATINGS, monotonic)
        self._views_of_link = Limiter(_VIEWS_OF_LINK, monotonic)
        self._ratings_of_link = Limiter(_RATINGS_OF_LINK, monotonic)

    def allow(self, address: str, *, rating: bool) -> None:
        """One more request of ``address``; ``TooOftenError``."""
        wait = self._misses.wait_s(address) or (self._ratings if rating else self._views).take(address)
        _check(wait)

    def allow_link(self, token: str, *, rating: bool) -> None:
        """One more request for a link that is one; ``TooOftenError``."""
        _check((self._ratings_of_link if rating else self._views_of_link).take(token))

    def missed(self, address: str) -> None:
        """``address`` came with a link that is none."""
        self._misses.take(address)


def _check(wait_s: float) -> None:
    if wait_s > 0:
        raise TooOftenError(wait_s)


class Submits(Protocol):
    """A station, or the node of a server: runs a service on a thread of its own."""

    @property
    def device_actor(self) -> Actor:
        """The device itself, as the one who acts."""
        ...

    def submit(
        self, service: Callable[..., Any], /, *args: Any, as_actor: Actor | None = None
    ) -> "Future[Any]":
        """Run ``service(uow, clock, actor, …)`` in one unit of work."""
        ...


@dataclass(slots=True)
class ProgressDesk:
    """The page's way to the store. ``monotonic`` gives seconds, ``pause`` lets some pass."""

    station: Submits
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.limits = Limits(self.monotonic)

    async def page(self, address: str, token: str) -> LinkPage:
        """What the link shows; ``ratings.link_invalid``, ``TooOftenError``."""
        self.limits.allow(address, rating=False)
        page: LinkPage = await self._ask(address, page_by_link, token)
        self.limits.allow_link(token, rating=False)
        return page

    async def rate(self, address: str, token: str, stamp: str, level: int, text: str) -> None:
        """Take a rating; raises as ``page`` and ``rate_by_form``."""
        await self._ask(address, rate_by_form, token, stamp, level, text)

    async def allow_rating(self, address: str, token: str) -> None:
        """Count one form that was sent. What is no link is told by asking for its page."""
        self.limits.allow(address, rating=True)
        await self._ask(address, page_by_link, token)
        self.limits.allow_link(token, rating=True)

    async def _ask(self, address: str, service: Callable[..., Any], token: str, *args: Any) -> Any:
        began = self.monotonic()
        try:
            asked = self.station.submit(service, token, *args, as_actor=self.station.device_actor)
            return await asyncio.wrap_future(asked)
        except AppError as error:
            if error.code == "ratings.link_invalid":
                self.limits.missed(address)
                await self.pause(max(0.0, FLOOR_S - (self.monotonic() - began)))
            raise
