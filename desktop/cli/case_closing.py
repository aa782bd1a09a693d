"""``qifu case``: how a case ends, and what may be done with it now."""

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from desktop.cli.case_options import Number, Reason, step
from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

app = typer.Typer()

Code = TypeVar("Code", bound=StrEnum)


def known_code(codes: type[Code], typed: str, refusal: str, name: str) -> Code:
    """``typed`` as one of ``codes``; ``AppError(refusal)`` with it as ``name`` and all that are known."""
    try:
        return codes(typed)
    except ValueError:
        raise AppError(refusal, **{name: typed[:40], "known": " ".join(codes)}) from None


@station_command(app)
def resolve(
    asked: Asked,
    number: Number,
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="给企业的答复；不给则用牵头板块的答复")
    ] = "",
) -> None:
    """各板块都答复后办结。"""
    from services.back_office.closing import resolve_case

    step(asked, resolve_case, number, text)


@station_command(app)
def feedback(
    asked: Asked,
    number: Number,
    how: Annotated[str, typer.Option("--how", help="window phone message visit paper")] = "window",
    told: Annotated[str, typer.Option("--told", metavar="NAME", help="告知了谁")] = "",
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="怎样说的")] = "",
) -> None:
    """向企业反馈结果。"""
    from domain.cases.progress import ToldBy
    from services.back_office.closing import feed_back_case

    wanted = known_code(ToldBy, how, "cases.told_by_unknown", "how")
    step(asked, feed_back_case, number, wanted, told, text)


@station_command(app)
def reopen(asked: Asked, number: Number, reason: Reason) -> None:
    """重办：期限从现在重新计算，办结后必定回访。"""
    from services.back_office.closing import reopen_case

    step(asked, reopen_case, number, reason)


@station_command(app)
def archive(asked: Asked, number: Number) -> None:
    """归档。"""
    from services.back_office.closing import archive_case

    step(asked, archive_case, number)


@station_command(app)
def moves(asked: Asked, number: Number) -> None:
    """这一件现在能办哪些步骤，不能办的为什么。"""
    from desktop.messages import sentence
    from desktop.words import ACTIONS, word
    from services.case_view import view_case

    with asked.opened() as station:
        view = station.call(view_case, number)
    role = view.facts.actor.role.value
    rows = [
        {
            "action": action.code,
            "allowed": not action.why_not,
            "code": action.why_not or None,
            "why": sentence(AppError(action.why_not, number=view.case.number, action=action.code, role=role))
            if action.why_not
            else None,
        }
        for action in view.actions
    ]
    text = "\n".join(
        f"{'√' if r['allowed'] else '×'} {word(ACTIONS, str(r['action']))} {r['why'] or ''}" for r in rows
    )
    asked.emit(rows, text=text)
