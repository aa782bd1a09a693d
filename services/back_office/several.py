"""One step with several cases at once: what can be done is done, and why not is told of each that cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases import handling
from domain.cases.model import Case
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office.boards import receive_case, require_of_board
from services.back_office.stepping import case_called, record


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that was left as it was, and why."""

    number: str
    error: AppError


@dataclass(frozen=True, slots=True)
class Several:
    """How many were done, and which not."""

    done: int
    refused: tuple[Refused, ...]


def receive_several(uow: UnitOfWork, clock: Clock, actor: Actor, keys: Sequence[str]) -> Several:
    """签收 of each of ``keys``."""
    return _each(uow, clock, keys, lambda case: receive_case(uow, clock, actor, case.id))


def hand_over_several(
    uow: UnitOfWork, clock: Clock, actor: Actor, board: str, keys: Sequence[str], to_staff: str
) -> Several:
    """移交 the shares of ``board`` in ``keys`` to ``to_staff``, whoever has them now.

    Those of the board do so among themselves, a supervisor for all. ``permission.denied``,
    ``cases.handler_not_of_board``.
    """
    if actor.board != board and actor.role not in (Role.SUPERVISOR, Role.ADMIN):
        raise AppError("permission.denied", action="hand_over", role=actor.role.value)
    require_of_board(uow, to_staff, board)

    def hand_over(case: Case) -> None:
        share = case.share_of(board)
        if share is None or not share.is_held or not case.is_open:
            raise AppError("cases.share_not_held", number=case.number)
        record(uow, clock, actor, case, handling.hand_over(case, board, to_staff))

    return _each(uow, clock, keys, hand_over)


def _each(uow: UnitOfWork, clock: Clock, keys: Sequence[str], do: Callable[[Case], object]) -> Several:
    done, refused = 0, []
    for key in dict.fromkeys(keys):
        case = case_called(uow, clock, key)
        try:
            do(case)
        except AppError as error:
            refused.append(Refused(case.number, error))
        else:
            done += 1
    return Several(done, tuple(refused))
