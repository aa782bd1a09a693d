"""A centre on PostgreSQL in place of the template's, with the halls enrolled at it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.centre import CentreStore, open_centre
from domain.staff import Actor
from services.documents import publish_own
from services.station import begin_node
from tests.fixed import FixedClock
from tests.sync.halls import SITES, Halls, enrol_own
from tests.sync.world import Node


class PgStation:
    """The face of a ``Station`` over a centre's store."""

    def __init__(self, store: CentreStore, clock: FixedClock) -> None:
        self.store = store
        self.clock = clock
        self.home = Path()
        with store.read() as uow:
            self.device_actor = Actor(f"device:{uow.events.node.device}")

    def call(
        self, service: Callable[..., Any], /, *args: Any, as_actor: Actor | None = None, **kwargs: Any
    ) -> Any:
        unit = self.store.read if getattr(service, "reads", False) else self.store.write
        with unit() as uow:
            return service(uow, self.clock, as_actor or self.device_actor, *args, **kwargs)

    def close(self) -> None:
        self.store.close()


class PgCentre(Node):
    """A ``Node`` whose store is a database."""

    def __init__(self, url: str) -> None:
        self.clock = FixedClock()
        self.epoch = "pg1"
        store = CentreStore(open_centre(url), self.clock)
        name, letters, _ = SITES["zx"]
        site = {"code": "zx", "name": name, "letters": letters, "windows": 1}
        with store.write() as uow:
            begin_node(uow, site, [], self.clock.now_ms(), serves=True)
        self.station: Any = PgStation(store, self.clock)
        entries = [
            {"code": code, "name": name, "letters": letters, "parent": parent}
            for code, (name, letters, parent) in SITES.items()
        ]
        self.call(lambda uow, clock, _: publish_own(uow, "sites", {"entries": entries}, clock.now_ms()))
        self.call(enrol_own, "centre")


def put_under(halls: Halls, centre: PgCentre) -> None:
    """Hub and window of hall b belong to ``centre`` from now on."""
    halls.put("centre", centre)
    for computer in ("hub", "b1"):
        halls.enrol(computer)
