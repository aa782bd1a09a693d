"""The application of a hub or centre: one for each process, over one node."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.enrolment import DeviceRole
from server import health
from server.auth import routes as auth
from server.auth.caller import caller_of
from server.context import NodeContext, NodeSettings
from server.documents.routes import documents_router
from server.files.routes import files_router
from server.frames_http import answer_errors_in_frames, refusal
from server.metrics import share, withdraw
from server.nodes import ServerNode
from server.progress.app import progress_app
from server.progress.desk import ProgressDesk
from server.queue.hall import HubHall
from server.queue.routes import QueueContext, queue_router
from server.syncing import cases as old_cases
from server.syncing import routes as syncing
from server.syncing.answering import Caller
from services.slip_links import PATH as PAGE_PATH

SHARE_S = 5
_log = logging.getLogger("qifu.server")


def node_app(
    node: ServerNode, settings: NodeSettings | None = None, monotonic: Callable[[], float] = time.monotonic
) -> ASGIApp:
    """Everything a node answers: access, sync, documents, files, the queue, health, figures and the page of slips."""
    context = NodeContext(node, settings or NodeSettings(), monotonic)
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=_living(context)
    )
    app.state.context = context
    answer_errors_in_frames(app)
    app.include_router(health.router)
    app.include_router(auth.router)
    app.include_router(syncing.router)
    app.include_router(old_cases.router)
    app.include_router(documents_router(node, _asker))
    app.include_router(files_router(node, _asker))
    if node.role == DeviceRole.HUB:
        # PostgreSQL never decides a ticket; a hall in the centre's building has a hub of its own.
        context.hall = HubHall(node)
        app.include_router(queue_router(QueueContext(context.hall, node.site, caller_of)))
    page = progress_app(ProgressDesk(node, monotonic))
    return Served(app, page, context)


async def _asker(request: Request) -> Caller:
    found = await caller_of(request)
    return Caller(found.device, found.site, found.role)


def _living(context: NodeContext) -> Any:
    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def on_changes(_: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(context.news.stir)

        stop = context.node.add_listener(on_changes)
        sharing = asyncio.create_task(_share(context))
        try:
            yield
        finally:
            sharing.cancel()
            stop()
            if context.hall is not None:
                context.hall.stop()
            withdraw(health.figures_folder(context.node.home))

    return living


async def _share(context: NodeContext) -> None:
    folder = health.figures_folder(context.node.home)
    while True:
        await asyncio.sleep(SHARE_S)
        await context.in_thread(share, folder, context.metrics)


class Served:
    """ASGI around the application: the page of slips beside it, figures, and a log line for each answer.

    The line names method, route, status, time and sizes; never an address, a token, or what was sent.
    """

    def __init__(self, app: ASGIApp, page: ASGIApp, context: NodeContext) -> None:
        self._app = app
        self._page = page
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(PAGE_PATH):
            await self._page(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, sizes, status = self.context.monotonic(), [0, 0], 0

        async def take() -> Message:
            message = await receive()
            sizes[0] += len(message.get("body", b""))
            return message

        async def give(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            sizes[1] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, take, give)
        except Exception:
            _log.exception("broken", extra={"facts": {"route": _route(scope)}})
            if not status:
                await refusal(500, "server.broken")(scope, receive, give)
        self._note(scope, status, self.context.monotonic() - began, sizes)

    def _note(self, scope: Scope, status: int, seconds: float, sizes: list[int]) -> None:
        route, metrics = _route(scope), self.context.metrics
        metrics.count("qifu_requests_total", route=route, method=scope["method"], status=str(status))
        metrics.count("qifu_bytes_received_total", sizes[0])
        metrics.count("qifu_bytes_sent_total", sizes[1])
        metrics.took(route, seconds)
        facts = {"method": scope["method"], "route": route, "status": status, "ms": round(1000 * seconds)}
        _log.info("answered", extra={"facts": {**facts, "in": sizes[0], "out": sizes[1]}})


def _route(scope: Scope) -> str:
    """The route's pattern; what was asked for may name a file or a case."""
    return getattr(scope.get("route"), "path", "other")
