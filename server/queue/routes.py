"""``POST /v1/queue/{method}`` and ``POST /v1/queue/wait``. ``sync/queue_wire.py`` says what is sent and answered."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from domain.errors import AppError
from server.context import MAX_WAITS
from server.frames_http import pieces_of
from server.limits import Together
from server.queue.deciding import Asked, Decided
from server.queue.hall import HubHall
from server.refusing import Refusal
from sync.frames import MEDIA_TYPE, FrameError, decode, encode
from sync.protocol import Message
from sync.queue_wire import (
    MAX_CALL_BYTES,
    PATH,
    WAIT,
    QueueAnswer,
    QueueCall,
    QueueMethod,
    QueueNews,
    QueueRefusal,
    QueueWait,
    method,
    refusal_of,
)

MALFORMED, UNKNOWN, TOO_LARGE, BUSY = (
    "queue.malformed",
    "queue.unknown_method",
    "queue.too_large",
    "queue.busy",
)
_STATUS = {"queue.not_a_hub": 404, "queue.hub_superseded": 410, "permission.denied": 403}
_log = logging.getLogger("qifu.server.queue")


class QueueDevice(Protocol):
    """What is asked of the device that calls: which it is, and of which site."""

    @property
    def device(self) -> str:
        """Its id."""
        ...

    @property
    def site(self) -> str:
        """The code of its site."""
        ...


@dataclass(slots=True)
class QueueContext:
    """``caller`` is the dependency that gives the ``QueueDevice`` of a request, or refuses; ``site`` is the hub's.

    ``told`` is the last answer as it was sent.
    """

    hall: HubHall
    site: str
    caller: Callable[..., Any]
    waits: Together = field(default_factory=lambda: Together(MAX_WAITS))
    told: tuple[Decided, bytes] | None = None


def queue_router(context: QueueContext) -> APIRouter:
    """The routes over ``context``."""
    router = APIRouter(include_in_schema=False)
    caller = Depends(context.caller)

    @router.post(PATH + WAIT)
    async def wait(request: Request, device: Any = caller) -> Response:
        async def answer() -> Response:
            asked = decode(await _body(request), QueueWait, limit=MAX_CALL_BYTES)
            _need_this_hall(context, device)
            with context.waits.one(device.device) as allowed:
                if not allowed:
                    raise Refusal(429, "http.429", retry_s=5)
                seen, term = await context.hall.wait(asked.seen, asked.s, asked.term)
            return _framed(QueueNews(term=term, seen=seen))

        return await _told(answer)

    @router.post(PATH + "{name}")
    async def ask(request: Request, name: str, device: Any = caller) -> Response:
        async def answer() -> Response:
            known = method(name)
            if known is None:
                raise AppError(UNKNOWN)
            call = decode(await _body(request), QueueCall, limit=MAX_CALL_BYTES)
            _need_this_hall(context, device)
            args = known.unpack(call.args)
            asked = Asked(known, args, device.device, call.staff, call.command, call.term)
            return _answered(context, known, await context.hall.ask(asked))

        return await _told(answer)

    return router


def _answered(context: QueueContext, known: QueueMethod, decided: Decided) -> Response:
    """The answer; what was read for many is written down once."""
    if context.told is None or context.told[0] is not decided:
        message = QueueAnswer(term=decided.term, answer=known.pack_answer(decided.answer))
        context.told = (decided, encode(message))
    return Response(context.told[1], media_type=MEDIA_TYPE)


async def _told(answer: Callable[[], Any]) -> Response:
    try:
        found: Response = await answer()
    except Refusal as refusal:
        return refusal.response()
    except FrameError:
        return _framed(QueueRefusal(code=MALFORMED), 400)
    except AppError as error:
        if error.code.startswith("storage."):
            _log.error("store", extra={"facts": {"error": error.code}})
            return _framed(QueueRefusal(code=BUSY, retry_s=5), 503)
        return _framed(refusal_of(error, 0), _status(error.code))
    return found


def _status(code: str) -> int:
    if code in (UNKNOWN, TOO_LARGE):
        return 404 if code == UNKNOWN else 413
    return _STATUS.get(code, 409)


def _need_this_hall(context: QueueContext, device: QueueDevice) -> None:
    if device.site != context.site:
        raise AppError("queue.not_of_this_hall")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in pieces_of(request):
        body += piece
        if len(body) > MAX_CALL_BYTES:
            raise AppError(TOO_LARGE)
    return bytes(body)


def _framed(message: Message, status: int = 200) -> Response:
    return Response(encode(message), status, media_type=MEDIA_TYPE)
