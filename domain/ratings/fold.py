"""Folding a rating from its events. Total: what does not fit any more is kept and listed as a conflict."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from domain.callbacks.model import CallResult
from domain.cases.fitting import at_of
from domain.cases.reading import facts_of, flag_in, integer_in, text_in, texts_in
from domain.events.event import Event
from domain.events.folding import UnfitError, folded
from domain.ratings.model import (
    Appeal,
    LoopAnswer,
    LoopCall,
    Opinion,
    Rating,
    RatingOf,
    RatingSource,
    RatingState,
    RatingTag,
    Verification,
)

BIRTH = "rating_given"
Facts = dict[str, Any]
Step = Callable[[Rating, Event, Facts], Rating]


def fold_rating(events: Iterable[Event]) -> Rating | None:
    """The rating told by ``events`` of one stream, in any order; None where its beginning is not there."""
    told = folded(events, _apply)
    if told.state is None:
        return None
    return replace(told.state, unfit=told.unfit, newer=told.newer, erased=told.erased)


def _apply(rating: Rating | None, event: Event, payload: Facts) -> Rating:
    if rating is None:
        if event.kind != BIRTH:
            raise UnfitError("not_rated")
        return _given(event, payload)
    step = _STEPS.get(event.kind)
    if step is None:
        raise UnfitError("not_of_a_rating")
    return step(rating, event, payload)


def _given(event: Event, payload: Facts) -> Rating:
    opinion = _opinion(event, payload)
    at = at_of(event, payload)
    return Rating(
        id=event.stream,
        of=RatingOf(payload["of"]),
        subject=text_in(payload, "subject"),
        site=text_in(payload, "of_site"),
        board=text_in(payload, "board", ""),
        concerned=texts_in(payload, "concerned"),
        opinion=opinion,
        given_at=at,
        actor=event.actor,
        state=RatingState.TO_VERIFY if opinion.is_bad else RatingState.GOOD,
        at_parent=flag_in(payload, "at_parent"),
        due_at=integer_in(payload, "due") if opinion.is_bad else None,
        ended_at=None if opinion.is_bad else at,
        order=event.fold_key[0],
    )


def _opinion(event: Event, payload: Facts) -> Opinion:
    level = integer_in(payload, "level")
    if not 1 <= level <= 5:
        raise ValueError("level")
    tags = tuple(RatingTag(one) for one in texts_in(payload, "tags"))
    return Opinion(level, RatingSource(payload["source"]), tags, text_in(facts_of(event.private), "text", ""))


def _require(rating: Rating, state: RatingState) -> None:
    if rating.state is not state:
        raise UnfitError("rating_step_past")


def _verified(rating: Rating, event: Event, payload: Facts) -> Rating:
    _require(rating, RatingState.TO_VERIFY)
    finding = text_in(facts_of(event.private), "finding", "")
    done = Verification(at_of(event, payload), event.actor, flag_in(payload, "confirmed"), finding)
    return replace(rating, verified=done, state=RatingState.TO_ANSWER, due_at=integer_in(payload, "due"))


def _answered(rating: Rating, event: Event, payload: Facts) -> Rating:
    _require(rating, RatingState.TO_ANSWER)
    text = text_in(facts_of(event.private), "text", "")
    said = LoopAnswer(at_of(event, payload), event.actor, flag_in(payload, "fixed"), text)
    return replace(rating, answer=said, state=RatingState.TO_CALL, due_at=integer_in(payload, "due"))


def _called(rating: Rating, event: Event, payload: Facts) -> Rating:
    _require(rating, RatingState.TO_CALL)
    at, note = at_of(event, payload), text_in(facts_of(event.private), "note", "")
    call = LoopCall(at, event.actor, CallResult(payload["result"]), note)
    called = replace(rating, calls=(*rating.calls, call))
    if not flag_in(payload, "ends"):
        return called
    state = RatingState.EXPLAINED if rating.second is None else RatingState.RATED_AGAIN
    return replace(called, state=state, due_at=None, ended_at=at)


def _given_again(rating: Rating, event: Event, payload: Facts) -> Rating:
    """Before the call that is owed all the same, on the line, or after an end that was an explanation."""
    if rating.second is not None or rating.answer is None or rating.state is RatingState.ANNULLED:
        raise UnfitError("rated_twice")
    state = RatingState.RATED_AGAIN if rating.state is RatingState.EXPLAINED else rating.state
    return replace(rating, second=_opinion(event, payload), second_at=at_of(event, payload), state=state)


def _appealed(rating: Rating, event: Event, payload: Facts) -> Rating:
    if rating.appeal is not None:
        raise UnfitError("appealed_twice")
    reason = text_in(facts_of(event.private), "reason", "")
    return replace(rating, appeal=Appeal(at_of(event, payload), event.actor, reason))


def _appeal_decided(rating: Rating, event: Event, payload: Facts) -> Rating:
    if rating.appeal is None or rating.appeal.decided_at is not None:
        raise UnfitError("no_appeal")
    at, upheld = at_of(event, payload), flag_in(payload, "upheld")
    decision = text_in(facts_of(event.private), "decision", "")
    decided = replace(rating, appeal=replace(rating.appeal, decided_at=at, upheld=upheld, decision=decision))
    return replace(decided, state=RatingState.ANNULLED, due_at=None, ended_at=at) if upheld else decided


_STEPS: dict[str, Step] = {
    "rating_verified": _verified,
    "rating_answered": _answered,
    "rating_called": _called,
    "rating_given_again": _given_again,
    "rating_appealed": _appealed,
    "rating_appeal_decided": _appeal_decided,
}
KINDS = frozenset({BIRTH, *_STEPS})
