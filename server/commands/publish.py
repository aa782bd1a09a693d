"""``qifu-server publish``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.errors import AppError
from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False)


@app.command(help="发布一份参考文件（JSON）的下一版，给全部网点，或用 --site 只给一个。")
def publish(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="种类，如 calendar、catalog、staff")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="文件")],
    home: Home,
    site: Annotated[str, typer.Option(metavar="CODE", help="只给这个网点")] = "",
) -> None:
    from services.publishing import publish as make

    document = _read(file)
    with working(home) as node:
        made = node.call(make, kind, document, site, as_actor=node.operator)
    emit({"kind": made.kind, "version": made.version, "site": made.site, "etag": made.etag})


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise AppError("server.no_file", path=str(file)) from error
    except ValueError as error:
        raise AppError("server.no_json", path=str(file)) from error
    if not isinstance(document, dict):
        raise AppError("server.no_json", path=str(file))
    return document
