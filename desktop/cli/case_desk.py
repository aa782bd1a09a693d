"""``qifu case``: what the desk does with a case after acceptance."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.case_document import file_document
from desktop.cli.case_options import Boards, Number, Reason, codes_of, step
from desktop.cli.output import DONE, NOTHING
from desktop.cli.station_command import Asked, station_command

app = typer.Typer()


@station_command(app)
def answer(
    asked: Asked,
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="答复内容")],
) -> None:
    """答复：承办板块的人员答复本板块的份额；窗口当场答复并办结。"""
    from services.case_steps import answer_case

    step(asked, answer_case, number, text)


@station_command(app)
def decline(asked: Asked, number: Number, reason: Reason) -> None:
    """不予受理，写明理由。"""
    from services.case_steps import decline_case

    step(asked, decline_case, number, reason)


@station_command(app)
def withdraw(asked: Asked, number: Number, reason: Reason) -> None:
    """申请人撤回。"""
    from services.case_steps import withdraw_case

    step(asked, withdraw_case, number, reason)


@station_command(app)
def merge(
    asked: Asked, number: Number, into: Annotated[str, typer.Option("--into", metavar="N", help="并入哪一件")]
) -> None:
    """并案：本件并入另一件。"""
    from services.case_steps import merge_case

    step(asked, merge_case, number, into)


@station_command(app)
def link(
    asked: Asked, number: Number, to: Annotated[str, typer.Option("--to", metavar="N", help="与哪一件关联")]
) -> None:
    """关联两件诉求。"""
    from services.case_steps import link_cases

    step(asked, link_cases, number, to)


@station_command(app)
def assign(asked: Asked, number: Number, boards: Boards) -> None:
    """交办给板块，第一个牵头，其余协办。"""
    from services.case_steps import assign_boards

    step(asked, assign_boards, number, codes_of(boards))


@station_command(app)
def notice(
    asked: Asked,
    number: Number,
    missing: Annotated[list[str], typer.Option("--missing", metavar="材料", help="缺少的材料，可重复")],
) -> None:
    """一次性告知缺少的全部材料。"""
    from services.case_steps import request_material

    step(asked, request_material, number, tuple(missing))


@station_command(app)
def attach(asked: Asked, number: Number, file: Annotated[Path, typer.Argument(help="要附上的文件")]) -> None:
    """附上文件。"""
    from services.files import attach_path

    with asked.opened() as station:
        attached = station.submit_upkeep(attach_path, number, file).result()
    document = file_document(attached)
    asked.emit(document, text=f"已附上 {attached.name}")


@station_command(app)
def flag(
    asked: Asked,
    number: Number,
    in_pool: Annotated[bool | None, typer.Option("--in-pool/--not-in-pool", help="计入涉企问题池")] = None,
    sensitive: Annotated[bool | None, typer.Option("--sensitive/--not-sensitive", help="敏感事项")] = None,
) -> None:
    """标记：问题池、敏感。"""
    from services.case_steps import flag_case

    idle = in_pool is None and sensitive is None
    step(
        asked,
        flag_case,
        number,
        in_pool=in_pool,
        sensitive=sensitive,
        exit_code=NOTHING if idle else DONE,
    )
