"""What requests work with: the node, its limits and figures, and a way to the store that never blocks the loop."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from server.limits import Limiter, Rate, Together, address_key
from server.metrics import Metrics
from server.news import News, Shared
from server.nodes import ServerNode
from server.queue.hall import HubHall

Result = TypeVar("Result")
_ENROLMENTS, _SESSIONS, _OF_DEVICE = Rate(10, 600), Rate(120, 60), Rate(1200, 60)
_SIGHTINGS = Rate(1, 60)
"""How often it is written down that a device was heard."""
MAX_WAITS = 16
"""Long polls of one device: its window, display and kiosk, and some whose other end has gone unnoticed."""
_THREADS = 16
"""Requests in the store at once; a centre's connections are as many at most."""


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """How a node is served. ``hosts`` are names it is reached by, besides this machine's own; ``admin_token`` opens
    ``/metrics`` to others than this machine.
    """

    hosts: frozenset[str] = frozenset()
    admin_token: str = ""
    enrolments: Rate = _ENROLMENTS
    sessions: Rate = _SESSIONS
    of_device: Rate = _OF_DEVICE


@dataclass(slots=True)
class NodeContext:
    """One for each process. ``monotonic`` gives seconds."""

    node: ServerNode
    settings: NodeSettings
    monotonic: Callable[[], float]
    metrics: Metrics = field(default_factory=Metrics)
    news: News = field(init=False)
    standing: Shared = field(default_factory=Shared)
    """How far each site's log and documents are, for those who wait."""
    enrolments: Limiter = field(init=False)
    sessions: Limiter = field(init=False)
    of_device: Limiter = field(init=False)
    sightings: Limiter = field(init=False)
    waits: Together = field(default_factory=lambda: Together(MAX_WAITS))
    above: Together = field(default_factory=lambda: Together(1))
    """Old cases that are being fetched from the node above: each once at a time."""
    hall: HubHall | None = None
    """The queue, at a hub."""
    _threads: CapacityLimiter | None = None

    def __post_init__(self) -> None:
        self.news = News(self.node.store.data_version)
        self.enrolments = Limiter(self.settings.enrolments, self.monotonic)
        self.sessions = Limiter(self.settings.sessions, self.monotonic)
        self.of_device = Limiter(self.settings.of_device, self.monotonic)
        self.sightings = Limiter(_SIGHTINGS, self.monotonic)

    async def call(self, service: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run a service ``(uow, clock, actor, …)`` as this node, in a thread."""
        return await self.in_thread(self.node.call, service, *args, **kwargs)

    async def gather(self, service: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """``call`` for what takes in events of elsewhere: a centre does so beside other work."""
        return await self.in_thread(self.node.gather, service, *args, **kwargs)

    async def in_thread(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run ``work`` in a thread; it goes on to its end also when the client has gone."""
        if self._threads is None:
            self._threads = CapacityLimiter(_THREADS)
        return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=self._threads)


def context_of(request: Request) -> NodeContext:
    """The context of the application that answers ``request``."""
    found: NodeContext = request.app.state.context
    return found


Context = Annotated[NodeContext, Depends(context_of)]


def sender(request: Request) -> str:
    """Whom limits are counted for. A proxy on this machine names the client (``X-Forwarded-For``)."""
    return address_key(request.client.host) if request.client else ""
