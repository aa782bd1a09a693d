"""``qifu-server device``."""

from datetime import date
from typing import Annotated, Any

import typer

from domain.errors import AppError
from server.commands.shared import Home, emit, moment, working

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command("list", help="列出设备。")
def list_(home: Home, site: Annotated[str, typer.Option(metavar="CODE", help="只列这个网点的")] = "") -> None:
    from services.devices import list_devices

    with working(home) as node:
        emit([_shown(one) for one in node.call(list_devices, site or None)])


@app.command(help="停用一台设备：它立刻不能再连接；此前送到的仍然有效，此后送来的另放待查。")
def revoke(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="设备编号（device list 里的）")],
    home: Home,
    reason: Annotated[str, typer.Option(help="原因，如“电脑报废”")] = "",
    since: Annotated[
        str, typer.Option(metavar="DATE", help="哪天起不在手里，如 2026-11-16：从那天起送到的转待复核")
    ] = "",
) -> None:
    from services.devices import list_devices, revoke_device

    day = _day(since) if since else None
    with working(home) as node:
        node.call(revoke_device, device, reason, day, as_actor=node.operator)
        emit(next(_shown(one) for one in node.call(list_devices) if one.device.device == device))


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise AppError("server.usage", detail="--since 的值不对，要写成 2026-11-18 这样") from error


def _shown(one: Any) -> dict[str, Any]:
    device, seen = one.device, one.seen
    return {
        "device": device.device,
        "site": device.site,
        "role": device.role,
        "name": device.name,
        "letters": list(device.letters),
        "enrolled": moment(device.enrolled_at),
        "revoked": moment(device.revoked_at),
        "seen": moment(seen.seen_at) if seen else None,
        "version": seen.version if seen else "",
        "waiting": seen.waiting if seen else None,
    }
