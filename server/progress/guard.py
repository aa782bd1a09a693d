"""What stands around every answer of the page: its headers, and a log line."""

import base64
import hashlib
import logging
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.progress.markup import shipped

_log = logging.getLogger("qifu.page")


def headers() -> dict[str, str]:
    """The headers of every answer. No script runs, nothing is fetched, nothing is kept, nobody learns the address."""
    digest = hashlib.sha256(shipped("page.css").encode()).digest()
    style = f"'sha256-{base64.b64encode(digest).decode()}'"
    policy = (
        f"default-src 'none'; style-src {style}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }


class Guard:
    """ASGI around the page's application. A line of the log names method, status and time, never the address asked."""

    def __init__(self, app: ASGIApp, monotonic: Callable[[], float]) -> None:
        self._app = app
        self._monotonic = monotonic
        self._headers = [(name.encode(), value.encode()) for name, value in headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._monotonic(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            # The application has answered by then.
            _log.exception("the page broke")
        facts = {"method": scope["method"], "status": status, "ms": round(1000 * (self._monotonic() - began))}
        _log.info("answered", extra={"facts": facts})
