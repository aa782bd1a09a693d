"""``qifu case``: what the desk does with a case after acceptance."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.case_document import file_document
from desktop.cli.case_options import Number, Reason, step
from desktop.cli.output import DONE, NOTHING, emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened

app = typer.Typer()


@app.command()
def answer(
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="答复内容")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """答复：承办板块的人员答复本板块的份额；窗口当场答复并办结。"""
    from services.case_steps import answer_case

    step(home, staff, as_json, answer_case, number, text)


@app.command()
def decline(
    number: Number,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """不予受理，写明理由。"""
    from services.case_steps import decline_case

    step(home, staff, as_json, decline_case, number, reason)


@app.command()
def withdraw(
    number: Number,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """申请人撤回。"""
    from services.case_steps import withdraw_case

    step(home, staff, as_json, withdraw_case, number, reason)


@app.command()
def merge(
    number: Number,
    into: Annotated[str, typer.Option("--into", metavar="N", help="并入哪一件")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """并案：本件并入另一件。"""
    from services.case_steps import merge_case

    step(home, staff, as_json, merge_case, number, into)


@app.command()
def link(
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="N", help="与哪一件关联")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """关联两件诉求。"""
    from services.case_steps import link_cases

    step(home, staff, as_json, link_cases, number, to)


@app.command()
def assign(
    number: Number,
    boards: Annotated[str, typer.Option("--boards", help="板块代码，逗号分隔，第一个牵头")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """交办给板块，第一个牵头，其余协办。"""
    from services.case_steps import assign_boards

    wanted = tuple(filter(None, (board.strip() for board in boards.split(","))))
    step(home, staff, as_json, assign_boards, number, wanted)


@app.command()
def notice(
    number: Number,
    missing: Annotated[list[str], typer.Option("--missing", metavar="材料", help="缺少的材料，可重复")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """一次性告知缺少的全部材料。"""
    from services.case_steps import request_material

    step(home, staff, as_json, request_material, number, tuple(missing))


@app.command()
def attach(
    number: Number,
    file: Annotated[Path, typer.Argument(help="要附上的文件")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """附上文件。"""
    from services.files import attach_path

    with opened(home, staff) as station:
        attached = station.submit_upkeep(attach_path, number, file).result()
    document = file_document(attached)
    emit(document, as_json=as_json, text=f"已附上 {attached.name}")


@app.command()
def flag(
    number: Number,
    in_pool: Annotated[bool | None, typer.Option("--in-pool/--not-in-pool", help="计入涉企问题池")] = None,
    sensitive: Annotated[bool | None, typer.Option("--sensitive/--not-sensitive", help="敏感事项")] = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """标记：问题池、敏感。"""
    from services.case_steps import flag_case

    idle = in_pool is None and sensitive is None
    step(
        home,
        staff,
        as_json,
        flag_case,
        number,
        in_pool=in_pool,
        sensitive=sensitive,
        exit_code=NOTHING if idle else DONE,
    )
