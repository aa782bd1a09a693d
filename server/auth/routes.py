"""``POST /v1/enrol``, ``/v1/challenge`` and ``/v1/session``: all that is asked without a token."""

import socket

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import APIRouter, Request
from starlette.responses import Response

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from server.auth.caller import let_in
from server.auth.enrolling import enrol, read_statement
from server.auth.tokens import make_nonce, make_token, nonce_mark, nonce_until
from server.context import Context, NodeContext, sender
from server.frames_http import framed, read_frame
from server.limits import Limiter
from server.nodes import NodeFile
from server.refusing import Refusal
from services.devices import device_of
from sync.protocol_access import (
    AccessCode,
    Challenge,
    ChallengeAnswer,
    Enrol,
    SessionAnswer,
    SessionRequest,
    session_bytes,
)

MAX_BYTES = 80 << 10
_ITSELF = ("localhost", "127.0.0.1", "::1")
router = APIRouter(include_in_schema=False)


@router.post("/v1/enrol")
async def enrolled(request: Request, context: Context) -> Response:
    """Enrol the device that signs, by its one-time code."""
    _allow(context.enrolments, sender(request))
    asked = await read_frame(request, Enrol, most=MAX_BYTES, limit=2 * MAX_BYTES)
    statement = read_statement(asked, lambda host: _is_own(context, request, host))
    answer = await context.call(enrol, statement, context.node, context.node.epoch)
    return framed(answer)


@router.post("/v1/challenge")
async def challenged(request: Request, context: Context) -> Response:
    """A challenge for a device; whether there is such a one is not told before it has signed."""
    _allow(context.sessions, sender(request))
    asked = await read_frame(request, Challenge, most=MAX_BYTES, limit=MAX_BYTES)
    node = context.node
    now_ms = node.clock.now_ms()
    nonce = make_nonce(node.token_key, asked.device, now_ms)
    return framed(ChallengeAnswer(nonce=nonce, epoch=node.epoch, now=now_ms, server=node.device))


@router.post("/v1/session")
async def begun(request: Request, context: Context) -> Response:
    """A token against a challenge that the device has signed."""
    _allow(context.sessions, sender(request))
    asked = await read_frame(request, SessionRequest, most=MAX_BYTES, limit=MAX_BYTES)
    node, now_ms = context.node, context.node.clock.now_ms()
    until = nonce_until(node.token_key, asked.device, asked.nonce, now_ms)
    if until is None or asked.epoch != node.epoch:
        raise Refusal(401, AccessCode.NONCE)
    device = let_in(await context.call(device_of, asked.device))
    signed = session_bytes(asked.device, asked.nonce, asked.epoch, asked.host)
    _check_signature(device.public_key, asked.signature, signed)
    if not _is_own(context, request, asked.host):
        raise Refusal(401, AccessCode.SIGNATURE, "host")
    if not await context.call(_first_use, nonce_mark(asked.nonce), until):
        raise Refusal(401, AccessCode.NONCE)
    token, token_until = make_token(node.token_key, device.device, now_ms)
    return framed(SessionAnswer(token=token, token_until=token_until, now=now_ms, epoch=node.epoch))


def _first_use(uow: UnitOfWork, clock: Clock, actor: Actor, mark: bytes, until: int) -> bool:
    uow.replay_marks.forget(clock.now_ms())
    return uow.replay_marks.remember(mark, until)


def _check_signature(public_key: bytes, signature: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise Refusal(401, AccessCode.SIGNATURE) from error


def _is_own(context: NodeContext, request: Request, host: str) -> bool:
    """Whether ``host``, which the device dialled, is this server: one of its names, this machine, the line's own end.

    Never what the request calls it (``Host``): a look-alike that passes on what was signed for it says what it likes.
    """
    end, _ = request.scope.get("server") or ("", 0)
    wanted = host.lower()
    if wanted in context.settings.hosts | {*_ITSELF, end, socket.gethostname().lower()}:
        return True
    return wanted in NodeFile.read(context.node.home).names  # named while it was served


def _allow(limiter: Limiter, address: str) -> None:
    wait = limiter.take(address)
    if wait:
        raise Refusal(429, "http.429", retry_s=max(1, round(wait)))
