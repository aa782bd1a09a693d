"""``qifu-server hub-pin``: the PIN by which a hall's hub is moved, the same at all windows of the hall."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import AppError
from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False)


@app.command("hub-pin", help="设主机口令（4–8 位数字），发到网点的各个窗口；窗口用它接管大厅主机。")
def hub_pin(
    home: Home,
    pin_file: Annotated[
        str, typer.Option(metavar="FILE", help="口令所在的文件；- 为标准输入", show_default=False)
    ],
    site: Annotated[str, typer.Option(metavar="CODE", help="只给这个网点；不写就是全部")] = "",
) -> None:
    from services.hub import PIN_DOCUMENT
    from services.pins import hash_pin
    from services.publishing import publish

    hashed = hash_pin(_read(pin_file))
    with working(home) as node:
        made = node.call(publish, PIN_DOCUMENT, {"pin": hashed}, site, as_actor=node.operator)
    emit({"kind": made.kind, "version": made.version, "site": made.site})


def _read(place: str) -> str:
    try:
        text = sys.stdin.read() if place == "-" else Path(place).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AppError("server.no_file", path=place) from error
    return text.strip()
