"""``qifu-server import``."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False)


@app.command("import", help="导入网点用 U 盘送来的数据；重复导入不会重复。")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="qifu sync export 写出的文件（.qfs）")],
    home: Home,
) -> None:
    from server.importing import import_stick

    with working(home) as node:
        found = import_stick(node, file)
    emit({"events": found.events, "new": found.new, "refused": found.refused})
