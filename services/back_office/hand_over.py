"""移交在办件: who leaves, or is away, hands what they have taken to a colleague of the same board."""

from db.unit_of_work import UnitOfWork
from domain.cases import handling
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office.boards import require_of_board
from services.permissions import require
from services.rulebook import rulebook


def hand_over_open_work(uow: UnitOfWork, clock: Clock, actor: Actor, from_staff: str, to_staff: str) -> int:
    """Give every share that ``from_staff`` has in hand to ``to_staff``; how many there were.

    A member of a board does so for their own work, its chief for the board's, a supervisor for all.
    ``permission.denied``, ``staff.unknown``, ``cases.handler_not_of_board``.
    """
    book = rulebook(uow)
    leaving = book.staff.get(from_staff)
    if leaving is None:
        raise AppError("staff.unknown", staff=from_staff[:40])
    if actor.id != from_staff:
        require(actor, "hand_over")
        if actor.role is Role.CHIEF and leaving.board != actor.board:
            raise AppError("permission.denied", action="hand_over", role=actor.role.value)
    require_of_board(uow, to_staff, leaving.board)
    now_ms, count = clock.now_ms(), 0
    for case_id, board in uow.assignments.of_handler(from_staff):
        new = handling.hand_over(uow.case(case_id), board, to_staff)
        if new is not None:
            uow.append(case_id, [new], actor=actor.id, now_ms=now_ms)
            count += 1
    return count
