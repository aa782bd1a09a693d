"""``qifu case``: what boards, chiefs and supervisors do with a case."""

from typing import Annotated

import typer

from desktop.cli.case_options import (
    Board,
    MaybeBoard,
    MaybeReason,
    MaybeUntil,
    Number,
    Reason,
    Text,
    Until,
    step,
    until_ms,
)
from desktop.cli.output import emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened

app = typer.Typer()


@app.command()
def receive(
    number: Number, home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False
) -> None:
    """签收本板块的份额。"""
    from services.back_office.boards import receive_case

    step(home, staff, as_json, receive_case, number)


@app.command()
def take(
    number: Number,
    handler: Annotated[
        str | None, typer.Option("--handler", metavar="STAFF", help="由谁经办，默认本人")
    ] = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """认领，或分给本板块的同事。"""
    from services.back_office.boards import take_case

    step(home, staff, as_json, take_case, number, handler)


@app.command()
def partial(
    number: Number,
    text: Text,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """部分答复，其余继续办理。"""
    from services.back_office.boards import answer_partly

    step(home, staff, as_json, answer_partly, number, text)


@app.command()
def plan(
    number: Number,
    text: Text,
    until: Until,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """一时不能解决的，提交方案和完成日期。"""
    from services.back_office.boards import plan_solution

    step(home, staff, as_json, plan_solution, number, text, until=until)


@app.command("return")
def return_(
    number: Number,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="CODE", help="not_ours wrong_site incomplete duplicate no_basis"),
    ],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="说明")] = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """退回：第一次退给窗口，第二次由首席服务专员裁定。"""
    from services.back_office.boards import return_case

    step(home, staff, as_json, return_case, number, reason, text)


@app.command("decide-return")
def decide_return(
    number: Number,
    reason: Reason,
    board: MaybeBoard = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """裁定第二次退回：仍由原板块办理，或用 --board 交另一个板块。"""
    from services.back_office.boards import decide_return as service

    step(home, staff, as_json, service, number, reason, board)


@app.command()
def transfer(
    number: Number,
    board: Board,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """转办给另一个板块，期限不重算。"""
    from services.back_office.boards import transfer_case

    step(home, staff, as_json, transfer_case, number, board, reason)


@app.command()
def assist(
    number: Number,
    board: Board,
    remove: Annotated[bool, typer.Option("--remove", help="撤销协办，要写 --reason")] = False,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="请对方做什么")] = "",
    reason: MaybeReason = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """增加或撤销协办板块。"""
    from services.back_office.boards import add_assist, remove_assist

    if remove:
        step(home, staff, as_json, remove_assist, number, board, reason)
    else:
        step(home, staff, as_json, add_assist, number, board, text)


@app.command()
def consult(
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="商定的事项")],
    boards: Annotated[
        list[str] | None, typer.Option("--board", metavar="CODE", help="参加的板块，可重复")
    ] = None,
    sites: Annotated[
        list[str] | None, typer.Option("--site", metavar="NAME", help="参加的网点，可重复")
    ] = None,
    who: Annotated[list[str] | None, typer.Option("--who", metavar="NAME", help="参加的人，可重复")] = None,
    until: MaybeUntil = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """会商记录：谁参加、商定什么、到什么时候。"""
    from services.back_office.boards import ConsultationForm, record_consultation

    with opened(home, staff) as station:
        end = until_ms(station, until)
    typed = ConsultationForm(tuple(boards or ()), tuple(sites or ()), tuple(who or ()), text, end)
    step(home, staff, as_json, record_consultation, number, typed)


@app.command()
def suspend(
    number: Number,
    reason: Reason,
    text: Annotated[
        str, typer.Option("--text", "--evidence", metavar="TEXT", help="依据，如受理函、批文编号")
    ] = "",
    files: Annotated[
        list[str] | None, typer.Option("--file", metavar="SHA256", help="作为依据的附件，可重复")
    ] = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """挂起，写明理由和依据；期间不计时。"""
    from services.back_office.timing import suspend_case

    step(home, staff, as_json, suspend_case, number, reason, text, tuple(files or ()))


@app.command()
def resume(
    number: Number,
    reason: MaybeReason = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """恢复计时。"""
    from services.back_office.timing import resume_case

    step(home, staff, as_json, resume_case, number, reason)


@app.command()
def extend(
    number: Number,
    until: Until,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """期满前申请延期，由督办审批。"""
    from services.back_office.timing import ask_extension

    step(home, staff, as_json, ask_extension, number, reason=reason, until=until)


@app.command("approve-extension")
def approve_extension(
    number: Number,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予延期，要写 --reason")] = False,
    reason: MaybeReason = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """审批延期申请。"""
    from services.back_office.timing import approve_extension as approve
    from services.back_office.timing import refuse_extension

    step(home, staff, as_json, refuse_extension if refuse else approve, number, reason)


@app.command()
def limit(
    number: Number,
    limit_class: Annotated[
        str, typer.Option("--limit", "--class", metavar="CLASS", help="simple standard hard item")
    ],
    reason: Reason,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", help="item 的承诺工作日数，0 为当日")
    ] = None,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """期满前由牵头板块的首席调整时限类别；已挂起的时间仍扣除。"""
    from desktop.cli.case_closing import known_code
    from domain.cases.model import LimitClass
    from services.back_office.timing import change_limit

    wanted = known_code(LimitClass, limit_class, "cases.limit_unknown", "limit")
    step(home, staff, as_json, change_limit, number, wanted, reason, days)


@app.command()
def escalate(
    number: Number,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """升级给诉求（兜底）板块，疑难时限从现在起算。"""
    from services.back_office.timing import escalate_case

    step(home, staff, as_json, escalate_case, number, reason)


@app.command("pass-up")
def pass_up(
    number: Number,
    reason: Reason,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """上报上级网点，写明理由。"""
    from services.back_office.timing import pass_up_case

    step(home, staff, as_json, pass_up_case, number, reason)


@app.command()
def queue(
    name: Annotated[
        str,
        typer.Option(
            "--queue",
            metavar="NAME",
            help="new in_hand due_today overdue returned waiting partial fallback to_resolve mine all",
        ),
    ] = "all",
    board: MaybeBoard = None,
    mine: Annotated[bool, typer.Option("--mine", help="只看本人认领的")] = False,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """板块的工作队列和各队列件数。"""
    from desktop.cli.case_document import queue_document, queue_text
    from desktop.cli.case_options import zone_of
    from services.back_office.queues import count_queues, read_queue

    with opened(home, staff) as station:
        counts = station.call(count_queues, board)
        page = station.call(read_queue, name, board=board, mine=mine)
        document = queue_document(counts, page, zone_of(station))
    emit(document, as_json=as_json, text=queue_text(document))


@app.command("hand-over")
def hand_over(
    from_staff: Annotated[str, typer.Argument(metavar="FROM", help="移交人")],
    to_staff: Annotated[str, typer.Argument(metavar="TO", help="接手人，同一板块")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一个人认领的在办件移交给同板块的同事。"""
    from desktop.cli.output import DONE, NOTHING
    from services.back_office.hand_over import hand_over_open_work

    with opened(home, staff) as station:
        count = station.call(hand_over_open_work, from_staff, to_staff)
    emit({"count": count}, as_json=as_json, text=f"已移交 {count} 件", code=DONE if count else NOTHING)
