"""What a rating (好差评) is made of. Times are UTC milliseconds; levels are 5 非常满意 … 1 非常不满意."""

from dataclasses import dataclass
from enum import StrEnum

from domain.callbacks.model import DISSATISFIED, CallResult


class RatingOf(StrEnum):
    """What was rated: a visit at the window (its ticket), or a case once it is closed."""

    VISIT = "visit"
    CASE = "case"


class RatingSource(StrEnum):
    """评价渠道: the customer's own screen, a paper form from the box, the signed link on the slip, a call."""

    SCREEN = "screen"
    PAPER = "paper"
    LINK = "link"
    CALL = "call"


class RatingState(StrEnum):
    """Where a rating stands. A good one ends as it is given; the others are steps and ends of the bad-rating loop."""

    GOOD = "good"
    TO_VERIFY = "to_verify"
    TO_ANSWER = "to_answer"
    TO_CALL = "to_call"
    RATED_AGAIN = "rated_again"
    EXPLAINED = "explained"
    ANNULLED = "annulled"


OPEN_RATINGS = frozenset({RatingState.TO_VERIFY, RatingState.TO_ANSWER, RatingState.TO_CALL})
"""Somebody owes the enterprise a step."""


class AppealState(StrEnum):
    """申诉 of the clerk concerned."""

    NONE = "none"
    ASKED = "asked"
    UPHELD = "upheld"
    REJECTED = "rejected"


class RatingTag(StrEnum):
    """What the visitor ticks beside the level."""

    FAST = "fast"
    FRIENDLY = "friendly"
    CLEAR = "clear"
    SOLVED = "solved"
    SLOW = "slow"
    UNFRIENDLY = "unfriendly"
    UNCLEAR = "unclear"
    UNSOLVED = "unsolved"
    SENT_AROUND = "sent_around"


@dataclass(frozen=True, slots=True)
class Opinion:
    """A level with what was ticked and written (``text`` is private)."""

    level: int
    source: RatingSource
    tags: tuple[RatingTag, ...] = ()
    text: str = ""

    @property
    def is_bad(self) -> bool:
        """差评: the two lowest levels."""
        return self.level <= DISSATISFIED


@dataclass(frozen=True, slots=True)
class Verification:
    """核实: whether what was complained about was so, by whom; ``finding`` is private."""

    at: int
    actor: str
    confirmed: bool
    finding: str = ""


@dataclass(frozen=True, slots=True)
class LoopAnswer:
    """整改 (``fixed``) or 解释说明, in words (private)."""

    at: int
    actor: str
    fixed: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class LoopCall:
    """One call of the callback that follows every bad rating."""

    at: int
    actor: str
    result: CallResult
    note: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """申诉 by ``actor``; ``decided_at`` is None while it waits for the supervisor."""

    at: int
    actor: str
    reason: str = ""
    decided_at: int | None = None
    upheld: bool = False
    decision: str = ""

    @property
    def state(self) -> AppealState:
        """Where it stands."""
        if self.decided_at is None:
            return AppealState.ASKED
        return AppealState.UPHELD if self.upheld else AppealState.REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rating as its events tell it. ``subject`` is the ticket's or the case's id.

    ``concerned`` are the staff who served: they never see whose rating it is. ``at_parent``: a one-clerk station's,
    which the site above verifies. ``due_at`` is when the open step is due.
    """

    id: str
    of: RatingOf
    subject: str
    site: str
    board: str
    concerned: tuple[str, ...]
    opinion: Opinion
    given_at: int
    actor: str
    state: RatingState
    at_parent: bool = False
    due_at: int | None = None
    verified: Verification | None = None
    answer: LoopAnswer | None = None
    calls: tuple[LoopCall, ...] = ()
    second: Opinion | None = None
    second_at: int | None = None
    appeal: Appeal | None = None
    ended_at: int | None = None
    order: int = 0
    unfit: tuple[tuple[str, str], ...] = ()
    newer: bool = False
    erased: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a step of the loop is owed."""
        return self.state in OPEN_RATINGS

    @property
    def appeal_state(self) -> AppealState:
        """Where the appeal stands, if there is one."""
        return AppealState.NONE if self.appeal is None else self.appeal.state
