"""Who may do what. Checked here, in every service; a centre checks again what it receives."""

from domain.cases.moves import Action, roles_of
from domain.errors import AppError
from domain.staff import Actor, Role

_EVERYONE = frozenset(Role)
_WINDOW = frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMIN, Role.SPECIALIST, Role.CHIEF})
_CHIEFS = frozenset({Role.SUPERVISOR, Role.CHIEF, Role.ADMIN})

ALLOWED: dict[str, frozenset[Role]] = {
    # What is done with a case stands in the table of moves, which knows states and boards, too.
    **{action.value: roles_of(action) for action in Action},
    "accept": _WINDOW,
    "print": _EVERYONE,
    "edit_enterprise": _WINDOW,
    "import_enterprises": _WINDOW,
    "verify_code": _WINDOW,
    "queue": _WINDOW,
    "queue_ticket": _EVERYONE,
    "queue_supervise": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "queue_rules": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "unflag_sensitive": _CHIEFS,
    "hand_over": _CHIEFS,
    "staff_away": frozenset({Role.SPECIALIST, Role.CHIEF, Role.SUPERVISOR, Role.ADMIN}),
    "board_leader": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "supervise": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "problem": _WINDOW,
    "problem_answer": frozenset({Role.SPECIALIST, Role.CHIEF, Role.SUPERVISOR, Role.ADMIN}),
    "callback": frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMIN}),
    "callback_rules": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "rating_paper": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "rating_supervise": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "rating_appeal": _WINDOW,
    "station_settings": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    "staff_settings": frozenset({Role.ADMIN}),
    "upkeep": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    "decide_conflict": _WINDOW,
    "decide_review": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "release_held": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "erase": frozenset({Role.ADMIN}),
}
"""Action → roles that may take it."""


def allows(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may take ``action``."""
    return actor.role in ALLOWED[action]


def require(actor: Actor, action: str) -> None:
    """``AppError("permission.denied")`` unless ``actor`` may take ``action``."""
    if not allows(actor, action):
        raise AppError("permission.denied", action=action, role=actor.role.value)
