"""``POST /v1/hello``, ``push``, ``pull``, ``hashes``, ``wait``: frames in, frames out; the work is in ``answering``."""

import time
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from db.log.ingest import ChainMismatch
from db.log.scope_log import ScopeLog
from db.rows.device_rows import Seen
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enrolment import SERVERS, Device
from domain.errors import AppError
from domain.staff import Actor
from server.auth.caller import Caller
from server.auth.tokens import make_token, read_token
from server.context import Context, NodeContext
from server.frames_http import MAX_BODY_BYTES, framed, read_frame
from server.refusing import Refusal
from server.syncing import answering
from server.syncing.entitled import is_below
from server.syncing.judging import ServerJudge
from server.syncing.origins import origin_of_chain
from services.publishing import digest_for
from services.station import reads
from sync.protocol import Hashes, Hello, HelloAnswer, Pull, PullAnswer, Push, PushAnswer, Wait, WaitAnswer
from sync.protocol_access import RENEW_S

DEVICE_UNKNOWN, GAP, FORK = "sync.device_unknown", "sync.gap", "sync.fork"
_SMALL, _UNPACKED = 256 << 10, 2 << 20
"""Bytes of a request without events, on the wire and unpacked."""

router = APIRouter(include_in_schema=False)


@router.post("/v1/hello")
async def hello(request: Request, context: Context, caller: Caller) -> Response:
    """Who is there, and what it has."""
    asked = await read_frame(request, Hello, most=_SMALL, limit=_UNPACKED)
    node = context.node
    answer = await context.call(_hello, _asker(caller), asked, node.epoch)
    if not context.sightings.take(caller.device):
        seen = Seen(node.clock.now_ms(), asked.program, asked.now - node.clock.now_ms(), asked.waiting)
        await context.gather(_note_seen, caller.device, seen)
    return framed(_with_token(context, request, caller, answer))


def _with_token(context: NodeContext, request: Request, caller: Device, answer: HelloAnswer) -> HelloAnswer:
    """A token that is nearly over is renewed by the way, so that a steady window never signs in again."""
    node, now_ms = context.node, context.node.clock.now_ms()
    _, _, given = request.headers.get("authorization", "").partition(" ")
    session = read_token(node.token_key, given, now_ms)
    if session is not None and session.until - now_ms > RENEW_S * 1000:
        return answer
    token, until = make_token(node.token_key, caller.device, now_ms)
    return answer.model_copy(update={"token": token, "token_until": until})


def _note_seen(uow: UnitOfWork, clock: Clock, actor: Actor, device: str, seen: Seen) -> None:
    uow.devices.saw(device, seen)


@reads
def _hello(
    uow: UnitOfWork, clock: Clock, actor: Actor, caller: answering.Caller, asked: Hello, epoch: str
) -> HelloAnswer:
    digest = digest_for(uow, caller.site, below=caller.role in SERVERS)
    return answering.hello(uow, caller, asked, epoch=epoch, now_ms=clock.now_ms(), documents=digest)


@router.post("/v1/push")
async def push(request: Request, context: Context, caller: Caller) -> Response:
    """Events of one chain."""
    sent = await read_frame(request, Push, most=MAX_BODY_BYTES)
    try:
        answer = await context.gather(_push, _asker(caller), sent)
    except ChainMismatch as error:
        raise Refusal(409, FORK if error.forked else GAP) from error
    refused = len(answer.exceptions)
    context.metrics.count("qifu_events_ingested_total", sent.events.count - refused)
    context.metrics.count("qifu_events_refused_total", refused)
    context.news.stir()
    return framed(answer)


def _push(uow: UnitOfWork, clock: Clock, actor: Actor, caller: answering.Caller, sent: Push) -> PushAnswer:
    origin = origin_of_chain(uow, sent.device)
    if origin is None:
        raise AppError(DEVICE_UNKNOWN)
    # A hub tells when it saw what those below it recorded, and says nothing of others.
    trusted = caller.role in SERVERS and is_below(uow, caller.site, origin)
    return answering.push(uow, origin, sent, ServerJudge(uow, origin), trusted=trusted, now_ms=clock.now_ms())


@router.post("/v1/pull")
async def pull(request: Request, context: Context, caller: Caller) -> Response:
    """A stretch of the log of the caller's site."""
    asked = await read_frame(request, Pull, most=_SMALL, limit=_UNPACKED)
    return framed(await context.call(_pull, _asker(caller), asked))


@reads
def _pull(uow: UnitOfWork, clock: Clock, actor: Actor, caller: answering.Caller, asked: Pull) -> PullAnswer:
    return answering.pull(uow, caller, asked)


@router.post("/v1/hashes")
async def hashes(request: Request, context: Context, caller: Caller) -> Response:
    """Hashes of a chain, by which a fork is found."""
    asked = await read_frame(request, Hashes, most=_SMALL, limit=_UNPACKED)
    origin = await context.call(_origin, asked.device)
    if origin is None or origin.site != caller.site:
        raise Refusal(403, DEVICE_UNKNOWN)
    return framed(await context.call(_hashes, asked))


@reads
def _origin(uow: UnitOfWork, clock: Clock, actor: Actor, device: str) -> Any:
    return uow.devices.get(device)


@reads
def _hashes(uow: UnitOfWork, clock: Clock, actor: Actor, asked: Hashes) -> Any:
    return answering.hashes(uow, asked)


@router.post("/v1/wait")
async def wait(request: Request, context: Context, caller: Caller) -> Response:
    """Answer as soon as there is something for the caller, or after the seconds it gave."""
    asked = await read_frame(request, Wait, most=_SMALL, limit=_UNPACKED)
    with context.waits.one(caller.device) as allowed:
        if not allowed:
            raise Refusal(429, "http.429", retry_s=5)
        news = await _awaited(request, context, caller, asked)
    return framed(WaitAnswer(news=news, now=context.node.clock.now_ms()))


async def _awaited(request: Request, context: NodeContext, caller: Device, asked: Wait) -> bool:
    until = time.monotonic() + asked.s
    told = next((one.pos for one in asked.scopes if one.scope == caller.site), None)
    key = (caller.site, caller.role in SERVERS)
    while True:
        mark = context.news.mark
        look = partial(context.call, _standing, *key)
        pos, documents = await context.standing.of(key, mark, look)
        news = pos != told or documents != asked.documents
        left = until - time.monotonic()
        if news or left <= 0:
            return news
        await context.news.after(mark, left)
        if await request.is_disconnected():
            return news


@reads
def _standing(uow: UnitOfWork, clock: Clock, actor: Actor, site: str, below: bool) -> tuple[int, bytes]:
    """How far the log of ``site`` goes, and the digest of the documents for it."""
    return ScopeLog(uow.connection).head(site).pos, digest_for(uow, site, below=below)


def _asker(caller: Device) -> answering.Caller:
    return answering.Caller(caller.device, caller.site, caller.role)
