"""``qifu queue``: the hall as a supervisor sees and steers it, and windows that open or pause."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from desktop.cli.hall_document import hall_document, hall_text
from desktop.cli.station_command import Asked, station_command

if TYPE_CHECKING:
    from domain.queue.hall_desk import HallDesk

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="大厅：暂停、关闭、通知、开窗，现在的情况。"
)

Group = Annotated[str, typer.Argument(metavar="G", help="队列代码")]
Window = Annotated[str, typer.Argument(metavar="W", help="窗口号")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="给来访者看的原因")]

Step = Callable[["HallDesk"], object]


def _nothing(desk: "HallDesk") -> None:
    """Look alone."""


def _show(asked: Asked, step: Step) -> None:
    from desktop.queue.hall_desk import hall_asked_once

    with asked.opened() as station, hall_asked_once(station) as desk:
        step(desk)
        document = hall_document(desk.view())
    asked.emit(document, text=hall_text(document))


@station_command(app)
def show(asked: Asked) -> None:
    """大厅现在的情况：各队列、各窗口、最近的叫号。"""
    _show(asked, _nothing)


@station_command(app, "pause-group")
def pause_group(asked: Asked, group: Group, reason: Reason = "") -> None:
    """一个队列暂停取号，已取的号照常叫（督办、管理员）。"""
    _show(asked, lambda desk: desk.pause_group(group, reason))


@station_command(app, "resume-group")
def resume_group(asked: Asked, group: Group) -> None:
    """恢复取号（督办、管理员）。"""
    _show(asked, lambda desk: desk.resume_group(group))


@station_command(app)
def close(
    asked: Asked,
    reason: Reason = "",
    send_away: Annotated[
        bool, typer.Option("--send-away", help="等候的人全部结束；不给则保留，恢复后接着叫")
    ] = False,
) -> None:
    """紧急关闭大厅：不取号，不叫号（督办、管理员）。"""
    _show(asked, lambda desk: desk.close_hall(reason, send_away))


@station_command(app, "open")
def open_(asked: Asked) -> None:
    """恢复开放（督办、管理员）。"""
    _show(asked, lambda desk: desk.open_hall())


@station_command(app)
def notice(
    asked: Asked, text: Annotated[str, typer.Argument(metavar="TEXT", help="显示屏上的通知；空的就是撤下")]
) -> None:
    """显示屏的通知（督办、管理员）。"""
    _show(asked, lambda desk: desk.set_notice(text))


@station_command(app, "open-window")
def open_window(asked: Asked, window: Window) -> None:
    """开窗，或恢复服务。"""
    _show(asked, lambda desk: desk.open_window(window))


@station_command(app, "pause-window")
def pause_window(asked: Asked, window: Window, reason: Reason = "") -> None:
    """暂停服务：不再叫号，正在办的照常办完。"""
    _show(asked, lambda desk: desk.pause_window(window, reason))
