"""共性问题: one problem that many cases share, answered once for all. A stream of its own; folding is total.

Joining twice and leaving what was never joined change nothing, so that what two stations did apart fits together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain.cases.fitting import at_of
from domain.cases.model import Scope
from domain.cases.reading import facts_of, text_in, texts_in
from domain.errors import AppError
from domain.events.event import Event, NewEvent
from domain.events.folding import UnfitError, folded

BIRTH = "problem_begun"
MAX_TITLE = 120
MAX_MEMBERS = 500
"""More cases than this in one step are a slip of the hand."""


class ProblemState(StrEnum):
    """Whether some member still waits for the common answer."""

    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Member:
    """A case of the problem; ``answered_at`` is when the common answer became its own, UTC milliseconds."""

    case_id: str
    joined_at: int
    answered_at: int | None = None


@dataclass(frozen=True, slots=True)
class CommonAnswer:
    """One answer for all. ``board`` is the one that gave it, empty for a supervisor's."""

    at: int
    actor: str
    board: str
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem that cases share, as its events tell it."""

    id: str
    title: str
    text: str
    scope: Scope
    site: str
    actor: str
    begun_at: int
    members: tuple[Member, ...] = ()
    answers: tuple[CommonAnswer, ...] = ()
    unfit: tuple[tuple[str, str], ...] = ()
    newer: bool = False
    erased: bool = False

    @property
    def state(self) -> ProblemState:
        """Answered once there is an answer and no member waits for it."""
        waits = not self.answers or any(one.answered_at is None for one in self.members)
        return ProblemState.OPEN if waits else ProblemState.ANSWERED

    def has(self, case_id: str) -> bool:
        """Whether the case is a member."""
        return any(one.case_id == case_id for one in self.members)


Facts = dict[str, Any]


def fold_problem(events: Iterable[Event]) -> Problem | None:
    """The problem told by ``events`` of one stream, in any order; None where its beginning is not there."""
    told = folded(events, _apply)
    if told.state is None:
        return None
    return replace(told.state, unfit=told.unfit, newer=told.newer, erased=told.erased)


def _apply(problem: Problem | None, event: Event, payload: Facts) -> Problem:
    if problem is None:
        if event.kind != BIRTH:
            raise UnfitError("no_problem")
        return _begun(event, payload)
    step = _STEPS.get(event.kind)
    if step is None:
        raise UnfitError("not_of_a_problem")
    return step(problem, event, payload)


def _begun(event: Event, payload: Facts) -> Problem:
    private, at = facts_of(event.private), at_of(event, payload)
    members = tuple(Member(case_id, at) for case_id in dict.fromkeys(texts_in(payload, "cases")))
    return Problem(
        id=event.stream,
        title=text_in(private, "title", ""),
        text=text_in(private, "text", ""),
        scope=Scope(payload["scope"]),
        site=event.site,
        actor=event.actor,
        begun_at=at,
        members=members,
    )


def _joined(problem: Problem, event: Event, payload: Facts) -> Problem:
    at = at_of(event, payload)
    fresh = (one for one in dict.fromkeys(texts_in(payload, "cases")) if not problem.has(one))
    return replace(problem, members=(*problem.members, *(Member(case_id, at) for case_id in fresh)))


def _left(problem: Problem, event: Event, payload: Facts) -> Problem:
    gone = set(texts_in(payload, "cases"))
    return replace(problem, members=tuple(one for one in problem.members if one.case_id not in gone))


def _answered(problem: Problem, event: Event, payload: Facts) -> Problem:
    at, done = at_of(event, payload), set(texts_in(payload, "cases"))
    text = text_in(facts_of(event.private), "answer", "")
    said = CommonAnswer(at, event.actor, text_in(payload, "board", ""), text)
    members = (
        replace(one, answered_at=at) if one.case_id in done and one.answered_at is None else one
        for one in problem.members
    )
    return replace(problem, members=tuple(members), answers=(*problem.answers, said))


_STEPS: dict[str, Callable[[Problem, Event, Facts], Problem]] = {
    "problem_joined": _joined,
    "problem_left": _left,
    "problem_answered": _answered,
}
KINDS = frozenset({BIRTH, *_STEPS})


def begin(title: str, text: str, scope: Scope, cases: tuple[str, ...]) -> NewEvent:
    """立为共性问题 with its first members. ``supervision.title_missing``, ``supervision.title_too_long``."""
    if not title:
        raise AppError("supervision.title_missing")
    if len(title) > MAX_TITLE:
        raise AppError("supervision.title_too_long", count=len(title), limit=MAX_TITLE)
    _check_count(cases)
    return NewEvent(BIRTH, {"scope": scope.value, "cases": list(cases)}, {"title": title, "text": text})


def join(problem: Problem, cases: tuple[str, ...]) -> NewEvent | None:
    """归入: ``cases`` become members; None where all of them are."""
    fresh = [one for one in dict.fromkeys(cases) if not problem.has(one)]
    _check_count(fresh)
    return NewEvent("problem_joined", {"cases": fresh}) if fresh else None


def leave(problem: Problem, cases: tuple[str, ...], reason: str) -> NewEvent | None:
    """移出, with a reason; None where none of ``cases`` is a member."""
    gone = [one for one in dict.fromkeys(cases) if problem.has(one)]
    if not gone:
        return None
    if not reason:
        raise AppError("cases.reason_missing")
    return NewEvent("problem_left", {"cases": gone}, {"reason": reason})


def answer(problem: Problem, text: str, board: str | None, done: tuple[str, ...]) -> NewEvent | None:
    """统一答复, which has become that of the members ``done``; None where it adds nothing."""
    last = problem.answers[-1] if problem.answers else None
    if not done and last is not None and (last.text, last.board) == (text, board or ""):
        return None
    payload: Facts = {"cases": list(done), **({"board": board} if board else {})}
    return NewEvent("problem_answered", payload, {"answer": text})


def _check_count(cases: Iterable[str]) -> None:
    count = len(tuple(cases))
    if count > MAX_MEMBERS:
        raise AppError("supervision.too_many_cases", count=count, limit=MAX_MEMBERS)
