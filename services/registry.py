"""Identifiers and the registry (在线核验): what could not be asked waits; an answer makes the enterprise known."""

from db.rows.enterprise_rows import EnterpriseRow
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.codes.registry import Resolution
from domain.enterprises import decide
from domain.enterprises.decide import Told
from domain.staff import Actor
from services.permissions import require
from services.station import reads


@reads
def waiting_questions(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[str, ...]:
    """Identifiers that were scanned and that no registry has been asked about yet, oldest first."""
    return tuple(uow.registry_questions.waiting())


def take_answer(
    uow: UnitOfWork, clock: Clock, actor: Actor, text: str, answer: Resolution | None
) -> EnterpriseRow | None:
    """The registry has answered about ``text``: the question is settled, the name it says is taken in like a list's.

    The enterprise as it is known then; None where the registry knows nobody.
    """
    require(actor, "verify_code")
    uow.registry_questions.drop(text)
    uow.changed.note("enterprises")
    if answer is None:
        return None
    record = uow.enterprise_records.get(answer.uscc)
    news = decide.take_in(answer.uscc, record, Told(name=answer.name), answer.source)
    if news is not None:
        uow.append(record.id if record else None, [news], actor=actor.id, now_ms=clock.now_ms())
    return uow.enterprises.get(answer.uscc)
