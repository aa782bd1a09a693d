"""Cases that go from one site to another."""

from db.audience import site_tree
from db.unit_of_work import UnitOfWork
from domain.cases import handling
from domain.cases.model import Case
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.stepping import case_called, cleaned_text, record
from services.permissions import require


def hand_over_case_to_site(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, to: str, reason: str
) -> Case:
    """移交 to the site ``to``: its windows see the whole history with the next sync. ``sites.unknown``."""
    require(actor, "pass_up")
    if to not in site_tree(uow.reference).entries:
        raise AppError("sites.unknown", site=to[:40])
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.hand_over_to_site(case, actor, to, cleaned_text(reason)))
