"""``qifu callback``: the round of calls after closing."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from desktop.cli.case_options import MaybeBoard, Number, Top, zone_of
from desktop.cli.output import NOTHING
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from desktop.words import CALLBACK_STATES, word
from domain.errors import AppError

if TYPE_CHECKING:
    from domain.callbacks.model import CallAttempt
    from services.callbacks.tasks import CallbackTask, CallbackView
    from services.station import Station

app = typer.Typer(add_completion=False, no_args_is_help=True, help="回访：待回访的办件、通话记录、登记表。")

Code = TypeVar("Code", bound=StrEnum)
ListName = Annotated[
    str,
    typer.Option("--list", metavar="NAME", help="open due_today overdue mine unreachable reopened done all"),
]
Words = Annotated[str, typer.Option("--note", metavar="TEXT", help="备注")]


@station_command(app, "list")
def list_(asked: Asked, name: ListName = "open", board: MaybeBoard = None) -> None:
    """待回访的办件；该抽的先抽。电话只显示首尾。"""
    from services.callbacks.tasks import list_callbacks

    with asked.opened() as station:
        _draw(station)
        page = station.call(list_callbacks, name, board=board)
        zone = zone_of(station)
    rows = [task_document(task, zone) for task in page.rows]
    asked.emit(rows, text="\n".join(_line(row) for row in rows) or "没有待回访的办件。")


@station_command(app)
def show(asked: Asked, number: Number) -> None:
    """一件的回访任务和通话记录；也可给出登记表上扫到的码。"""
    from services.callbacks.tasks import open_callback

    _step(asked, open_callback, number)


@station_command(app)
def take(asked: Asked, number: Number) -> None:
    """认领一件回访，之后可看完整电话。"""
    from services.callbacks.tasks import take_callback

    _step(asked, take_callback, number)


@station_command(app)
def record(
    asked: Asked,
    number: Number,
    result: Annotated[str, typer.Option("--result", help="reached no_answer wrong_number refused")],
    solved: Annotated[str | None, typer.Option("--solved", metavar="yes|no", help="是否解决")] = None,
    on_time: Annotated[str | None, typer.Option("--on-time", metavar="yes|no", help="是否按时")] = None,
    attitude: Annotated[str | None, typer.Option("--attitude", help="good fair poor")] = None,
    level: Annotated[
        int | None, typer.Option("--level", metavar="1..5", help="满意程度，5 为非常满意")
    ] = None,
    wish: Annotated[str, typer.Option("--wish", metavar="TEXT", help="意见建议")] = "",
    note: Words = "",
) -> None:
    """记录一次回访通话；没有解决或不满意的，办件重办。"""
    from domain.callbacks.decide import Call
    from domain.callbacks.model import Attitude, CallResult
    from services.callbacks.tasks import record_callback

    if result == CallResult.REACHED and solved is None and level is None:
        raise AppError("cli.usage", detail="接通的要写 --solved 或 --level")
    call = Call(
        known_code(CallResult, result, "result"),
        _yes_or_no("solved", solved),
        _yes_or_no("on-time", on_time),
        None if attitude is None else known_code(Attitude, attitude, "attitude"),
        level,
        wish,
        note,
    )
    _step(asked, record_callback, number, call, draw=True)


@station_command(app)
def form(
    asked: Asked,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="存成的 PDF 文件")],
    name: ListName = "open",
    top: Top = None,
) -> None:
    """印回访登记表（A4，一行一件，行内二维码供录入时扫）；没有任务时退出码 3。"""
    from services.callbacks.forms import callback_form, draw_form

    with asked.opened() as station:
        _draw(station)
        made = station.call(callback_form, name, limit=top)
    if not made.rows:
        asked.emit({"file": None, "count": 0, "pages": 0}, text="没有待回访的办件。", code=NOTHING)
    drawn = draw_form(made, out)
    document = {"file": str(out), "count": len(made.rows), "pages": drawn.pages}
    asked.emit(document, text=f"已存为 {out}，{len(made.rows)} 件，{drawn.pages} 页。")


def known_code(codes: type[Code], typed: str, field: str) -> Code:
    """``typed`` as one of ``codes``; ``callbacks.value_unknown``."""
    try:
        return codes(typed)
    except ValueError:
        raise AppError("callbacks.value_unknown", field=field, known=" ".join(codes)) from None


def _yes_or_no(field: str, typed: str | None) -> bool | None:
    if typed is None:
        return None
    if typed not in ("yes", "no"):
        raise AppError("callbacks.value_unknown", field=field, known="yes no")
    return typed == "yes"


def _draw(station: "Station") -> None:
    """What the window does by itself once a day."""
    from services.callbacks.sample import draw_sample

    station.call(draw_sample)


def _step(asked: Asked, service: Any, *args: Any, draw: bool = False) -> None:
    from services.cases import show_case

    with asked.opened() as station:
        if draw:
            _draw(station)
        view = station.call(service, *args)
        state = station.call(show_case, view.task.case_id).state.value
        document = {**view_document(view, zone_of(station)), "case_state": state}
    asked.emit(document, text=_line(document))


def task_document(task: "CallbackTask", zone: str) -> dict[str, Any]:
    """A task for programs; times are local ISO times of the site, the phone is masked."""
    return {
        "number": task.number,
        "id": task.case_id,
        "ref": task.ref,
        "round": task.round,
        "group": task.group,
        "state": task.state,
        "name": task.applicant,
        "kind": task.kind,
        "board": task.board or None,
        "text": task.excerpt,
        "closed": local_iso(task.closed_at, zone),
        "due": local_iso(task.due_at, zone),
        "overdue": task.overdue,
        "caller": task.caller,
        "contact": task.contact,
        "phone": task.phone,
        "attempts": task.attempts,
        "last_result": task.last_result,
        "solved": task.solved,
        "level": task.level,
    }


def view_document(view: "CallbackView", zone: str) -> dict[str, Any]:
    """One task with its calls; the phone is whole for the one who took it."""
    return {
        **task_document(view.task, zone),
        "phone": view.phone,
        "answer": view.answer or None,
        "calls": [_call(one, zone) for one in view.callback.attempts],
    }


def _call(one: "CallAttempt", zone: str) -> dict[str, Any]:
    answers = one.answers
    return {
        "at": local_iso(one.at, zone),
        "actor": one.actor,
        "result": one.result.value,
        "solved": answers.solved,
        "on_time": answers.on_time,
        "attitude": answers.attitude.value if answers.attitude else None,
        "level": answers.level,
        "wish": answers.wish or None,
        "note": one.note or None,
    }


def _line(row: dict[str, Any]) -> str:
    state = word(CALLBACK_STATES, row["state"])
    late = "（超期）" if row["overdue"] else ""
    due = row["due"][:16].replace("T", " ")
    return (
        f"{row['number']}  {state}{late}  {due} 前  {row['name']}  {row['contact']} {row['phone']}".rstrip()
    )
