"""What a request holds: the sender's address, and a form read within bounds."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from server.limits import address_key
from services.ratings.link_form import MAX_STAMP

MAX_BODY = 16 * 1024
"""A thousand characters take up to twelve bytes each in a form."""
BODY_TIMEOUT_S = 20
_FORM = "application/x-www-form-urlencoded"
_FIELDS = frozenset({"form", "level", "text"})


class NotAForm(Exception):
    """The body is none of our forms; ``too_large`` says that it was longer than any."""

    def __init__(self, *, too_large: bool = False) -> None:
        super().__init__()
        self.too_large = too_large


@dataclass(frozen=True, slots=True)
class RatingForm:
    """The form as sent. ``level`` is None where no level of ours was chosen."""

    stamp: str
    level: int | None
    text: str


def sender(request: Request) -> str:
    """Whom limits are counted for. A proxy on this machine names the client (``X-Forwarded-For``)."""
    return address_key(request.client.host) if request.client else ""


async def read_form(request: Request) -> RatingForm:
    """The form in the body; raises ``NotAForm``."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise NotAForm()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await _body(request)
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=8, errors="strict"
        )
    except (TimeoutError, ClientDisconnect, ValueError) as error:
        raise NotAForm() from error
    fields = dict(pairs)
    if len(fields) != len(pairs) or not set(fields) <= _FIELDS or len(fields.get("form", "")) > MAX_STAMP:
        raise NotAForm()
    level = fields.get("level", "")
    chosen = int(level) if level in ("1", "2", "3", "4", "5") else None
    return RatingForm(fields.get("form", ""), chosen, fields.get("text", ""))


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared) > MAX_BODY:
        raise NotAForm(too_large=True)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise NotAForm(too_large=True)
    return bytes(body)
