"""Who may decide over the hall: the roles of the table, or anybody where nobody of them is there to be asked."""

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.permissions import ALLOWED, allows, require
from services.rulebook import rulebook
from services.station import reads

SUPERVISE = "queue_supervise"
RULES = "queue_rules"


def may_decide(uow: UnitOfWork, actor: Actor, action: str) -> bool:
    """Whether ``actor`` may take ``action`` over the hall."""
    staff = rulebook(uow).staff.values()
    return allows(actor, action) or not any(one.active and one.role in ALLOWED[action] for one in staff)


def require_decision(uow: UnitOfWork, actor: Actor, action: str) -> None:
    """``AppError("permission.denied")`` unless ``may_decide``."""
    if not may_decide(uow, actor, action):
        require(actor, action)


@reads
def may_supervise(uow: UnitOfWork, clock: Clock, actor: Actor) -> bool:
    """Whether the one who works here may supervise the hall."""
    return may_decide(uow, actor, SUPERVISE)
