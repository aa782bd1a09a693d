"""What happens to a case on its way: pauses, extensions, plans, consultations, feedback. Times are UTC milliseconds."""

from dataclasses import dataclass
from enum import StrEnum


class ToldBy(StrEnum):
    """How the enterprise was told (反馈方式)."""

    WINDOW = "window"
    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Suspension:
    """挂起: the clock stands from ``start`` to ``end`` (None while it lasts). ``files`` are hashes of the evidence."""

    start: int
    end: int | None
    reason: str
    evidence: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """延期: asked for at ``asked_at`` by ``actor``, until ``until``; waits for the supervisor."""

    until: int
    reason: str
    asked_at: int
    actor: str


@dataclass(frozen=True, slots=True)
class Plan:
    """方案: what will be done instead of a solution now, and until when."""

    text: str
    until: int
    at: int


@dataclass(frozen=True, slots=True)
class Consultation:
    """会商: which boards and sites met, who was there, what was agreed, until when."""

    at: int
    boards: tuple[str, ...]
    sites: tuple[str, ...]
    participants: tuple[str, ...]
    agreed: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """反馈: how the enterprise was told, who of it, and in which words."""

    at: int
    how: ToldBy
    told: str = ""
    text: str = ""
    at_once: bool = False
    """Told at the window with the answer itself (当场即办)."""
