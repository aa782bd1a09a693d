"""``qifu-server staff``."""

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import AppError
from domain.staff import Role
from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False, no_args_is_help=True)
Site = Annotated[str, typer.Option(metavar="CODE", help="网点；不写就是本网点")]


@app.command(help="添加或修改一个人员。没有给口令时生成一个，随结果给出。")
def add(
    member: Annotated[str, typer.Argument(metavar="ID", help="工号")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="姓名")],
    home: Home,
    role: Annotated[Role, typer.Option(help="岗位")] = Role.CLERK,
    board: Annotated[str, typer.Option(metavar="CODE", help="所属板块（服务专员、首席）")] = "",
    site: Site = "",
    password_file: Annotated[str, typer.Option(metavar="FILE", help="口令所在的文件；- 为标准输入")] = "",
) -> None:
    from services.sites import save_member_of

    made = "" if password_file else secrets.token_urlsafe(9)
    password = made or _read(password_file)
    with working(home) as node:
        node.call(save_member_of, site, member, name, role, board or None, password, as_actor=node.operator)
    told = {"id": member, "name": name, "role": role.value, "site": site or node.site}
    emit(told | ({"password": made} if made else {}))


@app.command("list", help="列出人员。")
def list_(home: Home, site: Site = "") -> None:
    from services.sites import staff_of

    with working(home) as node:
        members = node.call(staff_of, site)
    emit(
        [
            {"id": one.id, "name": one.name, "role": one.role.value, "board": one.board, "active": one.active}
            for one in members
        ]
    )


def _read(place: str) -> str:
    try:
        text = sys.stdin.read() if place == "-" else Path(place).read_text("utf-8")
    except OSError as error:
        raise AppError("server.no_file", path=place) from error
    return text.strip("\r\n")
