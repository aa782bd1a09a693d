"""``qifu-server enrol``."""

import sys
from typing import Annotated

import typer

from domain.enrolment import DeviceRole
from server.commands.shared import Home, emit, moment, working
from server.join_sentences import lacking_words

app = typer.Typer(add_completion=False)


@app.command(help="发一个入网码，一台设备用一次。给出 --url 时一并给出二维码的内容。")
def enrol(
    home: Home,
    site: Annotated[str, typer.Option(metavar="CODE", help="设备所属的网点", show_default=False)],
    role: Annotated[DeviceRole, typer.Option(help="设备是什么")] = DeviceRole.WINDOW,
    minutes: Annotated[int, typer.Option(help="几分钟内有效")] = 15,
    url: Annotated[str, typer.Option(metavar="URL", help="设备用来找到本服务的地址")] = "",
) -> None:
    from server.certificates import certificate_in
    from server.nodes import NodeFile
    from services.devices import invite
    from services.enrolling import lacking
    from services.publishing import document_for
    from sync.address import Address
    from sync.enrol_code import Invitation, code_hash, new_code, read_pin, shown

    if url:
        # A device would refuse another, and the code would be given out in vain.
        NodeFile.read(home).reached_by(home, [Address.of(url).host])
    code = new_code()
    with working(home) as node:
        made = node.call(invite, code_hash(code), site, role.value, minutes, as_actor=node.operator)
        missing = node.call(lambda uow, *_: lacking(document_for(uow, "site", site) or {}))
    certificate = certificate_in(home)
    pin = certificate.pin if certificate is not None else ""
    text = Invitation(code, url, read_pin(pin) if pin else None).text if url else ""
    if role is DeviceRole.WINDOW and (found := lacking_words(site, missing)):
        sys.stderr.write(found + "\n")
    if text and sys.stderr.isatty():
        _draw(text)
    told = {"code": shown(code), "site": site, "role": role.value, "until": moment(made.until)}
    emit(told | {"url": url, "pin": pin, "qr": text, "missing": list(missing)})


def _draw(text: str) -> None:
    """The QR code in text, for the person at the terminal."""
    import qrcode

    drawn = qrcode.QRCode(border=2)
    drawn.add_data(text)
    drawn.print_ascii(sys.stderr, invert=True)
