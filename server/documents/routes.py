"""``GET /v1/documents`` and ``GET /v1/documents/{kind}/{version}``: what a device is to have, and its bytes."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.enrolment import SERVERS
from server.documents.content import compressed
from server.refusing import Node, Refusal, refusals
from server.syncing.answering import Caller
from services.device_keys import own_signer
from services.publishing import Served, documents_of
from services.upstream_documents import known_signers
from sync.frames import MEDIA_TYPE, encode
from sync.protocol_files import SIGNATURE, DocumentEntry, DocumentList, Signer, signers_bytes

CallerOf = Callable[[Request], Awaitable[Caller]]
"""Who asks, by the request's token; raises what the server answers to anyone else."""
_ETAG = re.compile(r"[0-9a-f]{64}")


def documents_router(node: Node, caller_of: CallerOf) -> APIRouter:
    """The two routes over ``node``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/v1/documents")
    @refusals
    async def listed(request: Request) -> Response:
        caller = await caller_of(request)
        found = await run_in_threadpool(_read, node, list_for, caller)
        return Response(encode(found), media_type=MEDIA_TYPE)

    @router.get("/v1/documents/{kind}/{version}")
    @refusals
    async def content(request: Request, kind: str, version: int) -> Response:
        caller = await caller_of(request)
        base, offset = request.query_params.get("base", ""), offset_in(request)
        served, body, older = await run_in_threadpool(_read, node, content_for, caller, kind, version, base)
        data = await run_in_threadpool(compressed, body, older)
        if offset > len(data):
            raise Refusal(416, "documents.offset", str(len(data)))
        headers = {
            "etag": f'"{served.head.etag}"',
            SIGNATURE: (served.head.signature or b"").hex(),
            "content-encoding": "identity",
        }
        return Response(data[offset:], media_type="application/zstd", headers=headers)

    return router


def offset_in(request: Request) -> int:
    """``?from=``; 400 for what is no offset."""
    text = request.query_params.get("from", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Refusal(400, "request.offset")
    return int(text)


def list_for(uow: UnitOfWork, caller: Caller) -> DocumentList:
    """What ``caller`` is to have, and whom this node vouches for."""
    entries = tuple(
        DocumentEntry(
            kind=one.kind,
            version=one.head.version,
            etag=bytes.fromhex(one.head.etag),
            size=one.head.size,
            signature=one.head.signature or b"",
        )
        for one in _served(uow, caller)
    )
    signers = _signers(uow)
    signer = own_signer(uow)
    signature = signer.sign(signers_bytes(signers)) if signer is not None and signers else None
    return DocumentList(documents=entries, signers=signers, signature=signature)


def content_for(
    uow: UnitOfWork, caller: Caller, kind: str, version: int, base: str
) -> tuple[Served, bytes, bytes | None]:
    """The document, its bytes, and the bytes of the version ``base`` that the caller has, where it is known here."""
    found = next(
        (one for one in _served(uow, caller) if (one.kind, one.head.version) == (kind, version)), None
    )
    body = None if found is None else uow.reference.body(found.head.kind, found.head.version)
    if found is None or body is None:
        raise Refusal(404, "documents.unknown", kind[:40])
    known = _ETAG.fullmatch(base) is not None
    older = uow.reference.body_of({kind, found.head.kind}, base) if known else None
    return found, body, older


def _served(uow: UnitOfWork, caller: Caller) -> tuple[Served, ...]:
    return documents_of(uow, caller.site, below=caller.role in SERVERS)


def _signers(uow: UnitOfWork) -> tuple[Signer, ...]:
    """The node above, and whom it vouched for."""
    above = Upstream(uow.connection).get()
    keys = known_signers(uow) | ({above.device: above.public_key} if above is not None else {})
    return tuple(Signer(device=device, public_key=key) for device, key in sorted(keys.items()))


def _read(node: Node, ask: Callable[..., Any], *args: Any) -> Any:
    with node.store.read() as uow:
        return ask(uow, *args)
