"""The figures of ratings. Satisfaction is the share of levels 3–5 (基本满意 and better) of those who rated.

Who did not rate counts neither way; an annulled rating does not count; of two ratings of one matter made apart the
first counts. The level is the first one: what the loop made good is its own figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SATISFIED = 3
"""The lowest level that counts as satisfied (基本满意)."""


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """Counts of one stretch of time. ``levels`` and ``sources`` map code → count, ``by_board`` → (rated, satisfied).

    ``bad`` ratings have their loop ``closed`` or open; ``overdue`` is a step that should have been taken by now;
    ``satisfied_after`` are those whose second rating is 3–5.
    """

    rated: int
    satisfied: int
    bad: int
    levels: Mapping[int, int]
    sources: Mapping[str, int]
    by_board: Mapping[str, tuple[int, int]]
    closed: int
    annulled: int
    rated_again: int
    satisfied_after: int
    overdue: int

    @property
    def satisfaction_permille(self) -> int | None:
        """Satisfied of a thousand who rated; None where nobody has."""
        return None if not self.rated else self.satisfied * 1000 // self.rated

    @property
    def closure_permille(self) -> int | None:
        """Bad ratings whose loop has ended, of a thousand; None where there is none."""
        return None if not self.bad else self.closed * 1000 // self.bad
