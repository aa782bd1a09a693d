"""A centre with two halls for the state machine: hall a behind a hub, hall b straight at the centre.

Homes are made once and copied for each example; every computer has a witness of its own, so that a store can be cloned.
"""

import base64
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.schema import event
from db.schema.sync import stream_scope
from db.unit_of_work import UnitOfWork
from domain.enrolment import Device
from domain.events.event import NewEvent
from domain.events.kinds import CURRENT
from services.device_keys import own_entries
from services.devices import Applicant, enrol_device, enrol_itself
from services.documents import publish_own
from services.setup import init_station
from services.station import make_store, open_station
from sync.engine import downward
from sync.transport_errors import LinkDown, Refused
from tests.fixed import FixedClock
from tests.sync.world import Node

SITES = {"zx": ("中心", "ZX", ""), "a": ("河东大厅", "HD", "zx"), "b": ("河西大厅", "HX", "zx")}
PLACES = {"centre": "zx", "hub": "a", "a1": "a", "a2": "a", "b1": "b", "a3": "a", "b2": "b"}
"""Computer → its site; the last two are enrolled later."""
ABOVE = {"hub": "centre", "a1": "hub", "a2": "hub", "a3": "hub", "b1": "centre", "b2": "centre"}
LATER = ("a3", "b2")


def make_template(folder: Path) -> None:
    """The homes of all computers, those of ``LATER`` not yet enrolled."""
    clock = FixedClock()
    entries = [
        {"code": code, "name": name, "letters": letters, "parent": parent}
        for code, (name, letters, parent) in SITES.items()
    ]
    for computer, site in PLACES.items():
        name, letters, _ = SITES[site]
        home = folder / computer / "home"
        init_station(folder / "spare" / computer, site_name=name, site_letters=letters, clock=clock)
        make_store(
            home, site={"code": site, "name": name, "letters": letters, "windows": 1}, staff=[], clock=clock
        )
    shutil.rmtree(folder / "spare")
    halls = Halls(folder, folder)
    for server in ("centre", "hub"):
        node = halls[server]
        node.call(lambda uow, clock, _: publish_own(uow, "sites", {"entries": entries}, clock.now_ms()))
        node.serve()
        node.call(enrol_own, "centre" if server == "centre" else "hub")
    for computer in ("hub", "a1", "a2", "b1"):
        halls.enrol(computer)
    halls.close()


def enrol_own(uow: UnitOfWork, clock: Any, actor: Any, role: str) -> None:
    public = base64.b64decode(own_entries(uow)[0]["public_key"])
    enrol_itself(uow, clock, actor, public, role, role)


class Halls:
    """The computers of an example, opened when first used."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        self._template = template
        self._open: dict[str, Node] = {}
        self.clones: dict[str, str] = {}

    def __getitem__(self, computer: str) -> Node:
        if computer not in self._open:
            home = self.folder / computer
            if not home.exists():
                shutil.copytree(self._template / computer, home)
            self._open[computer] = Node(home / "home", FixedClock(), witness=home / "witness")
        return self._open[computer]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._open])

    def put(self, computer: str, node: Node) -> None:
        self._open[computer] = node

    def close(self) -> None:
        for node in self._open.values():
            node.close()

    def place(self, computer: str) -> str:
        return PLACES[self.clones.get(computer, computer)]

    def above(self, computer: str) -> str | None:
        return ABOVE.get(self.clones.get(computer, computer))

    def clone(self, computer: str, name: str) -> None:
        """The whole disk of a computer, witness and all, as a second one."""
        node = self[computer]
        node.station.close()
        shutil.copytree(self.folder / computer, self.folder / name)
        node.station = node._opened()
        self.clones[name] = self.clones.get(computer, computer)
        self._open[name] = Node(
            self.folder / name / "home",
            FixedClock(node.clock.now_ms()),
            witness=self.folder / name / "witness",
        )

    def enrol(self, computer: str) -> None:
        """Enrol a computer at the node above it."""
        above, below = self.above(computer), self[computer]
        assert above is not None
        entry = below.call(lambda uow, *_: own_entries(uow))[0]
        role = "hub" if computer == "hub" else "window"
        applicant = Applicant(entry["device"], base64.b64decode(entry["public_key"]), role, computer)

        def enrol(uow: Any, clock: Any, actor: Any) -> Device:
            from db.rows.device_rows import EnrolCode

            return enrol_device(uow, clock, actor, EnrolCode("", self.place(computer), role, 0, 0), applicant)

        self[above].call(enrol)
        below.join(self[above])

    def sync(self, computer: str, *, cut: int = 0) -> None:
        """Sync with the node above; ``cut``: the line breaks at that step, before or after the server did its part."""
        left = [cut]

        def watch(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise LinkDown("cut")

        above = self.above(computer)
        assert above is not None
        with suppress(LinkDown):
            self[computer].sync(self[above], watch)

    def settle(self) -> None:
        """Sync everything until nothing changes any more."""
        before: Any = None
        for _ in range(12):
            for computer in sorted(self, key=lambda one: one != "hub"):
                if self.above(computer) is not None:
                    self._sync_or_enrol(computer)
            self.sync("hub")
            state = {computer: (ids(self[computer]), cursors(self[computer])) for computer in self}
            if state == before:
                break
            before = state
        else:
            raise AssertionError("does not come to rest")
        for computer in self:
            while self[computer].call(downward.fold):
                pass

    def _sync_or_enrol(self, computer: str) -> None:
        try:
            self.sync(computer)
        except Refused as refused:
            # A server that was put back may not know those that came since; an administrator enrols them again.
            if refused.refusal not in ("device.revoked", "sync.device_unknown"):
                raise
            self.sync("hub")
            with suppress(Refused):
                self.sync(computer)
                return
            self.enrol(computer)
            self.sync(computer)


def ids(node: Node) -> frozenset[str]:
    return frozenset(row.id for row in node.rows(sa.select(event.c.id)))


def streams(node: Node) -> dict[str, str]:
    return {row.id: row.stream for row in node.rows(sa.select(event.c.id, event.c.stream))}


def own_ids(node: Node) -> frozenset[str]:
    return frozenset(row.id for row in node.rows(sa.select(event.c.id).where(event.c.device == node.device)))


def cursors(node: Node) -> Any:
    from db.schema.sync import chain, upstream_cursor

    pulled = [tuple(row) for row in node.rows(sa.select(upstream_cursor))]
    c = chain.c
    pushed = node.rows(sa.select(c.device, c.incarnation, c.branch, c.upstream_seq).order_by(*c[:3]))
    return pulled, [tuple(row) for row in pushed]


def seen_at(centre: Node, site: str) -> frozenset[str]:
    """Events of the streams that a site sees."""
    query = sa.select(event.c.id).join(stream_scope, stream_scope.c.stream == event.c.stream)
    return frozenset(row.id for row in centre.rows(query.where(stream_scope.c.scope == site)))


def write_newer(uow: UnitOfWork, clock: Any, actor: Any, stream: str | None, kind: str, version: int) -> None:
    """Record an event as a newer program would."""
    known = CURRENT.get(kind)
    CURRENT[kind] = version
    try:
        new = NewEvent(kind, {"of_tomorrow": 1})
        written = uow.events.append(stream, [new], actor=actor.id, now_ms=clock.now_ms())
    finally:
        if known is None:
            del CURRENT[kind]
        else:
            CURRENT[kind] = known
    if uow.events.node.serves:
        uow.ingest(clock.now_ms()).show_own(written)
    uow.refold([written[0].stream], clock.now_ms())


__all__ = ["Halls", "LATER", "make_template", "open_station"]
