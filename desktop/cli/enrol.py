"""``qifu enrol``: join a hub or centre with a one-time code, with a station's history or as a fresh window."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.output import emit
from desktop.cli.station import HomeOption, JsonOption, ask_passphrase, home_of, opened

if TYPE_CHECKING:
    from sync.enrolment import Enrolment

app = typer.Typer(add_completion=False)


@app.command()
def enrol(
    code: Annotated[str, typer.Argument(metavar="CODE", help="入网码，或入网二维码的文字")],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="中心或大厅主机的地址")] = "",
    pin: Annotated[
        str, typer.Option("--pin", metavar="SHA256", help="对方证书的指纹（自签名证书才需要）")
    ] = "",
    name: Annotated[str, typer.Option("--name", metavar="N", help="这台电脑在中心的名称")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """用入网码加入中心：独立网点带着记录加入，新电脑一步建成窗口。"""
    from desktop.messages.enrol import lost_words
    from services.clock import SystemClock
    from sync.enrolment import Enrolment, invitation_of

    invitation, clock = invitation_of(code, url, pin), SystemClock()
    with Enrolment(invitation, clock, name=name) as enrolment:
        told = _enrolled(home_of(home), enrolment, clock)
    document = {**told, "home": str(home_of(home)), "url": invitation.url}
    text = f"已加入“{told['site_name']}”（{told['site']}）。"
    if told["old_site"] not in ("", told["site"]):
        text += f"原网点 {told['old_site']} 的记录都在，编号不变，会补传到中心。"
    text += lost_words(told["lost"])
    emit(document, as_json=as_json, text=text)


def _enrolled(home: Path, enrolment: "Enrolment", clock: Any) -> dict[str, Any]:
    from services.enrolling import enrol_home, join, newcomer
    from services.site import read_site
    from services.station import is_opened

    if is_opened(home, ask_passphrase()):
        with opened(home) as station:
            joined = station.call(join, enrolment.ask(station.call(newcomer)))
            return {
                "site": joined.site,
                "site_name": joined.site_name,
                "old_site": joined.old_site,
                "lost": list(joined.lost),
            }
    made = enrol_home(home, clock, enrolment, ask_passphrase())
    with opened(home) as station:
        return {"site": made.site, "site_name": station.call(read_site).form.name, "old_site": "", "lost": []}
