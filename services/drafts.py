"""Drafts of an intake, saved as the clerk types; also what is found again after a crash."""

import json
from dataclasses import dataclass
from typing import Any

from db.rows.drafts import Draft
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.station import reads

STEP = "step:"
"""Begins the id of what is typed for a step of a case (``services.step_drafts``)."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft as pages see it; ``fields`` is the page's own state."""

    id: str
    actor: str
    fields: dict[str, Any]
    updated_at: int


def new_form_id(uow: UnitOfWork, clock: Clock, actor: Actor) -> str:
    """An id for a form that is being opened; accepting it twice is one case."""
    return uow.events.new_id(clock.now_ms())


def save_draft(uow: UnitOfWork, clock: Clock, actor: Actor, draft_id: str, fields: dict[str, Any]) -> None:
    """Keep what stands in a form; a form that has been accepted meanwhile is not brought back."""
    if uow.events.exists(draft_id):
        return
    body = json.dumps(fields, ensure_ascii=False)
    uow.drafts.save(Draft(draft_id, actor.id, body, clock.now_ms()))


def drop_draft(uow: UnitOfWork, clock: Clock, actor: Actor, draft_id: str) -> None:
    """Forget a draft: accepted, or thrown away by the clerk."""
    uow.drafts.drop(draft_id)
    uow.changed.note("drafts")


@reads
def list_drafts(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[SavedDraft, ...]:
    """The person's drafts, newest first; none that was accepted just before the program ended."""
    return tuple(
        SavedDraft(one.id, one.actor, json.loads(one.body), one.updated_at)
        for one in uow.drafts.saved(actor.id)
        if not one.id.startswith(STEP) and not uow.events.exists(one.id)
    )
