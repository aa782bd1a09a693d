"""Staff, roles and who acts."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """岗位."""

    CLERK = "clerk"
    SPECIALIST = "specialist"
    CHIEF = "chief"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a member of staff, or the device itself (``device:<id>``) with a clerk's rights."""

    id: str
    role: Role = Role.CLERK
    name: str = ""
    board: str | None = None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An entry of the staff document; ``password`` is an Argon2id hash, or None where none has been set.

    Who left is no longer ``active`` but stays in the document, since records name them. Who is away until the end of
    the day ``away_until`` (``2026-11-30``, empty: is here) may have a ``substitute`` of the same board.
    """

    id: str
    name: str
    role: Role
    board: str | None = None
    password: str | None = None
    active: bool = True
    away_until: str = ""
    substitute: str = ""

    def is_away(self, today: str) -> bool:
        """Whether they are away on ``today`` (``2026-11-28``, at the site)."""
        return bool(self.away_until) and today <= self.away_until

    @property
    def actor(self) -> Actor:
        """This member of staff as the one who acts."""
        return Actor(self.id, self.role, self.name, self.board)
