"""The signed link of a slip: progress and one rating, for whoever holds the paper, without signing in.

What is shown names no person and no enterprise.
"""

from dataclasses import dataclass
from enum import StrEnum

from db.unit_of_work import UnitOfWork
from domain.callbacks.decide import is_told
from domain.cases.model import Case
from domain.cases.wording import clean
from domain.clock import Clock
from domain.deadlines.case_clock import clock_of
from domain.errors import AppError
from domain.ratings import decide
from domain.ratings.model import RatingSource, RatingState
from domain.ratings.references import link_message, link_text, read_link
from domain.staff import Actor
from services.device_keys import known_keys, own_signer
from services.ratings.giving import Rated, give_case
from services.ratings.public_steps import PublicStep, public_steps
from services.ratings.rules import rating_rules
from services.rulebook import board_name, rulebook
from services.station import reads

_DAY_MS = 86_400_000


class Stage(StrEnum):
    """Which rating the link would give now, if any."""

    NONE = ""
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Progress:
    """How a case stands, for its applicant. Times are UTC milliseconds; ``boards`` are names, the lead first.

    ``site`` and ``phone`` are the name and number of the site that answers, ``zone`` is where its clocks are.
    ``due_at`` is None where there is no promise, and while a pause lasts. ``ends_at`` is when the link stops working,
    None while the case is open.
    """

    number: str
    site: str
    phone: str
    zone: str
    kind: str
    state: str
    boards: tuple[str, ...]
    accepted_at: int
    due_at: int | None
    provisional: bool
    paused: bool
    closed_at: int | None
    ends_at: int | None
    steps: tuple[PublicStep, ...]
    stage: Stage
    rated: bool

    @property
    def may_rate(self) -> bool:
        """Whether the link gives a rating now."""
        return self.stage is not Stage.NONE


def link_token(uow: UnitOfWork, case_id: str) -> str | None:
    """The token for the address on the slip, signed by this device; None where it has no key."""
    signer = own_signer(uow)
    if signer is None:
        return None
    return link_text(case_id, signer.kid, signer.sign(link_message(case_id)))


@reads
def progress_by_link(uow: UnitOfWork, clock: Clock, actor: Actor, token: str) -> Progress:
    """What the page behind the link shows; ``ratings.link_invalid``."""
    case = case_of_link(uow, clock, token)
    book = rulebook(uow)
    time = clock_of(case, book.rules, clock.now_ms())
    version = case.versions.get("boards")
    return Progress(
        number=case.number,
        site=book.site.name,
        phone=book.site.phone,
        zone=book.site.zone,
        kind=case.kind.value,
        state=case.state.value,
        boards=tuple(board_name(uow, board, version) for board in case.boards),
        accepted_at=case.accepted_at,
        due_at=None if case.suspended_since is not None else time.due_ms,
        provisional=time.provisional,
        paused=case.suspended_since is not None,
        closed_at=case.closed_at,
        ends_at=_ends_at(uow, case),
        steps=public_steps(uow, case),
        stage=stage_of(uow, case),
        rated=uow.ratings.of_subject(case.id) is not None,
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
    case = case_of_link(uow, clock, token)
    opinion = decide.opinion_of(level, RatingSource.LINK, tags, clean(text).text)
    return give_case(uow, clock, actor, case.id, opinion)


def case_of_link(uow: UnitOfWork, clock: Clock, token: str) -> Case:
    """The case behind a link; ``ratings.link_invalid`` for one that is forged, unknown or past its end alike."""
    link = read_link(token)
    keys = (one.key for one in known_keys(uow) if one.key.kid == link.kid)
    if not any(key.verifies(link.signature, link.message) for key in keys):
        raise AppError("ratings.link_invalid")
    if not uow.events.exists(link.case_id):
        raise AppError("ratings.link_invalid")
    case = uow.case(link.case_id)
    ends_at = _ends_at(uow, case)
    if ends_at is not None and ends_at <= clock.now_ms():
        raise AppError("ratings.link_invalid")
    return case


def stage_of(uow: UnitOfWork, case: Case) -> Stage:
    """The first rating once the case is closed and told, the second once a bad one has been answered."""
    row = uow.ratings.of_subject(case.id)
    if row is None:
        return Stage.FIRST if is_told(case) else Stage.NONE
    if row.second_level is not None:
        return Stage.NONE
    rating = uow.rating(row.id)
    answered = rating.answer is not None and rating.state is not RatingState.ANNULLED
    return Stage.SECOND if answered else Stage.NONE


def _ends_at(uow: UnitOfWork, case: Case) -> int | None:
    """The slip is printed long before anyone knows when the case will be closed, so the case tells when its link
    ends, and one that is opened again gets its link back.
    """
    if case.is_open or case.closed_at is None:
        return None
    return case.closed_at + rating_rules(uow).link_days * _DAY_MS
