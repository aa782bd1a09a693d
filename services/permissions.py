"""Who may do what. Checked here, in every service; a centre checks again what it receives."""

from domain.errors import AppError
from domain.staff import Actor, Role

_EVERYONE = frozenset(Role)
_WINDOW = frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMIN, Role.SPECIALIST, Role.CHIEF})
_CHIEFS = frozenset({Role.SUPERVISOR, Role.CHIEF, Role.ADMIN})

ALLOWED: dict[str, frozenset[Role]] = {
    "accept": _WINDOW,
    "assign": _WINDOW,
    "attach": _WINDOW,
    "notice": _WINDOW,
    "answer": _WINDOW,
    "decline": _WINDOW,
    "withdraw": _WINDOW,
    "link": _WINDOW,
    "merge": _WINDOW,
    "correct_contact": _WINDOW,
    "print": _EVERYONE,
    "flag": _WINDOW,
    "edit_enterprise": _WINDOW,
    "import_enterprises": _WINDOW,
    "verify_code": _WINDOW,
    "unflag_sensitive": _CHIEFS,
    "station_settings": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    "staff_settings": frozenset({Role.ADMIN}),
    "upkeep": frozenset({Role.ADMIN, Role.SUPERVISOR}),
}
"""Action → roles that may take it."""


def allows(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may take ``action``."""
    return actor.role in ALLOWED[action]


def require(actor: Actor, action: str) -> None:
    """``AppError("permission.denied")`` unless ``actor`` may take ``action``."""
    if not allows(actor, action):
        raise AppError("permission.denied", action=action, role=actor.role.value)
