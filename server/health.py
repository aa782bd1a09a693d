"""``GET /health`` and ``GET /metrics``."""

import hmac
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from db.folding import lagging
from db.log.ingest import QUARANTINED, REFUSED
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.hosts import is_loopback_number
from domain.staff import Actor
from server.context import Context
from server.metrics import CONTENT_TYPE, Gauge, of_all
from server.refusing import Refusal
from services.station import reads

FIGURES_FOLDER = "figures"
_QUARTER_MS = 15 * 60_000
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What the store says of itself. ``lag`` is how many streams wait to be folded."""

    lag: int
    events: int
    quarantined: int
    refused: int
    devices: int
    seen: int


@router.get("/health")
async def health(context: Context) -> Response:
    """Whether the store answers; 503 with a frame where it does not."""
    lag = await context.call(_lag)
    node = context.node
    return JSONResponse(
        {"ok": True, "epoch": node.epoch, "role": node.role, "site": node.site, "lag": lag},
        headers={"cache-control": "no-store"},
    )


@router.get("/metrics")
async def metrics(request: Request, context: Context) -> Response:
    """Figures for Prometheus: for this machine alone, or with the token of whoever runs the server."""
    if not _may_look(request, context.settings.admin_token):
        raise Refusal(403, "metrics.not_here")
    found = await context.call(_figures)
    total = await context.in_thread(of_all, figures_folder(context.node.home), context.metrics)
    return PlainTextResponse(total.text(_gauges(found, context.news.waiting)), media_type=CONTENT_TYPE)


def figures_folder(home: Path) -> Path:
    """Where the processes of a node leave their figures for one another."""
    return home / FIGURES_FOLDER


def _may_look(request: Request, admin_token: str) -> bool:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if (
        admin_token
        and scheme.lower() == "bearer"
        and hmac.compare_digest(token.encode(), admin_token.encode())
    ):
        return True
    # Behind a proxy of this machine the client is the one that the proxy names.
    return request.client is not None and is_loopback_number(request.client.host)


def _gauges(found: NodeFigures, waiting: int) -> list[Gauge]:
    return [
        Gauge("qifu_fold_lag_streams", "Streams whose read models lag.", found.lag),
        Gauge("qifu_events", "Place of the newest stored event.", found.events),
        Gauge("qifu_quarantined", "Events that are set aside.", found.quarantined),
        Gauge("qifu_refused", "Events that were refused.", found.refused),
        Gauge("qifu_devices", "Devices that may come in.", found.devices),
        Gauge("qifu_devices_seen", "Devices heard in the last 15 minutes.", found.seen),
        Gauge("qifu_waiting", "Open long polls of this process.", waiting),
    ]


@reads
def _lag(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    return lagging(uow)


@reads
def _figures(uow: UnitOfWork, clock: Clock, actor: Actor) -> NodeFigures:
    states = SyncRows(uow.connection).held_counts()
    return NodeFigures(
        lag=lagging(uow),
        events=uow.events.newest_place(),
        quarantined=states.get(QUARANTINED, 0),
        refused=states.get(REFUSED, 0),
        devices=sum(not one.is_revoked for one in uow.devices.all()),
        seen=uow.devices.seen_since(clock.now_ms() - _QUARTER_MS),
    )
