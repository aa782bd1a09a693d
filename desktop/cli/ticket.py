"""``qifu ticket``: numbers, calls and everything a window does with a visitor of the queue."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.output import NOTHING
from desktop.cli.station_command import Asked, station_command
from desktop.cli.ticket_document import (
    issued_document,
    line_document,
    list_text,
    statistics_document,
    statistics_text,
    ticket_document,
    ticket_text,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from domain.queue.hall_desk import HallDesk
    from domain.queue.model import Ticket
    from services.station import Station

app = typer.Typer(add_completion=False, no_args_is_help=True, help="排队号：取号、叫号、办理、统计。")

Number = Annotated[str, typer.Argument(metavar="N", help="今天的号码，或 id")]
Group = Annotated[str, typer.Option("--group", metavar="G", help="队列代码")]
Window = Annotated[str, typer.Option("--window", metavar="W", help="窗口号")]
SomeWindow = Annotated[str, typer.Option("--window", metavar="W", help="窗口号；不给则是原来的窗口")]
ThisWindow = Annotated[
    str,
    typer.Option("--window", metavar="W", help="这里是几号窗口；不给则按设置。大厅主机联系不上时才用到"),
]
Key = Annotated[str, typer.Option("--key", metavar="KEY", help="这一次的标识：同一标识再来只算一次")]
Day = Annotated[str, typer.Option("--day", metavar="DATE", help="日期，如 2026-11-18；不给则是今天")]
Until = Annotated[str, typer.Option("--to", metavar="DATE", help="最后一天")]


def _desk(station: "Station", window: str = "") -> "AbstractContextManager[HallDesk]":
    from desktop.queue.hall_desk import hall_asked_once

    return hall_asked_once(station, window)


def _zone(station: "Station") -> str:
    from services.rulebook import site_zone

    return station.call(site_zone)


def _at(station: "Station", window: str) -> "AbstractContextManager[HallDesk]":
    """The desk at ``window``, which the hall has to have: numbers given out for another nobody would call."""
    from services.queue.rules import read_rules_facts

    return _desk(station, station.call(read_rules_facts).rules.window(window).code if window else "")


def _act(asked: Asked, step: Callable[["HallDesk"], "Ticket"], at: str = "") -> None:
    with asked.opened() as station, _at(station, at) as desk:
        document = ticket_document(step(desk), _zone(station))
    asked.emit(document, text=ticket_text(document))


@station_command(app)
def issue(
    asked: Asked,
    group: Group,
    priority: Annotated[str, typer.Option("--priority", metavar="P", help="优先类别代码")] = "",
    appointment: Annotated[str, typer.Option("--appointment", metavar="HH:MM", help="今天的预约时间")] = "",
    uscc: Annotated[str, typer.Option("--uscc", metavar="CODE", help="统一社会信用代码")] = "",
    name: Annotated[str, typer.Option("--name", help="企业名称")] = "",
    kiosk: Annotated[bool, typer.Option("--kiosk", help="按取号机取号：受服务时间和限额约束")] = False,
    window: ThisWindow = "",
    key: Key = "",
) -> None:
    """取号。"""
    from domain.queue.desk import TicketOrder
    from domain.queue.model import TicketSource, Visitor
    from domain.queue.rules import APPOINTMENT, NORMAL
    from services.queue.day import read_appointment

    with asked.opened() as station, _at(station, window) as desk:
        order = TicketOrder(
            group=group,
            priority=priority or (APPOINTMENT if appointment else NORMAL),
            source=TicketSource.KIOSK if kiosk else TicketSource.WINDOW,
            visitor=Visitor(uscc, name),
            appointment_at=station.call(read_appointment, appointment) if appointment else None,
        )
        document = issued_document(desk.issue(order, command=key), _zone(station))
    asked.emit(document, text=ticket_text(document))


@station_command(app, "next")
def next_(
    asked: Asked,
    window: Window,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="G", help="只叫这个队列，可重复")
    ] = None,
    key: Key = "",
) -> None:
    """叫下一个。窗口上还没办结的先办结；没有人等候时退出码 3。"""
    with asked.opened() as station, _desk(station) as desk:
        called = desk.next(window, tuple(group or ()), command=key)
        document = None if called is None else ticket_document(called, _zone(station))
    if document is None:
        asked.emit({"number": None}, text="没有人等候", code=NOTHING)
        return
    asked.emit(document, text=ticket_text(document))


@station_command(app)
def call(asked: Asked, number: Number, window: Window, key: Key = "") -> None:
    """叫指定的号，不按次序。"""
    _act(asked, lambda desk: desk.call(number, window, command=key))


@station_command(app)
def recall(asked: Asked, number: Number, window: ThisWindow = "", key: Key = "") -> None:
    """重呼。"""
    _act(asked, lambda desk: desk.recall(number, command=key), window)


@station_command(app)
def serve(asked: Asked, number: Number, window: ThisWindow = "") -> None:
    """到达，开始办理。"""
    _act(asked, lambda desk: desk.serve(number), window)


@station_command(app)
def missed(asked: Asked, number: Number, window: ThisWindow = "") -> None:
    """过号。"""
    _act(asked, lambda desk: desk.miss(number), window)


@station_command(app)
def hold(asked: Asked, number: Number, window: ThisWindow = "") -> None:
    """暂挂。"""
    _act(asked, lambda desk: desk.hold(number), window)


@station_command(app)
def resume(asked: Asked, number: Number, window: SomeWindow = "") -> None:
    """恢复：暂挂的继续办理；过号或误离开的重新排队，给了窗口的直接叫到窗口。"""
    _act(asked, lambda desk: desk.resume(number, window))


@station_command(app)
def transfer(
    asked: Asked,
    number: Number,
    group: Annotated[str, typer.Option("--group", metavar="G", help="转到哪个队列")] = "",
    window: Annotated[str, typer.Option("--window", metavar="W", help="只由哪个窗口叫")] = "",
) -> None:
    """转队列或转窗口，保留原来的次序。"""
    _act(asked, lambda desk: desk.transfer(number, group, window))


@station_command(app)
def finish(asked: Asked, number: Number, window: ThisWindow = "") -> None:
    """办结；叫到还没按到达的也可以。"""
    _act(asked, lambda desk: desk.finish(number), window)


@station_command(app)
def left(asked: Asked, number: Number, window: ThisWindow = "") -> None:
    """离开：来访者不等了。"""
    _act(asked, lambda desk: desk.leave(number), window)


@station_command(app, "time-wrong")
def time_wrong(
    asked: Asked,
    number: Number,
    right: Annotated[bool, typer.Option("--right", help="收回标记，重新计入平均")] = False,
    window: ThisWindow = "",
) -> None:
    """用时不准：不计入平均。"""
    _act(asked, lambda desk: desk.mark_time(number, not right), window)


@station_command(app, "hand-over")
def hand_over(asked: Asked, number: Number, window: Window) -> None:
    """交接：另一个窗口接着办（督办、管理员）。"""
    _act(asked, lambda desk: desk.hand_over(number, window))


@station_command(app)
def end(asked: Asked, number: Number) -> None:
    """结束窗口忘了办结的号（督办、管理员）。"""
    _act(asked, lambda desk: desk.end(number))


@station_command(app)
def show(asked: Asked, number: Number) -> None:
    """查看一个号：状态、前面的人数、各时段。"""
    with asked.opened() as station, _desk(station) as desk:
        document = issued_document(desk.issued(number), _zone(station))
    asked.emit(document, text=ticket_text(document))


@station_command(app, "list")
def list_(
    asked: Asked,
    day: Day = "",
    only_open: Annotated[bool, typer.Option("--open", help="只列还没结束的")] = False,
) -> None:
    """列出一天的号，先取的在前。"""
    with asked.opened() as station, _desk(station) as desk:
        lines = desk.tickets(day)
        zone = _zone(station)
    documents = [line_document(one, zone) for one in lines if one.state.is_open or not only_open]
    asked.emit(documents, text=list_text(documents))


@station_command(app)
def line(
    asked: Asked, group: Annotated[str, typer.Option("--group", metavar="G", help="只看这个队列")] = ""
) -> None:
    """列出等候的人，按叫号的次序。"""
    with asked.opened() as station, _desk(station) as desk:
        lines = desk.line(group)
        zone = _zone(station)
    documents = [line_document(one, zone) for one in lines]
    asked.emit(documents, text=list_text(documents))


@station_command(app)
def stats(asked: Asked, day: Day = "", to: Until = "") -> None:
    """统计一天或几天：取号、等候、办理的次数和时间。"""
    with asked.opened() as station, _desk(station) as desk:
        document: dict[str, Any] = statistics_document(desk.statistics(day, to))
    asked.emit(document, text=statistics_text(document))


@station_command(app, "close-day")
def close_day(asked: Asked) -> None:
    """日结：还没结束的号全部结束（督办、管理员）。没有要结束的，退出码 3。"""
    with asked.opened() as station, _desk(station) as desk:
        closed = desk.end_day()
    code = 0 if closed else NOTHING
    asked.emit({"closed": closed}, text=f"已日结，结束 {closed} 个号", code=code)


@station_command(app, "print")
def print_(
    asked: Asked,
    number: Number,
    size: Annotated[str, typer.Option("--paper", metavar="SIZE", help="80mm 或 58mm")] = "80mm",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="存为 .pdf 或 .png")] = None,
) -> None:
    """小票存为文件。"""
    from domain.errors import AppError
    from domain.printing.tickets import ticket_paper
    from services.ticket_paper import raster_ticket, render_ticket

    draws = {".pdf": render_ticket, ".png": raster_ticket}
    if out is None:
        raise AppError("printing.out_missing")
    if out.suffix.lower() not in draws:
        raise AppError("printing.out_type", file=out.name)
    with asked.opened() as station, _desk(station) as desk:
        document = ticket_paper(desk.issued(number), desk.view()).to_document()
    drawn = draws[out.suffix.lower()](document, size)
    try:
        out.write_bytes(drawn)
    except OSError as error:
        raise AppError("printing.cannot_write", file=str(out)) from error
    asked.emit({"file": str(out)}, text=f"已存为 {out}")
