"""``qifu-server held``: what this node keeps apart: refused for ever, or set aside until somebody lets it in."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.shared import Home, emit, moment, working

if TYPE_CHECKING:
    from services.sync.waiting import HeldRecord

app = typer.Typer(add_completion=False, help="扣下的记录：列出、放行。")


@app.command("list", help="列出隔离的记录（设备停用之后才送来的）；--refused 列出伪造或损坏而退回的。")
def list_held(
    home: Home, refused: Annotated[bool, typer.Option("--refused", help="列出退回的")] = False
) -> None:
    from services.sync.waiting import list_quarantined, list_refused

    with working(home) as node:
        found = node.call(list_refused if refused else list_quarantined)
    emit([_shown(one) for one in found])


@app.command("release", help="放行一条隔离的记录：从此计入，在它原来的位置和时间。")
def release(
    home: Home, key: Annotated[str, typer.Argument(metavar="KEY", help="记录的 key，见 held list")]
) -> None:
    from services.sync.quarantine import release as let_in

    with working(home) as node:
        node.call(let_in, key, as_actor=node.operator)
    emit({"key": key, "state": "released"})


def _shown(one: "HeldRecord") -> dict[str, Any]:
    return {
        "key": one.key,
        "device": one.device,
        "device_name": one.device_name,
        "seq": one.seq,
        "reason": one.reason,
        "kind": one.kind,
        "stream": one.label.stream,
        "number": one.label.number,
        "at": moment(one.at),
        "held_at": moment(one.held_at),
    }
