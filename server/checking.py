"""``qifu-server check``: whether the node's data are whole."""

from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from db.chain_check import broken
from db.schema.sync import chain, held_event, scope_head
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
    count = sa.select(sa.func.count())
    heads = uow.connection.execute(
        sa.select(scope_head.c.scope, scope_head.c.head).order_by(scope_head.c.scope)
    )
    return Checked(
        events=uow.events.count(),
        cases=uow.cases.count(),
        devices=int(uow.connection.execute(sa.select(sa.func.count(chain.c.device.distinct()))).scalar_one()),
        held=int(uow.connection.execute(count.select_from(held_event)).scalar_one()),
        scopes={scope: int(head) for scope, head in heads},
        broken=tuple(islice(broken(uow.connection), MOST)),
    )
