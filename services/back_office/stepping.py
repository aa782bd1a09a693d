"""What every step with a case shares: finding it, asking the table of moves, recording what was decided."""

from db.unit_of_work import UnitOfWork
from domain.cases.intake import MAX_TEXT
from domain.cases.model import Case
from domain.cases.moves import Action, require_move
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor, Role
from services.callbacks.sample import draw_for_sure
from services.cases import find_case
from services.permissions import require
from services.rulebook import rulebook

_OF_BOARDS = frozenset({Role.SPECIALIST, Role.CHIEF})


def case_called(uow: UnitOfWork, clock: Clock, key: str) -> Case:
    """The case called ``key``: its number, short number or id."""
    return uow.case(find_case(uow, clock, key))


def allowed_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, action: Action) -> Case:
    """The case called ``key``, with which ``actor`` may take ``action`` now; ``AppError`` says why not."""
    require(actor, action.value)
    case = case_called(uow, clock, key)
    require_move(case, actor, action)
    return case


def is_of_board(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` belongs to a board that has a share of ``case``."""
    return actor.role in _OF_BOARDS and actor.board in case.boards


def record(uow: UnitOfWork, clock: Clock, actor: Actor, case: Case, *new: NewEvent | None) -> Case:
    """Append what was decided, if anything was; the case as it is then. What is called back for sure has its task."""
    events = [one for one in new if one is not None]
    if not events:
        return case
    uow.append(case.id, events, actor=actor.id, now_ms=clock.now_ms())
    done = uow.case(case.id)
    return uow.case(case.id) if not done.is_open and draw_for_sure(uow, clock, done) else done


def cleaned_text(text: str) -> str:
    """A text as typed, fit to store; ``cases.text_too_long``."""
    cleaned = clean(text).text
    if len(cleaned) > MAX_TEXT:
        raise AppError("cases.text_too_long", count=len(cleaned), limit=MAX_TEXT)
    return cleaned


def given_text(text: str, code: str) -> str:
    """``cleaned_text`` that is not empty; ``AppError(code)``."""
    cleaned = cleaned_text(text)
    if not cleaned:
        raise AppError(code)
    return cleaned


def known_boards(uow: UnitOfWork, *boards: str) -> None:
    """``cases.unknown_board`` for one that the boards document in force does not have."""
    known = rulebook(uow).boards
    for board in boards:
        if board not in known:
            raise AppError("cases.unknown_board", board=board[:40], known=" ".join(known))
