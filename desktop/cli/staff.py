"""``qifu staff``: who is away and who stands in, who leads a board; passwords and roles are given in the window."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.output import DONE, NOTHING
from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

if TYPE_CHECKING:
    from domain.staff import StaffMember
    from services.back_office.people import BoardPeople

app = typer.Typer(add_completion=False, no_args_is_help=True, help="人员：请假与代班、板块的人员和分管领导。")

Member = Annotated[str, typer.Argument(metavar="STAFF", help="工号")]
BoardCode = Annotated[str, typer.Argument(metavar="BOARD", help="板块代码")]
LastDay = Annotated[str, typer.Option("--until", metavar="DATE", help="请假到哪一天（含），如 2026-11-30")]
Substitute = Annotated[str, typer.Option("--substitute", metavar="STAFF", help="同板块的代班人")]


@station_command(app)
def away(asked: Asked, member: Member, until: LastDay, substitute: Substitute = "") -> None:
    """登记请假，可指定代班人；本人、本板块首席、督办和管理员可办。"""
    if not until.strip():
        raise AppError("cases.until_invalid", until=until)
    _set_away(asked, member, until, substitute)


@station_command(app)
def back(asked: Asked, member: Member) -> None:
    """销假；没有请假的，退出码 3。"""
    _set_away(asked, member, "", "")


@station_command(app)
def leader(
    asked: Asked,
    board: BoardCode,
    name: Annotated[str, typer.Argument(metavar="NAME", help="分管领导姓名；空的就是去掉")],
) -> None:
    """登记板块的分管领导（督办、管理员）。"""
    from services.back_office.people import board_people, name_leader

    with asked.opened() as station:
        station.call(name_leader, board, name)
        document = people_document(station.call(board_people, board))
    asked.emit(document, text=people_text(document))


@station_command(app, "board")
def show_board(asked: Asked, board: BoardCode) -> None:
    """板块的人员：牵头部门、分管领导、首席和专员，谁在岗，各有几件在办。"""
    from services.back_office.people import board_people

    with asked.opened() as station:
        document = people_document(station.call(board_people, board))
    asked.emit(document, text=people_text(document))


def _set_away(asked: Asked, member: str, until: str, substitute: str) -> None:
    from services.back_office.absence import set_away
    from services.staff import list_staff

    with asked.opened() as station:
        before = {one.id: one for one in station.call(list_staff)}
        station.call(set_away, member, until, substitute)
        after = {one.id: one for one in station.call(list_staff)}[member]
    document = member_document(after)
    away = f"请假到 {after.away_until}" if after.away_until else "在岗"
    stands_in = f"，{after.substitute} 代班" if after.substitute else ""
    idle = not after.away_until and not before[member].away_until
    asked.emit(document, text=f"{after.id} {after.name}  {away}{stands_in}", code=NOTHING if idle else DONE)


def member_document(member: "StaffMember") -> dict[str, Any]:
    """One of the staff; ``away_until`` is the last day of leave."""
    return {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "board": member.board,
        "away_until": member.away_until or None,
        "substitute": member.substitute or None,
    }


def people_document(people: "BoardPeople") -> dict[str, Any]:
    """1+1+1+X of a board; ``away_until`` and ``substitute`` are those of today."""
    return {
        "board": people.board,
        "department": people.department or None,
        "leader": people.leader or None,
        "members": [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role.value,
                "in_hand": one.in_hand,
                "away_until": one.away_until or None,
                "substitute": one.substitute or None,
            }
            for one in people.members
        ],
    }


def people_text(told: dict[str, Any]) -> str:
    """Lead department and leader, then one line a person."""
    head = f"{told['board']}  牵头部门 {told['department'] or '—'}  分管领导 {told['leader'] or '—'}"
    return "\n".join([head, *(_member_text(one) for one in told["members"])])


def _member_text(told: dict[str, Any]) -> str:
    away = f"  请假到 {told['away_until']}" if told["away_until"] else ""
    stands_in = f"，{told['substitute']} 代班" if told["substitute"] else ""
    return f"  {told['id']} {told['name']}  在办 {told['in_hand']} 件{away}{stands_in}"
