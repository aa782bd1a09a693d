"""A hub on a real server on loopback, and windows that ask it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request

from server.queue.hall import HubHall
from server.queue.routes import QueueContext, queue_router
from server.running import listening
from services.hub import begin_term
from services.station import Station
from sync.hub_call import HubCaller
from sync.hub_desk import HubQueueDesk
from sync.transport import Transport
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S

SITE = "demo"


@dataclass(frozen=True, slots=True)
class Device:
    """The device of a request: the test's token is ``<device>@<site>``."""

    device: str
    site: str


def device_of(request: Request) -> Device:
    token = request.headers["authorization"].removeprefix("Bearer ")
    return Device(*token.split("@"))


@dataclass
class Memory:
    """Terms that are kept in memory."""

    term: int = 0

    def highest(self) -> int:
        return self.term

    def learn(self, term: int) -> None:
        self.term = max(self.term, term)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is always good."""

    text: str

    def token(self, transport: Transport) -> str:
        return self.text

    def forget(self, token: str) -> None:
        pass


def line_to(url: str, token: str = f"w1@{SITE}") -> Transport:
    """A line to the hub as windows have it, but for their haste."""
    clock = FixedClock()
    return Transport(
        url, pin=None, token_source=Token(token), clock=clock, stall_s=PATIENCE_S, connect_s=PATIENCE_S
    )


@dataclass
class Window:
    """A window of the hall: who works there, which term it knows."""

    url: str
    staff: str = ""
    device: str = "w1"
    site: str = SITE
    terms: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        line = line_to(self.url, f"{self.device}@{self.site}")
        self.desk = HubQueueDesk(HubCaller(line, self.terms, lambda: self.staff))


@contextmanager
def serving(station: Station, *, begun: bool = True) -> Iterator[str]:
    """The address of a hub over ``station`` that runs while the block lasts."""
    if begun:
        station.call(begin_term, "http://127.0.0.1")
    hall = HubHall(station)
    app = FastAPI(openapi_url=None)
    app.include_router(queue_router(QueueContext(hall, SITE, device_of)))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            hall.stop()
