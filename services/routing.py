"""Suggesting boards, items and packages for a matter, with what this machine has learned from its clerks."""

from typing import TYPE_CHECKING

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.station import reads

if TYPE_CHECKING:
    from domain.catalog.learning import Learned
    from domain.catalog.router import Routing

REMEMBERED = 400
"""Recent choices that suggestions learn from."""


def suggest(uow: UnitOfWork, text: str, limit: int = 5) -> "Routing":
    """Ranked suggestions for ``text``, at most ``limit`` of each sort."""
    # The model brings numpy with it, which a start without a suggestion need not wait for.
    from services import router

    return router.suggest(text, _learned(uow), limit)


def _learned(uow: UnitOfWork) -> "Learned":
    """What recent choices teach; worked out anew when a clerk has chosen again."""
    from domain.catalog.recall import recall
    from services import router

    newest = uow.cases.newest_choice()
    known = uow.cache.get("learned")
    if known is None or known[0] != newest:
        known = (newest, recall(uow.cases.choices(REMEMBERED), router.shipped_model().spellings))
        uow.cache["learned"] = known
    learned: Learned = known[1]
    return learned


@reads
def route(uow: UnitOfWork, clock: Clock, actor: Actor, text: str) -> "Routing":
    """Suggestions while a clerk types."""
    return suggest(uow, text)
