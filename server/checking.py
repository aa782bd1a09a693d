"""``qifu-server check``: whether the node's data are whole."""

from dataclasses import dataclass
from itertools import islice

from db.chain_check import broken
from db.log.chains import Chains
from db.log.scope_log import ScopeLog
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from server.folding import fold_all
from server.nodes import ServerNode
from services.station import reads

MOST = 50
"""Broken places that are named."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is, and the places where it does not fit (a word and a place each)."""

    events: int
    cases: int
    devices: int
    held: int
    scopes: dict[str, int]
    broken: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return not self.broken


def check_node(node: ServerNode) -> Checked:
    """Fold what lags; then reckon every chain, digest and row again, in one view of the store."""
    fold_all(node)
    return node.call(look_over)


@reads
def look_over(uow: UnitOfWork, clock: Clock, actor: Actor) -> Checked:
    """Reckon everything again."""
    return Checked(
        events=uow.events.count(),
        cases=uow.cases.count(),
        devices=len({one.device for one in Chains(uow.connection).all()}),
        held=sum(SyncRows(uow.connection).held_counts().values()),
        scopes=ScopeLog(uow.connection).heads(),
        broken=tuple(islice(broken(uow.connection), MOST)),
    )
