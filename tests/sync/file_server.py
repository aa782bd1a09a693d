"""A server of documents and files on loopback, over the store of a station; who asks is settled by the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Request

from db.schema.sync import upstream
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor, Role
from server.documents.routes import documents_router
from server.files.routes import files_router
from server.running import listening
from server.syncing.answering import Caller
from services.device_keys import own_signer
from services.station import Station
from sync.transport import Transport
from tests.fixed import FixedClock
from tests.patience import PATIENCE_S

ADMIN = Actor("admin", Role.ADMIN)


@dataclass(slots=True)
class Serving:
    """A station that serves. ``caller`` is whoever asks next; ``seen`` are (method, path with query)."""

    station: Station
    caller: Caller
    url: str = ""
    seen: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.station.home

    @property
    def clock(self) -> Clock:
        return self.station.clock

    @property
    def store(self) -> Any:
        return self.station._store

    @property
    def device(self) -> str:
        return self.station.device_actor.id.removeprefix("device:")

    @property
    def public_key(self) -> bytes:
        def read(uow: UnitOfWork, *_: object) -> bytes:
            signer = own_signer(uow)
            assert signer is not None
            return signer.key.public_key().public_bytes_raw()

        return self.station.call(read)

    def call(self, service: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return self.station.call(service, *args, **kwargs)

    async def caller_of(self, request: Request) -> Caller:
        query = f"?{request.url.query}" if request.url.query else ""
        self.seen.append(f"{request.method} {request.url.path}{query}")
        return self.caller


@contextmanager
def serving(station: Station, caller: Caller) -> Iterator[Serving]:
    """``station`` serves documents and files as long as the block lasts."""
    node = Serving(station, caller)
    app = FastAPI(openapi_url=None)
    app.include_router(documents_router(node, node.caller_of))
    app.include_router(files_router(node, node.caller_of))
    with listening("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        node.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield node
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def joined(station: Station, above: Serving) -> None:
    """Let ``station`` have ``above`` as its upstream, as enrolment leaves it."""
    values = {
        "one": 1,
        "url": above.url,
        "site": above.caller.site,
        "device": above.device,
        "public_key": above.public_key,
        "epoch": "e1",
        "enrolled_at": 0,
    }
    station.call(lambda uow, *_: uow.connection.execute(sa.insert(upstream), values))


def line_to(url: str, clock: FixedClock | None = None, **timing: float) -> Transport:
    """A transport without a session."""
    return Transport(url, pin=None, token_source=None, clock=clock or FixedClock(), **timing)
