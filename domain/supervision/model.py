"""What supervision is made of: levels of a reminder, measures taken on a case, what boards answered to them."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Why somebody is reminded of a case: 敏感, 预警, 黄牌, 红牌."""

    SENSITIVE = "sensitive"
    AMBER = "amber"
    YELLOW = "yellow"
    RED = "red"


class MeasureKind(StrEnum):
    """催办, or 督办 with a slip and the card that the clock shows."""

    URGE = "urge"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class MeasureAnswer:
    """What a board answered to a measure. ``at`` is UTC milliseconds."""

    board: str
    at: int
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One step that a supervisor took on a case: the boards asked, until when, and how urgent it was then.

    ``id`` is its event's; ``alert`` is ``domain.deadlines.clock.Alert``'s word. Times are UTC milliseconds.
    """

    id: str
    kind: MeasureKind
    at: int
    actor: str
    boards: tuple[str, ...]
    alert: str
    until: int | None
    text: str
    answers: tuple[MeasureAnswer, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """The boards that have not answered."""
        answered = {one.board for one in self.answers}
        return tuple(board for board in self.boards if board not in answered)
