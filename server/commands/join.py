"""``qifu-server join``: a hub joins its centre, a centre the one above."""

from typing import Annotated

import typer

from server.commands.shared import Home, emit, working

app = typer.Typer(add_completion=False)


@app.command(help="用入网码加入上级：大厅主机加入中心，中心加入上一级中心。")
def join(
    home: Home,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="入网码，或入网二维码的文字", show_default=False)
    ],
    url: Annotated[str, typer.Option(metavar="URL", help="上级的地址")] = "",
    pin: Annotated[str, typer.Option(metavar="SHA256", help="上级证书的指纹，自签名证书才需要")] = "",
    name: Annotated[str, typer.Option(metavar="N", help="在上级登记的名称")] = "",
) -> None:
    from domain.enrolment import DeviceRole
    from services import enrolling
    from sync.enrolment import Enrolment, invitation_of

    invitation = invitation_of(code, url, pin)
    with (
        working(home) as node,
        Enrolment(invitation, node.clock, role=DeviceRole(node.role), name=name) as enrolment,
    ):
        told = enrolment.ask(node.call(enrolling.newcomer))
        joined = node.call(enrolling.join, told)
    emit({"site": joined.site, "site_name": joined.site_name, "server": told.server, "url": invitation.url})
