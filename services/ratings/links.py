"""The signed link of a slip: progress and one rating, for whoever holds the paper, without signing in.

What is shown names no person and no enterprise.
"""

from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.callbacks.decide import is_told
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.ratings import decide
from domain.ratings.model import RatingSource, RatingState
from domain.ratings.references import link_message, link_text, read_link
from domain.staff import Actor
from services.device_keys import known_keys, own_signer
from services.ratings.giving import Rated, give_case
from services.station import reads


@dataclass(frozen=True, slots=True)
class Progress:
    """How a case stands, for its applicant. Times are UTC milliseconds; ``boards`` are codes, the lead first."""

    number: str
    site: str
    kind: str
    state: str
    boards: tuple[str, ...]
    accepted_at: int
    due_at: int | None
    provisional: bool
    closed_at: int | None
    may_rate: bool
    rated: bool


def link_token(uow: UnitOfWork, case_id: str) -> str | None:
    """The token for the address on the slip, signed by this device; None where it has no key."""
    signer = own_signer(uow)
    if signer is None:
        return None
    return link_text(case_id, signer.kid, signer.sign(link_message(case_id)))


@reads
def progress_by_link(uow: UnitOfWork, clock: Clock, actor: Actor, token: str) -> Progress:
    """What the page behind the link shows; ``ratings.link_invalid``."""
    case = uow.case(_case_of(uow, token))
    rating = uow.ratings.of_subject(case.id)
    again = rating is not None and rating.second_level is None and _is_answered(uow, rating.id)
    return Progress(
        number=case.number,
        site=case.passed_to or case.site,
        kind=case.kind.value,
        state=case.state.value,
        boards=case.boards,
        accepted_at=case.accepted_at,
        due_at=case.due.at if case.due else None,
        provisional=bool(case.due and case.due.provisional),
        closed_at=case.closed_at,
        may_rate=again if rating is not None else is_told(case),
        rated=rating is not None,
    )


def rate_by_link(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    token: str,
    level: int,
    tags: tuple[str, ...] = (),
    text: str = "",
) -> Rated:
    """The applicant's rating from the page behind the link; ``actor`` is the device that serves it."""
    case_id = _case_of(uow, token)
    opinion = decide.opinion_of(level, RatingSource.LINK, tags, clean(text).text)
    return give_case(uow, clock, actor, case_id, opinion)


def _case_of(uow: UnitOfWork, token: str) -> str:
    link = read_link(token)
    keys = (one.key for one in known_keys(uow) if one.key.kid == link.kid)
    if not any(key.verifies(link.signature, link.message) for key in keys) or not uow.events.exists(
        link.case_id
    ):
        raise AppError("ratings.link_invalid")
    return link.case_id


def _is_answered(uow: UnitOfWork, rating_id: str) -> bool:
    rating = uow.rating(rating_id)
    return rating.answer is not None and rating.state is not RatingState.ANNULLED
