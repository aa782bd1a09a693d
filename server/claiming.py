"""How a hub comes to decide over its hall's queue."""

import threading

from db.unit_of_work import UnitOfWork
from db.upstream import Upstream
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.staff import Actor
from server.nodes import ServerNode
from services.hub import begin_term
from services.station import reads

CLAIM_S = 1.0
"""How often is looked whether the node above was heard."""


class Claim:
    """A hub in a hall that never had one decides over its queue.

    The node above may know of another: where there is one it is heard first, however long that takes.
    """

    def __init__(self, node: ServerNode, url: str) -> None:
        self._node, self._url = node, url
        self._stopped = threading.Event()
        self._is_settled = self._settle()

    def run(self) -> None:
        """Try until it is settled who decides."""
        while not self._is_settled and not self._stopped.wait(CLAIM_S):
            self._is_settled = self._settle()

    def stop(self) -> None:
        """Give up."""
        self._stopped.set()

    def _settle(self) -> bool:
        if self._node.role == DeviceRole.HUB and self._node.call(nobody_decides):
            self._node.call(begin_term, self._url)
        return self._node.role != DeviceRole.HUB or self._node.call(somebody_decides)


@reads
def somebody_decides(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether the hall has a hub, here or elsewhere."""
    hub = uow.hubs.get(uow.events.node.site)
    return hub is not None and hub.term > 0


@reads
def nobody_decides(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether this hall never had a hub, as far as anybody can know."""
    hub, above = uow.hubs.get(uow.events.node.site), Upstream(uow.connection).get()
    return (hub is None or hub.term == 0) and (above is None or above.heard_at is not None)
