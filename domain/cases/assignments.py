"""A case's shares: which board holds which, and how far it has come (交办件)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class AssignmentRole(StrEnum):
    """牵头 or 协办."""

    LEAD = "lead"
    ASSIST = "assist"


class AssignmentState(StrEnum):
    """How far one board has come with its share."""

    ASSIGNED = "assigned"
    RECEIVED = "received"
    HANDLING = "handling"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"


class Origin(StrEnum):
    """How a share came to its board; the words are those of the state a case has until the lead receives it."""

    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    ESCALATED = "escalated"
    REOPENED = "reopened"


HELD = frozenset({AssignmentState.ASSIGNED, AssignmentState.RECEIVED, AssignmentState.HANDLING})
"""States in which a board has its share in hand: its part of the time runs."""
RETURNED = frozenset({AssignmentState.RETURNED})
ANY_STATE = frozenset(AssignmentState)
SIGNED = frozenset({AssignmentState.RECEIVED, AssignmentState.HANDLING})
RETURNS = 2
"""A board may return a share once by itself; the second return goes to the chief, who decides for good."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch in which a board had its share in hand, UTC milliseconds; ``end`` is None while it lasts."""

    start: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A case's share given to ``board``. One for each board, whatever often it comes back. Times are UTC milliseconds.

    ``returned`` counts its returns, ``kept`` says that the chief decided against one: there is none after it.
    ``handler`` is the member of staff who took it.
    """

    board: str
    role: AssignmentRole
    state: AssignmentState
    origin: Origin
    assigned_at: int
    received_at: int | None = None
    answered_at: int | None = None
    answer: str = ""
    partial: tuple[str, ...] = ()
    task: str = ""
    returned: int = 0
    return_reason: str = ""
    return_note: str = ""
    kept: bool = False
    handler: str | None = None
    stays: tuple[Stay, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether the share still belongs to the board."""
        return self.state is not AssignmentState.CLOSED

    @property
    def is_held(self) -> bool:
        """Whether the board has it in hand."""
        return self.state in HELD

    @property
    def awaits_decision(self) -> bool:
        """Whether it was returned again and the chief is to decide."""
        return self.state is AssignmentState.RETURNED and self.returned >= RETURNS


Shares = tuple[Assignment, ...]


def share_of(shares: Shares, board: str | None) -> Assignment | None:
    """The share of ``board``, also a closed one."""
    return next((share for share in shares if share.board == board), None)


def boards_of(shares: Shares) -> tuple[str, ...]:
    """The boards whose shares are current, the lead first."""
    return tuple(share.board for share in shares if share.is_current)


def with_share(shares: Shares, changed: Assignment) -> Shares:
    """``shares`` with that of one board changed."""
    return tuple(changed if share.board == changed.board else share for share in shares)


def given(
    shares: Shares,
    boards: Iterable[str],
    at: int,
    origin: Origin,
    begin: frozenset[AssignmentState] = frozenset(),
) -> Shares:
    """The shares once ``boards`` have the case, the first leading; those of other boards are closed.

    A board goes on with the share that it has, as far as it has come, unless that is in one of the states ``begin``.
    """
    wanted = tuple(dict.fromkeys(boards))
    known = {share.board: share for share in shares}
    begin |= {AssignmentState.CLOSED}
    fresh = [
        _given(
            known.get(board),
            board,
            AssignmentRole.ASSIST if place else AssignmentRole.LEAD,
            at,
            origin,
            begin,
        )
        for place, board in enumerate(wanted)
    ]
    return (*fresh, *(closed(share, at) for share in shares if share.board not in wanted))


def _given(
    known: Assignment | None,
    board: str,
    role: AssignmentRole,
    at: int,
    origin: Origin,
    begin: frozenset[AssignmentState],
) -> Assignment:
    if known is None:
        return Assignment(board, role, AssignmentState.ASSIGNED, origin, at, stays=(Stay(at),))
    share = replace(known, role=role)
    return begun_again(share, at, origin) if known.state in begin else share


def begun_again(share: Assignment, at: int, origin: Origin) -> Assignment:
    """``share`` given to its board once more."""
    ended = _left(share, at)
    return replace(
        ended,
        state=AssignmentState.ASSIGNED,
        origin=origin,
        assigned_at=at,
        received_at=None,
        answered_at=None,
        handler=None,
        stays=(*ended.stays, Stay(at)),
    )


def closed(share: Assignment, at: int) -> Assignment:
    """``share`` taken from its board, which no longer has it in hand."""
    return replace(_left(share, at), state=AssignmentState.CLOSED)


def closed_at_end(shares: Shares, at: int) -> Shares:
    """The shares of a case that has ended: what was in hand is closed, an answer stays one."""
    return tuple(closed(share, at) if share.is_held else share for share in shares)


def received(share: Assignment, at: int) -> Assignment:
    """``share`` signed for; one that is further stays where it is."""
    if share.state is not AssignmentState.ASSIGNED:
        return share
    return replace(share, state=AssignmentState.RECEIVED, received_at=at)


def handled(share: Assignment, at: int) -> Assignment:
    """``share`` being worked on, which signs for it."""
    return replace(received(share, at), state=AssignmentState.HANDLING)


def answered(share: Assignment, answer: str, at: int) -> Assignment:
    """``share`` answered for good, which signs for it."""
    signed = _left(received(share, at), at)
    return replace(signed, state=AssignmentState.ANSWERED, answered_at=at, answer=answer)


def returned(share: Assignment, reason: str, note: str, at: int) -> Assignment:
    """``share`` given back with a reason of the return reasons document."""
    return replace(
        _left(share, at),
        state=AssignmentState.RETURNED,
        returned=share.returned + 1,
        return_reason=reason,
        return_note=note,
    )


def _left(share: Assignment, at: int) -> Assignment:
    """The board's stretch of time ends, if one lasts. A clock set back never makes one that ends before it began."""
    stays = tuple(
        replace(stay, end=max(at, stay.start)) if stay.end is None else stay for stay in share.stays
    )
    return replace(share, stays=stays)
