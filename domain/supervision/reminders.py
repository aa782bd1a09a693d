"""Who is reminded of a case at which level (督办提醒). Pure."""

from collections.abc import Mapping

from domain.cases.states import Owner
from domain.deadlines.office import Office
from domain.staff import Actor, Role, StaffMember
from domain.supervision.model import Level

_SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def shown_from(office: Office, at_ms: int) -> int:
    """When somebody is told of what came up at ``at_ms``: at once while the site works, else when it opens."""
    # The first millisecond of opening time after ``at_ms`` ends where it began plus one.
    return office.after_open(at_ms, 1) - 1


def concerned(level: Level, owner: Owner, staff: Mapping[str, StaffMember]) -> Owner:
    """Whom ``level`` is for: amber the one whose turn it is, yellow the board's chief, red and sensitive a supervisor.

    ``staff`` are those who are there. Where nobody has that post the next one above is told; where nobody
    supervises, the desk.
    """
    for role in _ladder(level, owner):
        if role is Role.CLERK or _is_held(staff, role, owner.board):
            own = role is owner.role and owner.handler in staff
            return Owner(role, owner.site, owner.board, owner.handler if own else None)
    return Owner(Role.CLERK, owner.site, owner.board)


def is_for(actor: Actor, whom: Owner) -> bool:
    """Whether ``actor`` is the one, or one of those, that ``whom`` names."""
    if whom.role is Role.SUPERVISOR:
        return actor.role in _SUPERVISORS
    if whom.role is Role.CLERK:
        return actor.role is Role.CLERK
    if (actor.role, actor.board) != (whom.role, whom.board):
        return False
    return whom.handler is None or whom.handler == actor.id


def _ladder(level: Level, owner: Owner) -> tuple[Role, ...]:
    if level in (Level.RED, Level.SENSITIVE):
        return (Role.SUPERVISOR,)
    above = (Role.CHIEF, Role.SUPERVISOR) if owner.board is not None else (Role.SUPERVISOR,)
    return above if level is Level.YELLOW else (owner.role, *above)


def _is_held(staff: Mapping[str, StaffMember], role: Role, board: str | None) -> bool:
    if role is Role.SUPERVISOR:
        return any(one.active and one.role in _SUPERVISORS for one in staff.values())
    return any(one.active and (one.role, one.board) == (role, board) for one in staff.values())
