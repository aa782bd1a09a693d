"""Frames in and out over HTTP; every answer that is not 2xx is a frame of ``sync.protocol.ErrorAnswer``."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from domain.errors import AppError
from server.refusing import Refusal
from sync.frames import LIMIT_BYTES, MEDIA_TYPE, FrameError, decode, encode

MAX_BODY_BYTES = 9 << 20
"""A batch is at most 8 MiB on the wire (``sync.protocol.MAX_BATCH_BYTES``)."""
STALL_S = 30
"""A body of which nothing comes for this long is given up."""
SLOWEST = 1_000
"""Bytes a second that a body has to come with after its first ``STALL_S``: an eighth of 64 kbit/s."""
_BUSY = frozenset(
    {"storage.locked", "storage.unreachable", "storage.too_many_connections", "storage.disk_full"}
)
_STATUS = {
    "permission.denied": 403,
    "sync.bad_batch": 400,
    "sync.bad_signature": 400,
    "sync.device_unknown": 403,
    "sync.not_your_scope": 403,
    "sync.program_too_old": 426,
    "sync.server_too_old": 426,
}
"""What else a service refuses is a conflict: 409."""
_log = logging.getLogger("qifu.server")

M = TypeVar("M", bound=BaseModel)


async def read_frame(
    request: Request, expected: type[M], *, most: int = MAX_BODY_BYTES, limit: int = LIMIT_BYTES
) -> M:
    """The message in the body of ``request``: ``most`` bytes on the wire, ``limit`` once unpacked. ``Refusal``."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refusal(415, "frame.media_type")
    body = await read_body(request, most)
    try:
        return decode(body, expected, limit=limit)
    except FrameError as error:
        raise Refusal(400, "frame.malformed", str(error)[:200]) from error


async def read_body(request: Request, most: int) -> bytes:
    """The body, at most ``most`` bytes; ``Refusal`` for a longer one, and one that stops coming."""
    declared = request.headers.get("content-length", "")
    if declared and not (declared.isascii() and declared.isdigit() and int(declared) <= most):
        raise Refusal(413, "frame.too_large")
    body = bytearray()
    async for piece in pieces_of(request):
        body += piece
        if len(body) > most:
            raise Refusal(413, "frame.too_large")
    return bytes(body)


async def pieces_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; ``Refusal`` where it stops coming, breaks off, or trickles so as to keep the line."""
    loop, pieces, taken = asyncio.get_running_loop(), request.stream(), 0
    began = loop.time()
    try:
        while True:
            async with asyncio.timeout_at(min(loop.time(), began + taken / SLOWEST) + STALL_S):
                piece = await anext(pieces, None)
            if piece is None:
                return
            taken += len(piece)
            yield piece
    except (TimeoutError, ClientDisconnect) as error:
        raise Refusal(408, "frame.stalled") from error


def framed(message: BaseModel | dict[str, Any], status: int = 200) -> Response:
    """An answer that is a frame."""
    return Response(encode(message), status, {"cache-control": "no-store"}, MEDIA_TYPE)


def refusal(status: int, code: str, detail: str = "", retry_s: int = 0) -> Response:
    """An answer that is an error."""
    return Refusal(status, code[:64], detail, retry_s).response()


def answer_errors_in_frames(app: FastAPI) -> None:
    """Let every error of ``app`` be a frame, those of the framework as well."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(AppError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    answer = error.response()
    if error.status in (408, 413):
        answer.headers["connection"] = "close"  # what is left of the body is not read
    return answer


async def _known(request: Request, error: Exception) -> Response:
    """What a service refused. Parameters may hold words of people: the code alone goes out."""
    assert isinstance(error, AppError)
    if error.code in _BUSY:
        _log.warning("store", extra={"facts": {"code": error.code}})
        return refusal(503, error.code, retry_s=5)
    status = _STATUS.get(error.code, 500 if error.code.startswith("storage.") else 409)
    return refusal(status, error.code)


async def _invalid(request: Request, error: Exception) -> Response:
    return refusal(422, "request.malformed")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = refusal(error.status_code, f"http.{error.status_code}")
    answer.headers.update(error.headers or {})  # 405 names the methods there are (RFC 9110)
    return answer
