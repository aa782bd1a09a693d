"""``/v1/files/{sha256}?stream=…``: HEAD how much is here, GET content, PUT a piece of it; each from an offset on."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from server.documents.routes import CallerOf, offset_in
from server.files.desk import FileDesk, Known
from server.frames_http import pieces_of
from server.refusing import Node, Refusal, refusals
from sync.frames import MEDIA_TYPE, encode
from sync.protocol_files import FILE_HAVE, FILE_SIZE, FILE_WHOLE, MAX_PIECE_BYTES, FileState

PATH = "/v1/files/{sha256}"
_ADDRESS = re.compile(r"[0-9a-f]{64}")
_KEPT_AT_ONCE = 64 << 10
Sha256 = Annotated[str, Path()]


def files_router(node: Node, caller_of: CallerOf) -> APIRouter:
    """The three routes over ``node``."""
    router = APIRouter(include_in_schema=False)
    desk = FileDesk(node)

    async def known(request: Request, sha256: str) -> Known:
        caller = await caller_of(request)
        stream = request.query_params.get("stream", "")
        if not _ADDRESS.fullmatch(sha256) or not 0 < len(stream) <= 64:
            raise Refusal(404, "files.unknown")
        return await run_in_threadpool(desk.known, caller, sha256, stream)

    async def head(request: Request, sha256: str) -> Response:
        state = await run_in_threadpool(desk.state, await known(request, sha256))
        told = {FILE_HAVE: str(state.have), FILE_SIZE: str(state.size), FILE_WHOLE: str(int(state.whole))}
        return Response(headers=told)

    async def content(request: Request, sha256: str) -> Response:
        found, offset = await known(request, sha256), offset_in(request)
        size = found.file.size
        if offset > size:
            raise Refusal(416, "files.offset", str(size))
        pieces = await run_in_threadpool(desk.content, found, offset)
        headers = {"content-length": str(size - offset), FILE_SIZE: str(size)}
        return StreamingResponse(pieces, headers=headers, media_type="application/octet-stream")

    async def piece(request: Request, sha256: str) -> Response:
        found, offset = await known(request, sha256), offset_in(request)
        _check_length(request)
        if found.row is None:
            await _take(desk, found, offset, request)
        state: FileState = await run_in_threadpool(desk.settle, found)
        return Response(encode(state), media_type=MEDIA_TYPE)

    ways = {"HEAD": head, "GET": content, "PUT": piece}

    # One route for all three, so that a 405 names them all.
    @router.api_route(PATH, methods=[*ways])
    @refusals
    async def file(request: Request, sha256: Sha256) -> Response:
        return await ways[request.method](request, sha256)

    return router


def _check_length(request: Request) -> None:
    declared = request.headers.get("content-length", "")
    if not (declared.isascii() and declared.isdecimal()):
        raise Refusal(411, "request.length")
    if len(declared) > 12 or int(declared) > MAX_PIECE_BYTES:
        raise Refusal(413, "files.piece_too_large", str(MAX_PIECE_BYTES))


async def _take(desk: FileDesk, found: Known, offset: int, request: Request) -> None:
    """Keep the body as it comes, so that a line that breaks within it costs nothing of what had passed."""
    kept = bytearray()
    try:
        async for chunk in pieces_of(request):
            kept += chunk
            if len(kept) >= _KEPT_AT_ONCE:
                piece, kept = bytes(kept), bytearray()
                offset = await run_in_threadpool(_keep, desk, found, offset, piece)
    except Refusal:
        await run_in_threadpool(_keep, desk, found, offset, bytes(kept))
        raise
    await run_in_threadpool(_keep, desk, found, offset, bytes(kept))


def _keep(desk: FileDesk, found: Known, offset: int, piece: bytes) -> int:
    if piece:
        desk.take(found, offset, piece)
    return offset + len(piece)
