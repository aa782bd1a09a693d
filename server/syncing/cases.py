"""``POST /v1/case``: what is private of an older case, for a window that keeps it no longer."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from db.file_transfers import FileTransfers
from db.retiring import private_parts
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from server.auth.caller import Caller
from server.context import Context
from server.frames_http import framed, read_frame
from server.refusing import Refusal
from services.cases import find_case
from services.station import reads
from sync.protocol_cases import CaseAnswer, CaseAsked, PrivatePart

_SMALL = 4 << 10
UNKNOWN = "cases.not_found"

router = APIRouter(include_in_schema=False)


@router.post("/v1/case")
async def case(request: Request, context: Context, caller: Caller) -> Response:
    """The case, if the caller's site may see it; 404 otherwise, whether there is one or not."""
    asked = await read_frame(request, CaseAsked, most=_SMALL)
    found = await context.call(case_for, caller.site, asked.key)
    if found is None:
        raise Refusal(404, UNKNOWN)
    return framed(found)


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
