"""Which of the steps that may be taken now is the one that is waited for. Pure."""

from collections.abc import Container

from domain.cases.model import Case
from domain.cases.moves import Action
from domain.cases.states import task_of

_IN_TURN = (
    Action.RECEIVE,
    Action.RESUME,
    Action.ANSWER,
    Action.ASSIGN,
    Action.RESOLVE,
    Action.FEEDBACK,
    Action.ARCHIVE,
)


def next_step(case: Case, allowed: Container[Action]) -> Action | None:
    """The next step for somebody who may take the steps ``allowed``: what is owed the case, else the first in turn.

    None where nothing is waited for from them.
    """
    owed = task_of(case)
    if owed is not None and owed in allowed:
        return owed
    return next((action for action in _IN_TURN if action in allowed), None)
