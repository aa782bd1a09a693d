"""A hub of many windows: serves the store of a home on loopback until its input ends, telling its address first."""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI, Request

from benchmarks.queue import DayClock
from server.queue.hall import HubHall
from server.queue.routes import QueueContext, queue_router
from server.running import listening
from services.hub import begin_term
from services.station import open_station


def main() -> None:
    """``hub HOME``. Its windows are let in by what they say: letting in is measured with sync."""
    station = open_station(Path(sys.argv[1]), clock=DayClock())
    station.call(begin_term, "http://127.0.0.1")
    site = station.call(lambda uow, *_: uow.events.node.site)
    hall = HubHall(station)
    app = FastAPI(openapi_url=None)
    app.include_router(queue_router(QueueContext(hall, site, _let_in(site))))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    with listening("127.0.0.1", 0) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        threading.Thread(target=lambda: _end(server), daemon=True).start()
        server.run(sockets=[listener])
    hall.stop()
    station.close()


def _let_in(site: str) -> object:
    async def device(request: Request) -> SimpleNamespace:
        return SimpleNamespace(device=request.headers["authorization"], site=site)

    return device


def _end(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
