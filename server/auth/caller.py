"""The device behind a request: looked up at every one, so that a revoked one is out with its very next request."""

from typing import Annotated

from fastapi import Depends, Request

from domain.enrolment import Device
from server.auth.tokens import read_token
from server.context import context_of
from server.refusing import Refusal
from services.devices import device_of
from sync.protocol_access import AccessCode

MAX_TOKEN = 512


async def caller_of(request: Request) -> Device:
    """The enrolled device whose token came with ``request``; ``Refusal``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    context = context_of(request)
    node = context.node
    session = None
    if scheme.lower() == "bearer" and 0 < len(token) <= MAX_TOKEN:
        session = read_token(node.token_key, token, node.clock.now_ms())
    if session is None:
        raise Refusal(401, AccessCode.TOKEN)
    wait = context.of_device.take(session.device)
    if wait:
        raise Refusal(429, "http.429", retry_s=max(1, round(wait)))
    device = await context.call(device_of, session.device)
    return let_in(device)


def let_in(device: Device | None) -> Device:
    """``device`` where it may come in; ``Refusal``."""
    if device is None:
        raise Refusal(403, AccessCode.UNKNOWN_DEVICE)
    if device.is_revoked:
        raise Refusal(403, AccessCode.REVOKED)
    return device


Caller = Annotated[Device, Depends(caller_of)]
