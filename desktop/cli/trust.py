"""``qifu trust``: whose codes and slips the station believes."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.cli.output import NOTHING, emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened
from domain.errors import AppError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="信任：签发机关、吊销名单、设备公钥。")

MAX_BYTES = 32 * 1024 * 1024
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="信任文件（JSON）")]


@app.command("show")
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """本网点信任谁；还没有信任名单时为 3。"""
    from services.trust import trust_facts

    with opened(home) as station:
        facts = station.call(trust_facts)
    document = {
        "root": facts.root,
        "demo": facts.demo,
        "issuers": list(facts.issuers),
        "trust_list": facts.trust_number,
        "trust_until": facts.trust_until,
        "revocation_list": facts.revocation_number,
        "revocation_until": facts.revocation_until,
        "revoked": facts.revoked,
        "devices": facts.devices,
    }
    listed = "、".join(facts.issuers) or "（没有信任名单）"
    text = f"签发机关：{listed}\n吊销 {facts.revoked} 条\n认得 {facts.devices} 台设备的回执"
    emit(document, as_json=as_json, text=text, code=NOTHING if facts.trust_number is None else 0)


@app.command("import")
def import_(
    file: FileArgument, home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False
) -> None:
    """导入信任文件：根密钥、信任名单、吊销名单、设备公钥；要么全部采用，要么不采用。"""
    from services.scans import recheck
    from services.trust import take_trust

    with opened(home, staff) as station:
        taken = station.call(take_trust, _content(file))
        changed = station.call(recheck)
    document = {
        "trust_list": taken.trust_list,
        "revocation_list": taken.revocation_list,
        "new_devices": taken.new_devices,
        "changed": [{"uscc": one.uscc, "before": one.before, "now": one.now} for one in changed],
    }
    told = f"已导入，新增设备公钥 {taken.new_devices} 个"
    more = f"；{len(changed)} 个企业码复核后结论有变" if changed else ""
    emit(document, as_json=as_json, text=f"{told}{more}")


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="存到哪里")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出本机公钥，供本网点其他窗口导入，以便核验本机打印的回执。"""
    from services.trust import own_trust_file

    with opened(home) as station:
        body = station.call(own_trust_file)
    try:
        out.write_bytes(body)
    except OSError as error:
        raise AppError("codes.file_unreadable", file=out.name) from error
    emit({"file": str(out)}, as_json=as_json, text=str(out))


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise AppError("codes.file_unreadable", file=file.name) from error
