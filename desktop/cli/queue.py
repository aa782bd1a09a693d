"""``qifu queue``: the hall as a supervisor sees and steers it, and windows that open or pause."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desktop.cli.hall_document import hall_document, hall_text
from desktop.cli.output import emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened

if TYPE_CHECKING:
    from services.queue.local_desk import LocalQueueDesk

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="大厅：暂停、关闭、通知、开窗，现在的情况。"
)

Group = Annotated[str, typer.Argument(metavar="G", help="队列代码")]
Window = Annotated[str, typer.Argument(metavar="W", help="窗口号")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="给来访者看的原因")]

Step = Callable[["LocalQueueDesk"], object]


def _nothing(desk: "LocalQueueDesk") -> None:
    """Look alone."""


def _show(home: Path | None, staff: str | None, as_json: bool, step: Step) -> None:
    from services.queue.local_desk import LocalQueueDesk

    with opened(home, staff) as station:
        desk = LocalQueueDesk(station)
        step(desk)
        document = hall_document(desk.view())
    emit(document, as_json=as_json, text=hall_text(document))


@app.command()
def show(home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False) -> None:
    """大厅现在的情况：各队列、各窗口、最近的叫号。"""
    _show(home, staff, as_json, _nothing)


@app.command("pause-group")
def pause_group(
    group: Group,
    reason: Reason = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个队列暂停取号，已取的号照常叫（督办、管理员）。"""
    _show(home, staff, as_json, lambda desk: desk.pause_group(group, reason))


@app.command("resume-group")
def resume_group(
    group: Group, home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False
) -> None:
    """恢复取号（督办、管理员）。"""
    _show(home, staff, as_json, lambda desk: desk.resume_group(group))


@app.command()
def close(
    reason: Reason = "",
    send_away: Annotated[
        bool, typer.Option("--send-away", help="等候的人全部结束；不给则保留，恢复后接着叫")
    ] = False,
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """紧急关闭大厅：不取号，不叫号（督办、管理员）。"""
    _show(home, staff, as_json, lambda desk: desk.close_hall(reason, send_away))


@app.command("open")
def open_(home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False) -> None:
    """恢复开放（督办、管理员）。"""
    _show(home, staff, as_json, lambda desk: desk.open_hall())


@app.command()
def notice(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="显示屏上的通知；空的就是撤下")],
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示屏的通知（督办、管理员）。"""
    _show(home, staff, as_json, lambda desk: desk.set_notice(text))


@app.command("open-window")
def open_window(
    window: Window, home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False
) -> None:
    """开窗，或恢复服务。"""
    _show(home, staff, as_json, lambda desk: desk.open_window(window))


@app.command("pause-window")
def pause_window(
    window: Window,
    reason: Reason = "",
    home: HomeOption = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """暂停服务：不再叫号，正在办的照常办完。"""
    _show(home, staff, as_json, lambda desk: desk.pause_window(window, reason))
