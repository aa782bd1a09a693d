"""``qifu case``: what boards, chiefs and supervisors do with a case."""

from typing import Annotated

import typer

from desktop.cli.case_options import (
    Board,
    Days,
    MaybeBoard,
    MaybeUntil,
    Number,
    Reason,
    ReasonAlone,
    Text,
    Until,
    step,
    until_ms,
    zone_of,
)
from desktop.cli.station_command import Asked, station_command

app = typer.Typer()

NOT_GIVEN = "未写理由"
"""What is recorded of a transfer without a reason; slips and history say so."""


@station_command(app)
def receive(asked: Asked, number: Number) -> None:
    """签收本板块的份额。"""
    from services.back_office.boards import receive_case

    step(asked, receive_case, number)


@station_command(app)
def take(
    asked: Asked,
    number: Number,
    handler: Annotated[
        str | None, typer.Option("--handler", metavar="STAFF", help="由谁经办，默认本人")
    ] = None,
) -> None:
    """认领，或分给本板块的同事。"""
    from services.back_office.boards import take_case

    step(asked, take_case, number, handler)


@station_command(app)
def partial(asked: Asked, number: Number, text: Text) -> None:
    """部分答复，其余继续办理。"""
    from services.back_office.boards import answer_partly

    step(asked, answer_partly, number, text)


@station_command(app)
def plan(asked: Asked, number: Number, text: Text, until: Until) -> None:
    """一时不能解决的，提交方案和完成日期。"""
    from services.back_office.boards import plan_solution

    step(asked, plan_solution, number, text, until=until)


@station_command(app, "return")
def return_(
    asked: Asked,
    number: Number,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="CODE", help="not_ours wrong_site incomplete duplicate no_basis"),
    ],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="说明")] = "",
) -> None:
    """退回：第一次退给窗口，第二次由首席服务专员裁定。"""
    from services.back_office.boards import return_case

    step(asked, return_case, number, reason, text)


@station_command(app, "decide-return")
def decide_return(asked: Asked, number: Number, reason: Reason, board: MaybeBoard = None) -> None:
    """裁定第二次退回：仍由原板块办理，或用 --board 交另一个板块。"""
    from services.back_office.boards import decide_return as service

    step(asked, service, number, reason, board)


@station_command(app)
def transfer(asked: Asked, number: Number, board: Board, reason: Reason = NOT_GIVEN) -> None:
    """转办给另一个板块，期限不重算。"""
    from services.back_office.boards import transfer_case

    step(asked, transfer_case, number, board, reason)


@station_command(app)
def assist(
    asked: Asked,
    number: Number,
    board: Board,
    remove: Annotated[bool, typer.Option("--remove", help="撤销协办，要写 --reason")] = False,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="请对方做什么")] = "",
    reason: ReasonAlone = "",
) -> None:
    """增加或撤销协办板块。"""
    from services.back_office.boards import add_assist, remove_assist

    if remove:
        step(asked, remove_assist, number, board, reason)
    else:
        step(asked, add_assist, number, board, text)


@station_command(app)
def consult(
    asked: Asked,
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
) -> None:
    """会商记录：谁参加、商定什么、到什么时候。"""
    from services.back_office.boards import ConsultationForm, record_consultation

    with asked.opened() as station:
        end = until_ms(station, until)
    typed = ConsultationForm(tuple(boards or ()), tuple(sites or ()), tuple(who or ()), text, end)
    step(asked, record_consultation, number, typed)


@station_command(app)
def suspend(
    asked: Asked,
    number: Number,
    reason: ReasonAlone,
    text: Annotated[
        str, typer.Option("--text", "--evidence", metavar="TEXT", help="依据，如受理函、批文编号")
    ] = "",
    files: Annotated[
        list[str] | None, typer.Option("--file", metavar="SHA256", help="作为依据的附件，可重复")
    ] = None,
) -> None:
    """挂起，写明理由和依据；期间不计时。没有另写依据、也没有附件的，理由就是依据。"""
    from services.back_office.timing import suspend_case

    evidence = text or ("" if files else reason)
    step(asked, suspend_case, number, reason, evidence, tuple(files or ()))


@station_command(app)
def resume(asked: Asked, number: Number, reason: Reason = "") -> None:
    """恢复计时。"""
    from services.back_office.timing import resume_case

    step(asked, resume_case, number, reason)


@station_command(app)
def extend(asked: Asked, number: Number, reason: Reason, until: MaybeUntil = None) -> None:
    """期满前申请延期，由督办审批。不写到哪天，就从原期限起再给一个本类时限。"""
    from services.back_office.timing import ask_extension

    step(asked, ask_extension, number, until_ms=None, reason=reason, until=until)


@station_command(app, "approve-extension")
def approve_extension(
    asked: Asked,
    number: Number,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予延期，要写 --reason")] = False,
    reason: Reason = "",
) -> None:
    """审批延期申请。"""
    from services.back_office.timing import approve_extension as approve
    from services.back_office.timing import refuse_extension

    step(asked, refuse_extension if refuse else approve, number, reason)


@station_command(app)
def limit(
    asked: Asked,
    number: Number,
    limit_class: Annotated[
        str, typer.Option("--limit", "--class", metavar="CLASS", help="simple standard hard item")
    ],
    reason: Reason,
    days: Days = None,
) -> None:
    """期满前由牵头板块的首席调整时限类别；已挂起的时间仍扣除。"""
    from desktop.cli.case_closing import known_code
    from domain.cases.model import LimitClass
    from services.back_office.timing import change_limit

    wanted = known_code(LimitClass, limit_class, "cases.limit_unknown", "limit")
    step(asked, change_limit, number, wanted, reason, days)


@station_command(app)
def escalate(asked: Asked, number: Number, reason: Reason) -> None:
    """升级给诉求（兜底）板块，疑难时限从现在起算。"""
    from services.back_office.timing import escalate_case

    step(asked, escalate_case, number, reason)


@station_command(app, "pass-up")
def pass_up(asked: Asked, number: Number, reason: Reason) -> None:
    """上报上级网点，写明理由。"""
    from services.back_office.timing import pass_up_case

    step(asked, pass_up_case, number, reason)


@station_command(app, "to-site")
def to_site(
    asked: Asked,
    number: Number,
    to: Annotated[str, typer.Option("--to", help="接手网点的代码。")],
    reason: Reason,
) -> None:
    """移交其他网点，写明理由；对方同步后看到全部经过。"""
    from services.back_office.sites import hand_over_case_to_site

    step(asked, hand_over_case_to_site, number, to, reason)


@station_command(app)
def queue(
    asked: Asked,
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
) -> None:
    """板块的工作队列和各队列件数。"""
    from desktop.cli.case_document import queue_document, queue_text
    from services.back_office.queues import count_queues, read_queue

    with asked.opened() as station:
        counts = station.call(count_queues, board)
        page = station.call(read_queue, name, board=board, mine=mine)
        document = queue_document(counts, page, zone_of(station))
    asked.emit(document, text=queue_text(document))


@station_command(app, "hand-over")
def hand_over(
    asked: Asked,
    from_staff: Annotated[str, typer.Argument(metavar="FROM", help="移交人")],
    to_staff: Annotated[str, typer.Argument(metavar="TO", help="接手人，同一板块")],
) -> None:
    """把一个人认领的在办件移交给同板块的同事。"""
    from desktop.cli.output import DONE, NOTHING
    from services.back_office.hand_over import hand_over_open_work

    with asked.opened() as station:
        count = station.call(hand_over_open_work, from_staff, to_staff)
    asked.emit({"count": count}, text=f"已移交 {count} 件", code=DONE if count else NOTHING)
