"""Deciding about callbacks. Each gives the event, or None where it is so already; ``AppError`` says why not. Pure."""

from dataclasses import dataclass
from typing import Any

from domain.callbacks.model import (
    LEVELS,
    Attitude,
    Callback,
    CallbackState,
    CallResult,
    SampleGroup,
)
from domain.cases.model import Case, CaseState
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor

MAX_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """What the caller enters after one call."""

    result: CallResult
    solved: bool | None = None
    on_time: bool | None = None
    attitude: Attitude | None = None
    level: int | None = None
    wish: str = ""
    note: str = ""

    @property
    def reopens(self) -> bool:
        """Whether the case is opened again."""
        bad = self.solved is False or (self.level is not None and self.level <= 2)
        return self.result is CallResult.REACHED and bad


def round_of(case: Case) -> int:
    """Which closing of ``case`` is the last one, from 1."""
    return case.reopened + 1


def callback_of(case: Case, round_: int) -> Callback | None:
    """The callback after that closing, or None."""
    return next((one for one in case.callbacks if one.round == round_), None)


def state_of(case: Case, callback: Callback) -> CallbackState:
    """The state of ``callback``: an open one is void once the case has been opened again."""
    if callback.state is CallbackState.OPEN and case.reopened >= callback.round:
        return CallbackState.REOPENED
    return callback.state


def is_told(case: Case) -> bool:
    """Whether ``case`` is closed with an answer that the enterprise has been told: there is something to ask about."""
    ended = (CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.MERGED)
    return not case.is_open and case.feedback is not None and case.state not in ended


def draw(case: Case, group: SampleGroup, due_at: int) -> NewEvent | None:
    """A task to call after the last closing; None where there is one."""
    if callback_of(case, round_of(case)) is not None:
        return None
    if not is_told(case):
        raise AppError("callbacks.not_closed", number=case.number)
    payload = {"round": round_of(case), "group": group.value, "closed": case.closed_at, "due": due_at}
    return NewEvent("callback_drawn", payload)


def take(case: Case, actor: Actor) -> NewEvent | None:
    """认领: the task becomes the actor's."""
    task = _open_task(case)
    if task.caller == actor.id:
        return None
    return NewEvent("callback_taken", {"round": task.round, "caller": actor.id})


def record(case: Case, call: Call, attempts: int) -> NewEvent:
    """One call. ``attempts`` is after how many that reached nobody the task ends.

    A later callback that ends without an answer needs a note.
    """
    task = _open_task(case)
    _check(call)
    ends = _ends(task, call, attempts)
    unanswered = call.result is not CallResult.REACHED
    if ends and unanswered and task.round > 1 and not call.note:
        raise AppError("callbacks.note_missing", number=case.number)
    payload: dict[str, Any] = {"round": task.round, "result": call.result.value}
    if ends:
        payload["ends"] = True
    if call.result is CallResult.REACHED:
        payload |= _answers(call)
    if call.reopens and case.state is not CaseState.ARCHIVED:
        payload["reopens"] = True
    private = {name: words for name, words in (("wish", call.wish), ("note", call.note)) if words}
    return NewEvent("callback_recorded", payload, private or None)


def _open_task(case: Case) -> Callback:
    task = callback_of(case, round_of(case)) if not case.is_open else None
    if task is None:
        raise AppError(
            "callbacks.none" if case.is_open or not case.callbacks else "callbacks.done", number=case.number
        )
    # An enterprise that was out of reach may still ring back.
    if state_of(case, task) not in (CallbackState.OPEN, CallbackState.UNREACHABLE):
        raise AppError("callbacks.done", number=case.number)
    return task


def _check(call: Call) -> None:
    said = (call.solved, call.on_time, call.attitude, call.level)
    if call.result is not CallResult.REACHED and (call.wish or any(one is not None for one in said)):
        raise AppError("callbacks.answers_unexpected")
    if call.result is CallResult.REACHED and call.solved is None and call.level is None:
        raise AppError("callbacks.solved_missing")
    if call.level is not None and call.level not in LEVELS:
        raise AppError("callbacks.level_invalid")
    if len(call.wish) > MAX_WORDS or len(call.note) > MAX_WORDS:
        raise AppError("callbacks.words_too_long", limit=MAX_WORDS)


def _ends(task: Callback, call: Call, attempts: int) -> bool:
    if call.result in (CallResult.REACHED, CallResult.REFUSED):
        return True
    return len(task.attempts) + 1 >= attempts


def _answers(call: Call) -> dict[str, Any]:
    said = {
        "solved": call.solved,
        "on_time": call.on_time,
        "attitude": call.attitude.value if call.attitude else None,
        "level": call.level,
    }
    return {name: value for name, value in said.items() if value is not None}
