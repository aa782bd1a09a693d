"""``qifu-server site``."""

from typing import Annotated, Any

import typer

from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command(help="添加一个网点。")
def add(
    code: Annotated[str, typer.Argument(metavar="CODE", help="网点代码")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="网点名称")],
    home: Home,
    parent: Annotated[str, typer.Option(metavar="CODE", help="上级网点；不写就是本中心")] = "",
    letters: Annotated[str, typer.Option(metavar="XX", help="受理编号开头的 2 至 4 个字母")] = "",
) -> None:
    from services.sites import add_site

    with working(home) as node:
        emit(_shown(node.call(add_site, code, name, parent, letters, as_actor=node.operator)))


@app.command("list", help="列出全部网点。")
def list_(home: Home) -> None:
    from services.sites import list_sites

    with working(home) as node:
        emit([_shown(one) for one in node.call(list_sites)])


def _shown(one: Any) -> dict[str, str]:
    return {"code": one.code, "name": one.name, "parent": one.parent, "letters": one.letters}
