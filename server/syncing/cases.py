"""``POST /v1/case``: what is private of an older case, for a window that keeps it no longer."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from db.files.file_transfers import FileTransfers
from db.retention.retiring import private_parts
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from server.auth.caller import Caller
from server.context import Context, NodeContext
from server.frames_http import framed, read_frame
from server.refusing import Refusal
from services.cases import find_case
from services.retention import case_at_centre, keep_fetched
from services.station import reads
from sync.old_cases import fetch
from sync.protocol_cases import CaseAnswer, CaseAsked, PrivatePart

_SMALL = 4 << 10
UNKNOWN, OFFLINE = "cases.not_found", "retention.offline"
_SOON_S, _LATER_S = 5, 60

router = APIRouter(include_in_schema=False)


@router.post("/v1/case")
async def case(request: Request, context: Context, caller: Caller) -> Response:
    """The case, if the caller's site may see it; 404 otherwise, whether there is one or not."""
    asked = await read_frame(request, CaseAsked, most=_SMALL)
    found = await context.call(case_for, caller.site, asked.key)
    if found is None:
        raise Refusal(404, UNKNOWN)
    if await context.call(case_at_centre, found.case):
        await _fetch_from_above(context, found.case)
        found = await context.call(case_for, caller.site, found.case)
    return framed(found or CaseAnswer(case=asked.key))


async def _fetch_from_above(context: NodeContext, case: str) -> None:
    """A hub that was made of a window lacks what that one had let go of; it keeps what it has fetched."""
    with context.above.one(case) as allowed:
        if not allowed:
            raise Refusal(503, OFFLINE, retry_s=_SOON_S)
        try:
            await context.in_thread(fetch, context.node, case, keep_fetched)
        except AppError as error:
            raise Refusal(503, OFFLINE, retry_s=_LATER_S) from error


@reads
def case_for(uow: UnitOfWork, clock: Clock, actor: Actor, site: str, key: str) -> CaseAnswer | None:
    """What is here of the case called ``key``; None where ``site`` does not see such a case."""
    try:
        wanted = find_case(uow, clock, key)
    except AppError:
        return None
    if not FileTransfers(uow.connection).shows(wanted, site):
        return None
    parts = private_parts(uow.connection, wanted)
    return CaseAnswer(
        case=wanted, parts=tuple(PrivatePart(event=one, salt=salt, private=body) for one, salt, body in parts)
    )
