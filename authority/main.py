"""Entry point of ``qifu-authority``: the issuing authority's program. It runs apart from every desk, offline."""

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from authority import issuing
from authority import register as books
from authority.messages import sentence
from authority.secrets_store import load_key, make_key, public_of, save_key
from domain.codes.claims import Credential, Purpose
from domain.codes.keys import Algorithm
from domain.enterprises.licences import Licence, LicenceState
from domain.errors import AppError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="企业码签发：根密钥、签发密钥、凭证、吊销、名单。私钥只在这里，不进窗口程序。",
)

DirOption = Annotated[Path, typer.Option("--dir", metavar="DIR", help="签发资料夹")]
NowOption = Annotated[str, typer.Option("--now", metavar="ISO", help="以此时为准；不带时区即 UTC")]
_ALGORITHMS = {"EdDSA": Algorithm.EDDSA, "ES256": Algorithm.ES256}


@app.command()
def root(folder: DirOption) -> None:
    """建立离线根密钥和登记簿，输出根公钥（请另行告知各网点）。"""
    _print({"root": issuing.make_root(folder)})


@app.command()
def key(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    folder: DirOption,
    issuer: Annotated[str, typer.Option(help="签发机关名称，写入凭证的 iss")],
    purpose: Annotated[list[str], typer.Option(help="用途：enterprise、agent，可重复")],
    days: Annotated[int | None, typer.Option(min=1, help="密钥有效天数")] = None,
    algorithm: Annotated[str, typer.Option(help="EdDSA 或 ES256")] = "EdDSA",
    now: NowOption = "",
) -> None:
    """建立一把签发密钥。"""
    if algorithm not in _ALGORITHMS:
        raise AppError("authority.field", field="algorithm", what=algorithm)
    made = issuing.add_key(
        folder,
        name,
        issuer=issuer,
        purposes=tuple(purpose),
        now_ms=_moment(now),
        days=days,
        algorithm=_ALGORITHMS[algorithm],
    )
    _print(asdict(made))


@app.command()
def holder(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """为演示建立一把持有人密钥（真实场景在企业的手机里）。"""
    secret = make_key()
    save_key(file, secret)
    _print({"holder": public_of(secret).kid.hex(), "file": file.name})


@app.command()
def issue(
    folder: DirOption,
    key: Annotated[str, typer.Option(help="签发密钥的名称")],
    uscc: Annotated[str, typer.Option(help="统一社会信用代码")],
    name: Annotated[str, typer.Option(help="企业名称")],
    kind: Annotated[str, typer.Option(help="enterprise、individual 等")] = "enterprise",
    representative: Annotated[str, typer.Option(help="法定代表人，已脱敏")] = "",
    licence: Annotated[
        list[str] | None, typer.Option(metavar="类型,编号,状态,到期日", help="证照，至多三张；到期日可空")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="标签，可重复")] = None,
    purpose: Annotated[str, typer.Option()] = Purpose.ENTERPRISE,
    days: Annotated[int, typer.Option(min=1, help="有效天数")] = 90,
    holder: Annotated[Path | None, typer.Option(metavar="FILE", help="持有人密钥文件")] = None,
    now: NowOption = "",
) -> None:
    """签发一份凭证，输出 QYM1 文字和编号。"""
    at = _moment(now)
    wanted = Credential(
        issuer="",
        subject=uscc,
        id=b"",
        purpose=purpose,
        issued_at=at,
        not_before=at,
        expires_at=at + days * issuing.DAY_MS,
        name=name,
        kind=kind,
        representative=representative,
        licences=_licences(licence or []),
        tags=tuple(tag or ()),
        holder=public_of(load_key(holder)) if holder else None,
    )
    text, credential = issuing.issue(folder, key, wanted)
    _print({"text": text, "id": credential.id.hex(), "expires_at": credential.expires_at})


@app.command()
def present(
    text: Annotated[str, typer.Argument(metavar="QYM1|-", help="凭证文字；- 从标准输入读")],
    holder: Annotated[Path, typer.Option(metavar="FILE", help="持有人密钥文件")],
    site: Annotated[str, typer.Option(metavar="CODE", help="出示给哪个网点；* 为任何网点")] = "*",
    now: NowOption = "",
) -> None:
    """出示一份凭证，输出 QYP1 文字（演示用）。"""
    credential = sys.stdin.read(8192).strip("\r\n") if text == "-" else text
    _print({"text": issuing.present(credential, holder, audience=site, now_ms=_moment(now))})


@app.command()
def revoke(
    ids: Annotated[list[str], typer.Argument(metavar="ID…")], folder: DirOption, now: NowOption = ""
) -> None:
    """吊销凭证；随下一次公布的名单生效。"""
    for one in ids:
        issuing.revoke(folder, one, _moment(now))
    _print({"revoked": ids})


@app.command()
def publish(
    folder: DirOption,
    out: Annotated[Path, typer.Option(metavar="FILE", help="信任文件")],
    delta: Annotated[Path | None, typer.Option(metavar="FILE", help="自上一次以来的吊销增量")] = None,
    days: Annotated[int, typer.Option(min=1, help="几天内会再公布")] = 7,
    now: NowOption = "",
) -> None:
    """公布信任名单和吊销名单（编号、签名、下次更新时间）。"""
    made = issuing.publish(folder, now_ms=_moment(now), days=days)
    out.write_text(json.dumps(made["file"], ensure_ascii=False, indent=1), "utf-8")
    if delta is not None and made["delta"] is not None:
        delta.write_text(json.dumps(made["delta"], ensure_ascii=False, indent=1), "utf-8")
    numbers = {name: made["file"][name]["document"]["number"] for name in ("trust_list", "revocation_list")}
    _print(numbers | {"file": str(out)})


@app.command()
def show(folder: DirOption) -> None:
    """登记簿：密钥、已签发和已吊销的凭证。"""
    _print(asdict(books.load(folder)))


def main() -> None:
    """Run ``qifu-authority``; what a person can act on is one sentence on stderr and exit code 2."""
    try:
        app(standalone_mode=False)
    except AppError as error:
        sys.stderr.write(sentence(error) + "\n")
        sys.exit(2)
    except typer.Abort:
        sys.exit(2)
    except typer.BadParameter.__base__ as error:  # type: ignore[misc]
        sys.stderr.write(f"命令用法不对：{error}。请用 --help 查看用法。\n")
        sys.exit(2)


def _licences(written: list[str]) -> tuple[Licence, ...]:
    if len(written) > 3:
        raise AppError("authority.field", field="licence", what="至多三张")
    return tuple(_licence(one) for one in written)


def _licence(written: str) -> Licence:
    try:
        kind, number, state, until = [part.strip() for part in written.split(",")]
        return Licence(kind, number, LicenceState(state), date.fromisoformat(until) if until else None)
    except ValueError as error:
        raise AppError("authority.field", field="licence", what=written) from error


def _moment(text: str) -> int:
    if not text:
        return time.time_ns() // 1_000_000
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise AppError("authority.field", field="now", what=text) from error
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def _print(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
