"""What is being typed for a step of a case, kept as it is typed and found again after a crash."""

import json
from typing import Any

from db.rows.drafts import Draft
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.staff import Actor
from services.drafts import STEP
from services.station import reads


def keep_step_draft(
    uow: UnitOfWork, clock: Clock, actor: Actor, case_id: str, step: str, fields: dict[str, Any]
) -> None:
    """Keep what stands in the form of ``step``."""
    body = json.dumps(fields, ensure_ascii=False)
    uow.drafts.save(Draft(_id(actor, case_id, step), actor.id, body, clock.now_ms()))


def drop_step_draft(uow: UnitOfWork, clock: Clock, actor: Actor, case_id: str, step: str) -> None:
    """Forget it: the step was taken, or what was typed was thrown away."""
    uow.drafts.drop(_id(actor, case_id, step))


@reads
def step_drafts(uow: UnitOfWork, clock: Clock, actor: Actor, case_id: str) -> dict[str, dict[str, Any]]:
    """Step → what the actor had typed for it and not sent."""
    begin = _id(actor, case_id, "")
    return {
        one.id.removeprefix(begin): json.loads(one.body)
        for one in uow.drafts.saved(actor.id)
        if one.id.startswith(begin)
    }


def _id(actor: Actor, case_id: str, step: str) -> str:
    return f"{STEP}{actor.id}:{case_id}:{step}"
