"""Suggesting boards, items and packages for a matter, with what this machine has learned from its clerks."""

from typing import Any

from db.unit_of_work import UnitOfWork
from domain.cases.intake import IntakeForm
from domain.clock import Clock
from domain.staff import Actor
from services.station import reads

MEMORY = "router"


def suggest(uow: UnitOfWork, text: str) -> Any:
    """Ranked suggestions for ``text`` (``domain.catalog.router.Routing``)."""
    from services import router

    return router.rank(text, uow.memory.get(MEMORY))


def learn(uow: UnitOfWork, form: IntakeForm) -> None:
    """Remember what the clerk chose for the words of ``form``; nothing where nothing was chosen."""
    if not (form.boards or form.item or form.package):
        return
    from services import router

    uow.memory.set(MEMORY, router.remember(uow.memory.get(MEMORY), form))


@reads
def route(uow: UnitOfWork, clock: Clock, actor: Actor, text: str) -> Any:
    """Suggestions while a clerk types."""
    return suggest(uow, text)
