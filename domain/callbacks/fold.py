"""The steps of folding a case that are about asking the enterprise afterwards."""

from dataclasses import replace
from typing import Any

from domain.callbacks.decide import callback_of
from domain.callbacks.model import (
    Attitude,
    CallAnswers,
    CallAttempt,
    Callback,
    CallbackState,
    CallResult,
    SampleGroup,
)
from domain.cases.fitting import Step, at_of
from domain.cases.model import Case, CaseState
from domain.cases.reading import facts_of, flag_in, integer_in, text_in
from domain.events.event import Event
from domain.events.folding import UnfitError

Facts = dict[str, Any]
_TOLD = frozenset({CaseState.RESOLVED, CaseState.FED_BACK})


def _drawn(case: Case, event: Event, payload: Facts) -> Case:
    """Two nodes that drew the same closing apart have made one task."""
    round_ = integer_in(payload, "round")
    if callback_of(case, round_) is not None:
        return case
    group, closed = SampleGroup(payload["group"]), integer_in(payload, "closed")
    task = Callback(round_, group, closed, at_of(event, payload), integer_in(payload, "due"))
    return replace(case, callbacks=(*case.callbacks, task))


def _taken(case: Case, event: Event, payload: Facts) -> Case:
    task = _task(case, payload)
    _require_open(task)
    return _changed(case, replace(task, caller=text_in(payload, "caller")))


def _recorded(case: Case, event: Event, payload: Facts) -> Case:
    """The first call that reached somebody counts; what a second caller heard is kept and shown as a conflict."""
    task = _task(case, payload)
    _require_open(task)
    attempt = _attempt(event, payload)
    state = _state_after(payload, attempt.result) if flag_in(payload, "ends") else task.state
    case = _changed(case, replace(task, attempts=(*task.attempts, attempt), state=state))
    asked = state is not CallbackState.OPEN and case.state in _TOLD | {CaseState.RATED}
    return replace(case, state=CaseState.CALLED_BACK) if asked else case


def _state_after(payload: Facts, result: CallResult) -> CallbackState:
    if flag_in(payload, "reopens"):
        return CallbackState.REOPENED
    ended = result in (CallResult.REACHED, CallResult.REFUSED)
    return CallbackState.DONE if ended else CallbackState.UNREACHABLE


def _attempt(event: Event, payload: Facts) -> CallAttempt:
    private = facts_of(event.private)
    answers = CallAnswers(
        solved=_maybe(payload, "solved"),
        on_time=_maybe(payload, "on_time"),
        attitude=Attitude(payload["attitude"]) if "attitude" in payload else None,
        level=integer_in(payload, "level") if "level" in payload else None,
        wish=text_in(private, "wish", ""),
    )
    result, note = CallResult(payload["result"]), text_in(private, "note", "")
    return CallAttempt(at_of(event, payload), event.actor, result, answers, note)


def _maybe(payload: Facts, name: str) -> bool | None:
    return flag_in(payload, name) if name in payload else None


def _task(case: Case, payload: Facts) -> Callback:
    task = callback_of(case, integer_in(payload, "round"))
    if task is None:
        raise UnfitError("no_callback")
    return task


def _require_open(task: Callback) -> None:
    if task.state not in (CallbackState.OPEN, CallbackState.UNREACHABLE):
        raise UnfitError("callback_done")


def _changed(case: Case, task: Callback) -> Case:
    rest = tuple(task if one.round == task.round else one for one in case.callbacks)
    return replace(case, callbacks=rest)


def _rated(case: Case, event: Event, payload: Facts) -> Case:
    """Rated at any time after closing; the level stands in the rating alone."""
    return replace(case, state=CaseState.RATED) if case.state in _TOLD and case.feedback else case


STEPS: dict[str, Step] = {
    "callback_drawn": _drawn,
    "callback_taken": _taken,
    "callback_recorded": _recorded,
    "case_rated": _rated,
}
QUIET = frozenset({"callback_drawn", "callback_taken", "callback_recorded", "case_rated"})
"""Steps whose facts are not for everybody who may look at the case: its timeline names them only."""
