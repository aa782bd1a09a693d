"""Serving the page over the store of a home, until the process is told to stop."""

import logging
import signal
import socket
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from domain.errors import AppError
from domain.hosts import is_loopback
from server.progress.app import progress_app
from server.progress.desk import ProgressDesk
from services.station import open_station

GRACE_S = 10
_log = logging.getLogger("qifu.server")


def serve_page(home: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests that run are finished. ``server.*`` and what opening a station raises."""
    station = open_station(home)
    try:
        with listening(host, port) as listener:
            _log.info("listening", extra={"facts": {"host": host, "port": listener.getsockname()[1]}})
            run_until_told(page_config(ProgressDesk(station)), listener)
    finally:
        station.close()
        _log.info("stopped")


def page_config(desk: ProgressDesk) -> uvicorn.Config:
    """How uvicorn serves the page."""
    return config_of(progress_app(desk), lifespan="off", limit_concurrency=200, timeout_keep_alive=5)


def config_of(app: ASGIApp, **given: Any) -> uvicorn.Config:
    """How uvicorn serves ``app``: no log of addresses, the client's address from a proxy on this machine alone."""
    # ``access_log`` alone leaves it to whoever sets up logging whether addresses, and so links, are written.
    logging.getLogger("uvicorn.access").disabled = True
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=16 * 1024,
        **given,
    )


def run_until_told(config: uvicorn.Config, listener: socket.socket) -> None:
    """Serve on ``listener`` until SIGTERM or SIGINT; requests that run are finished."""
    server = uvicorn.Server(config)
    # uvicorn raises the signal again once it has stopped; the store is still to be closed then.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignored)
    server.run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """``listen``; ``server.not_loopback`` for an address that others reach."""
    if not is_loopback(host):
        raise AppError("server.not_loopback", host=host[:64])
    return listen(host, port)


def listen(host: str, port: int, *, backlog: int | None = None) -> socket.socket:
    """A listening socket, whose connections send what they have at once; ``server.port_taken``.

    asyncio sees to that for sockets of its own alone. Without it the body of an answer, which uvicorn writes after its
    head, waits 40 ms for the other side's acknowledgement of the head.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=backlog)
    except (OSError, OverflowError) as error:
        raise AppError("server.port_taken", port=port) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _ignored(*_: Any) -> None:
    """The signal has had its effect."""
