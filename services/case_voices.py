"""What the enterprise said of a case afterwards (回访、评价), as far as the one who asks may know it."""

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.errors import AppError
from domain.printing.dossier import Voice
from domain.printing.papers import local_minute
from domain.staff import Actor
from services.ratings.views import sees_identity


def voices_of(uow: UnitOfWork, actor: Actor, case: Case, zone: str) -> tuple[Voice, ...]:
    """Calls and the rating of ``case``, the first first.

    The rating is left out for everybody who may not know whose a rating is (``sees_identity``).
    """
    calls = [
        Voice(
            local_minute(call.at, zone),
            "callback",
            call.answers.level or 0,
            call.result.value,
            "；".join(filter(None, (call.answers.wish, call.note))),
        )
        for task in case.callbacks
        for call in task.attempts
    ]
    return (*calls, *_rating(uow, actor, case, zone))


def _rating(uow: UnitOfWork, actor: Actor, case: Case, zone: str) -> tuple[Voice, ...]:
    row = uow.ratings.of_subject(case.id)
    if row is None or not sees_identity(actor, row.concerned):
        return ()
    try:
        rating = uow.rating(row.id)
    except AppError:
        return ()
    given = [(rating.given_at, rating.opinion)]
    if rating.second is not None and rating.second_at is not None:
        given.append((rating.second_at, rating.second))
    return tuple(
        Voice(local_minute(at, zone), "rating", opinion.level, text=opinion.text) for at, opinion in given
    )
