"""Deciding about ratings: giving one, and each step of the loop that a bad one begins. Pure.

given → verified (1 working day) → fixed or explained (5 working days) → called back, always → rated again, or ended as
explained. Beside it the clerk concerned may appeal; an appeal upheld ends the loop.
"""

from dataclasses import dataclass
from typing import Any

from domain.callbacks.model import LEVELS, CallResult
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.ratings.model import Opinion, Rating, RatingOf, RatingSource, RatingState, RatingTag
from domain.staff import Actor, Role

MAX_WORDS = 1000
CALLS = 3
"""After how many calls that reached nobody the loop ends with the explanation."""
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is rated, and who served."""

    of: RatingOf
    id: str
    site: str
    board: str = ""
    concerned: tuple[str, ...] = ()


def opinion_of(level: int, source: RatingSource, tags: tuple[str, ...] = (), text: str = "") -> Opinion:
    """A checked opinion; ``ratings.level_invalid``, ``ratings.tag_unknown``, ``ratings.words_too_long``."""
    if isinstance(level, bool) or level not in LEVELS:
        raise AppError("ratings.level_invalid")
    known = {tag.value: tag for tag in RatingTag}
    for tag in tags:
        if tag not in known:
            raise AppError("ratings.tag_unknown", tag=str(tag)[:40], known=" ".join(known))
    if len(text) > MAX_WORDS:
        raise AppError("ratings.words_too_long", limit=MAX_WORDS)
    return Opinion(level, source, tuple(dict.fromkeys(known[tag] for tag in tags)), text)


def may_enter(actor: Actor, source: RatingSource) -> None:
    """评价 is the visitor's alone: by the device's own screen or a link, or from the box by a supervisor.

    ``ratings.not_yours`` for a clerk, a specialist or a chief who would enter it for the visitor.
    """
    is_device = actor.id.startswith("device:")
    if source is RatingSource.PAPER:
        allowed = actor.role in SUPERVISORS
    else:
        allowed = is_device or (source is RatingSource.CALL and actor.role in SUPERVISORS)
    if not allowed:
        raise AppError("ratings.not_yours")


def give(subject: Subject, opinion: Opinion, verify_due: int, *, at_parent: bool) -> NewEvent:
    """The event that begins a rating's stream; ``verify_due`` counts where it is a bad one."""
    payload: dict[str, Any] = {
        "of": subject.of.value,
        "subject": subject.id,
        "of_site": subject.site,
        "concerned": list(subject.concerned),
        **_payload(opinion),
    }
    if subject.board:
        payload["board"] = subject.board
    if opinion.is_bad:
        payload["due"] = verify_due
        if at_parent:
            payload["at_parent"] = True
    return NewEvent("rating_given", payload, _private(opinion))


def give_again(rating: Rating, opinion: Opinion) -> NewEvent | None:
    """The second rating, once what was wrong has been fixed or explained; None for the same one again."""
    if rating.second == opinion:
        return None
    if rating.second is not None or rating.answer is None or rating.state is RatingState.ANNULLED:
        raise AppError("ratings.rated_already")
    return NewEvent("rating_given_again", _payload(opinion), _private(opinion))


def verify(
    rating: Rating, actor: Actor, confirmed: bool, finding: str, answer_due: int, *, here: bool
) -> NewEvent:
    """核实. ``here`` says whether this site is the one to do it (a one-clerk station's is the site above)."""
    _require(rating, actor, RatingState.TO_VERIFY)
    if not here:
        raise AppError("ratings.parent_verifies")
    payload = {"confirmed": confirmed, "due": answer_due}
    return NewEvent("rating_verified", payload, {"finding": _given(finding)})


def answer(rating: Rating, actor: Actor, fixed: bool, text: str, call_due: int) -> NewEvent:
    """整改 or 解释说明. What was found to be so has to be fixed or explained all the same."""
    _require(rating, actor, RatingState.TO_ANSWER)
    return NewEvent("rating_answered", {"fixed": fixed, "due": call_due}, {"text": _given(text)})


def call_back(
    rating: Rating, actor: Actor, result: CallResult, note: str, opinion: Opinion | None
) -> list[NewEvent]:
    """One call of the callback after a bad rating; ``opinion`` is the second rating where one was given on the line."""
    _require(rating, actor, RatingState.TO_CALL)
    if opinion is not None and result is not CallResult.REACHED:
        raise AppError("callbacks.answers_unexpected")
    missed = len(rating.calls) + 1 >= CALLS
    ends = result in (CallResult.REACHED, CallResult.REFUSED) or missed
    payload: dict[str, Any] = {"result": result.value, **({"ends": True} if ends else {})}
    again = give_again(rating, opinion) if opinion is not None else None
    called = NewEvent("rating_called", payload, {"note": note} if note else None)
    return [one for one in (again, called) if one is not None]


def appeal(rating: Rating, actor: Actor, reason: str) -> NewEvent:
    """申诉, once, by a clerk concerned, until the loop has ended."""
    if actor.id not in rating.concerned:
        raise AppError("ratings.not_concerned")
    if rating.appeal is not None:
        raise AppError("ratings.appealed_already")
    if not rating.is_open:
        raise AppError("ratings.loop_ended")
    return NewEvent("rating_appealed", {}, {"reason": _given(reason)})


def decide_appeal(rating: Rating, actor: Actor, upheld: bool, decision: str) -> NewEvent:
    """申诉处理 by a supervisor who is not concerned. Upheld: the rating counts for nothing and the loop ends."""
    _require_unconcerned(rating, actor)
    if rating.appeal is None or rating.appeal.decided_at is not None:
        raise AppError("ratings.no_appeal")
    return NewEvent("rating_appeal_decided", {"upheld": upheld}, {"decision": _given(decision)})


def _require(rating: Rating, actor: Actor, state: RatingState) -> None:
    _require_unconcerned(rating, actor)
    if not rating.is_open:
        raise AppError("ratings.loop_ended")
    if rating.state is not state:
        raise AppError("ratings.other_step", state=rating.state.value)


def _require_unconcerned(rating: Rating, actor: Actor) -> None:
    if actor.role not in SUPERVISORS:
        raise AppError("permission.denied", action="rating_supervise", role=actor.role.value)
    if actor.id in rating.concerned:
        raise AppError("ratings.concerned_yourself")


def _given(text: str) -> str:
    if not text.strip():
        raise AppError("ratings.words_missing")
    if len(text) > MAX_WORDS:
        raise AppError("ratings.words_too_long", limit=MAX_WORDS)
    return text.strip()


def _payload(opinion: Opinion) -> dict[str, Any]:
    payload: dict[str, Any] = {"level": opinion.level, "source": opinion.source.value}
    return {**payload, "tags": [tag.value for tag in opinion.tags]} if opinion.tags else payload


def _private(opinion: Opinion) -> dict[str, Any] | None:
    return {"text": opinion.text} if opinion.text else None
