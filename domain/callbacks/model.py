"""What a callback (回访) is made of. Times are UTC milliseconds."""

from dataclasses import dataclass
from enum import StrEnum


class CallResult(StrEnum):
    """How one call went (回访结果)."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class CallbackState(StrEnum):
    """回访状态. ``reopened``: the case was opened again, by this callback or before it was made."""

    OPEN = "open"
    DONE = "done"
    UNREACHABLE = "unreachable"
    REOPENED = "reopened"


class SampleGroup(StrEnum):
    """Why a case is asked about: each group has a share of its own. ``ordinary`` ones are drawn by lot."""

    ORDINARY = "ordinary"
    HARD = "hard"
    COMPLAINT = "complaint"
    REOPENED = "reopened"


class Attitude(StrEnum):
    """服务态度."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


DISSATISFIED = 2
"""The highest level that is a bad one; 5 is 非常满意, 1 非常不满意."""
LEVELS = range(1, 6)


@dataclass(frozen=True, slots=True)
class CallAnswers:
    """What the enterprise said. None: not asked or not answered. ``wish`` is in its own words (private)."""

    solved: bool | None = None
    on_time: bool | None = None
    attitude: Attitude | None = None
    level: int | None = None
    wish: str = ""

    @property
    def is_bad(self) -> bool:
        """Not solved, or dissatisfied: the case is opened again."""
        return self.solved is False or (self.level is not None and self.level <= DISSATISFIED)


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """One call; ``note`` is the caller's (private)."""

    at: int
    actor: str
    result: CallResult
    answers: CallAnswers = CallAnswers()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """The callback after the ``round``-th closing of a case (1 is the first).

    ``state`` is what its own events say; ``state_of`` knows whether the case was opened again meanwhile. ``caller`` is
    who took it.
    """

    round: int
    group: SampleGroup
    closed_at: int
    drawn_at: int
    due_at: int
    state: CallbackState = CallbackState.OPEN
    caller: str | None = None
    attempts: tuple[CallAttempt, ...] = ()

    @property
    def answers(self) -> CallAnswers:
        """What was said when somebody was reached; nothing otherwise."""
        reached = (one.answers for one in reversed(self.attempts) if one.result is CallResult.REACHED)
        return next(reached, CallAnswers())
