"""1+1+1+X: the people of a board, who is on duty, and what each has in hand."""

from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office.absence import today_of
from services.documents import publish_own
from services.permissions import allows, require
from services.rulebook import rulebook
from services.station import reads

MAX_LEADER = 40


@dataclass(frozen=True, slots=True)
class BoardMember:
    """One who works for a board. ``in_hand`` counts the shares they have taken; ``away_until`` is empty on duty."""

    id: str
    name: str
    role: Role
    in_hand: int
    away_until: str = ""
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class BoardPeople:
    """Lead department and leader in charge, chiefs before specialists.

    ``may_manage`` says that the one who asks may hand over and let go on leave for all of them, ``may_name_leader``
    that they may name the leader.
    """

    board: str
    department: str
    leader: str
    members: tuple[BoardMember, ...]
    may_manage: bool
    may_name_leader: bool


@reads
def board_people(uow: UnitOfWork, clock: Clock, actor: Actor, board: str) -> BoardPeople:
    """The people of ``board`` who are active; ``cases.unknown_board``."""
    book = rulebook(uow)
    found = book.boards.get(board)
    if found is None:
        raise AppError("cases.unknown_board", board=board[:40], known=" ".join(book.boards))
    counts, today = uow.assignments.in_hand(board), today_of(book, clock)
    members = []
    for member in book.staff.values():
        if member.board != board or not member.active:
            continue
        away = member.is_away(today)
        members.append(
            BoardMember(
                member.id,
                member.name,
                member.role,
                counts.get(member.id, 0),
                member.away_until if away else "",
                member.substitute if away else "",
            )
        )
    members.sort(key=lambda one: (one.role is not Role.CHIEF, one.id))
    manages = allows(actor, "hand_over") and (actor.role is not Role.CHIEF or actor.board == board)
    return BoardPeople(
        board, found.lead or "", found.leader, tuple(members), manages, allows(actor, "board_leader")
    )


def name_leader(uow: UnitOfWork, clock: Clock, actor: Actor, board: str, name: str) -> None:
    """Write down the leader in charge of ``board``; empty takes the name out. ``cases.unknown_board``."""
    require(actor, "board_leader")
    book = rulebook(uow)
    if board not in book.boards:
        raise AppError("cases.unknown_board", board=board[:40], known=" ".join(book.boards))
    leader = clean(name, one_line=True).text
    if len(leader) > MAX_LEADER:
        raise AppError("staff.name_too_long", limit=MAX_LEADER)
    document = dict(uow.reference.get("boards") or {})
    document["entries"] = [
        {**entry, "leader": leader} if entry["code"] == board else entry for entry in document["entries"]
    ]
    publish_own(uow, "boards", document, clock.now_ms())
