"""Serving a node until the process is told to stop: one process or several, with folding beside them."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from domain.errors import AppError
from domain.hosts import is_loopback
from server.app import node_app
from server.certificates import Certificate, ensure_certificate
from server.claiming import Claim
from server.context import NodeSettings
from server.folding import Folder
from server.following import Follower
from server.nodes import NodeFile, open_node
from server.patience import PatientProtocol
from server.running import config_of, listen, run_until_told
from services.clock import SystemClock

BACKLOG = 512
_log = logging.getLogger("qifu.server")


@dataclass(frozen=True, slots=True)
class Serving:
    """How a node is served. ``tls`` makes a certificate of its own; else ``cert`` and ``key`` may be given."""

    host: str = "127.0.0.1"
    port: int = 8460
    workers: int = 1
    tls: bool = False
    cert: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()
    metrics_token: str = ""

    @property
    def settings(self) -> NodeSettings:
        """What the application is told."""
        return NodeSettings(
            hosts=frozenset(name.lower() for name in self.names), admin_token=self.metrics_token
        )


def serve(home: Path, how: Serving) -> None:
    """Serve until SIGTERM or SIGINT: what runs is finished, for ``GRACE_S`` seconds at most. ``server.*``."""
    kept = NodeFile.read(home).reached_by(home, how.names).names
    how = replace(how, names=tuple(dict.fromkeys((*how.names, *kept))))  # what was said now comes first
    certificate = _certificate(home, how)
    if certificate is None and not is_loopback(how.host):
        raise AppError("server.not_loopback", host=how.host[:64])
    if how.workers > 1 and sys.platform == "win32":
        raise AppError("server.one_process")
    node = open_node(home)
    try:
        with (
            listen(how.host, how.port, backlog=BACKLOG) as listener,
            _beside(Folder(node)),
            _beside(Follower(node)),
        ):
            port = listener.getsockname()[1]
            scheme = "http" if certificate is None else "https"
            claim = Claim(node, f"{scheme}://{how.names[0] if how.names else how.host}:{port}")
            facts = {"host": how.host, "port": port, "tls": certificate is not None}
            _log.info("listening", extra={"facts": facts})
            with _beside(claim):
                if how.workers > 1:
                    _serve_by_several(home, how, listener)
                else:
                    run_until_told(uvicorn_config(node_app(node, how.settings), certificate), listener)
    finally:
        node.close()
        _log.info("stopped")


def serve_from(home: Path, descriptor: int, how: Serving) -> None:
    """One of several processes: serve what comes in on the socket that was handed down."""
    node = open_node(home)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with socket.socket(fileno=descriptor) as listener:
            run_until_told(uvicorn_config(node_app(node, how.settings), _certificate(home, how)), listener)
    finally:
        node.close()


def _end_with_parent() -> None:
    """The parent holds the other end of our input; it closes when the parent ends, however it ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def uvicorn_config(app: ASGIApp, certificate: Certificate | None = None) -> uvicorn.Config:
    """How uvicorn serves a node."""
    return config_of(
        app,
        http=PatientProtocol,
        lifespan="on",
        limit_concurrency=2_000,
        timeout_keep_alive=75,
        ssl_certfile=certificate.cert if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


def _serve_by_several(home: Path, how: Serving, listener: socket.socket) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    workers = [_start_worker(home, how, listener) for _ in range(how.workers)]
    while not stop.wait(0.5):
        for index, one in enumerate(workers):
            if one.poll() is not None:
                _log.error("a process ended", extra={"facts": {"code": one.returncode}})
                workers[index] = _start_worker(home, how, listener)
    for one in workers:
        one.terminate()
    for one in workers:
        one.communicate()


def _start_worker(home: Path, how: Serving, listener: socket.socket) -> subprocess.Popen[bytes]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "server.main"]
    given: list[str] = ["--tls"] if how.tls else []
    if how.cert and how.key:
        given += ["--tls-cert", str(how.cert), "--tls-key", str(how.key)]
    for name in how.names:
        given += ["--name", name]
    number = listener.fileno()
    command = [*program, "worker", "--home", str(home), "--socket", str(number), *given]
    # Whoever lists the processes of the machine sees their arguments.
    environment = {**os.environ, "QIFU_METRICS_TOKEN": how.metrics_token}
    return subprocess.Popen(command, pass_fds=(number,), stdin=subprocess.PIPE, env=environment)


@contextmanager
def _beside(work: Folder | Follower | Claim) -> Iterator[None]:
    """``work`` runs in a thread of its own meanwhile."""
    thread = threading.Thread(target=work.run, name=type(work).__name__)
    thread.start()
    try:
        yield
    finally:
        work.stop()
        thread.join()


def _certificate(home: Path, how: Serving) -> Certificate | None:
    if how.cert is not None and how.key is not None:
        for path in (how.cert, how.key):
            if not path.is_file():
                raise AppError("server.no_certificate", path=str(path))
        return Certificate(how.cert, how.key)
    if how.cert is not None or how.key is not None:
        raise AppError("server.usage", detail="--tls-cert 和 --tls-key 要一起给出")
    return ensure_certificate(home, how.names, SystemClock().now_ms()) if how.tls else None
