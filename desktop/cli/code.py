"""``qifu code``: what a scanned text is and proves, and which codes a picture holds. Needs no store and makes none."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.output import DONE, NO, NOTHING, emit
from desktop.messages.codes import ANSWERS, finding_sentence, verdict_sentences
from domain.codes.profiles import MAX_TEXT_CHARS, Profile
from domain.codes.recognise import profile_named, read, safe_text
from domain.codes.trust import Trust
from domain.codes.verdict import Answer, Verdict
from domain.codes.verification import LearnedTime
from domain.errors import AppError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="企业码：核验扫到的文字，读出图片里的码。")

_EXITS = {Answer.VALID: DONE, Answer.INVALID: NO, Answer.CANNOT_TELL: NOTHING}
# UTF-8 takes at most four bytes a character; one more than the limit is enough to refuse.
_STDIN_BYTES = 4 * (MAX_TEXT_CHARS + 4)

PAPERS_OF = {"case": "回执", "ticket": "排队号", "rating": "评价表"}
"""What a signed slip (``QYS1``) is about."""

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def verify(
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="扫到的文字；- 从标准输入读一条")],
    profile: Annotated[str, typer.Option(metavar="P", help="码制：QYM1、QYP1、QYS1、HC1；不给则按前缀")] = "",
    trust: Annotated[Path | None, typer.Option(metavar="FILE", help="信任文件")] = None,
    now: Annotated[str, typer.Option(metavar="ISO", help="以此时为准；不带时区即 UTC")] = "",
    site: Annotated[str, typer.Option(metavar="CODE", help="本网点代码，核对出示给哪个网点")] = "",
    seen: Annotated[
        Path | None, typer.Option(metavar="DIR", help="记住已出示的码的文件夹，用来发现重复使用")
    ] = None,
    home: Annotated[Path | None, typer.Option(metavar="DIR", help="用这个网点的信任名单和出示记录")] = None,
    as_json: JsonOption = False,
) -> None:
    """核验一个企业码：有效 0，无效 1，无法判定 3。"""
    wanted = profile_named(profile) if profile else None
    moment = _moment(now) if now else None
    if home is not None and trust is None:
        verdict = _verify_at_home(home, _text(text), wanted, moment)
    else:
        verdict = _verify_with(_trust(trust, site), seen, _text(text), wanted, moment or _now())
    emit(_document(verdict), as_json=as_json, text=_as_text(verdict), code=_EXITS[verdict.answer])


@app.command("read")
def read_image(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="图片文件")],
    as_json: JsonOption = False,
) -> None:
    """读出图片里的码，每行一条；一个也没有为 3。"""
    from services.scanning import read_file

    found = read_file(image)
    document = {
        "texts": [one.text for one in found],
        "codes": [{"text": one.text, "format": one.format, "corners": one.corners} for one in found],
    }
    lines = "\n".join(safe_text(one.text, MAX_TEXT_CHARS) for one in found)
    emit(document, as_json=as_json, text=lines or "图片里没有读到码。", code=DONE if found else NOTHING)


def _text(text: str) -> str:
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read(_STDIN_BYTES).decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise AppError("cli.stdin_not_utf8") from error


def _now() -> LearnedTime:
    return LearnedTime(time.time_ns() // 1_000_000)


def _moment(text: str) -> LearnedTime:
    try:
        told = datetime.fromisoformat(text)
        aware = told if told.tzinfo else told.replace(tzinfo=UTC)
        return LearnedTime(round(aware.timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise AppError("codes.time", text=safe_text(text, 40)) from error


def _verify_at_home(home: Path, text: str, profile: Profile | None, moment: LearnedTime | None) -> Verdict:
    from desktop.cli.station import opened
    from services.trust import verify_here

    with opened(home) as station:
        return station.call(verify_here, text, profile, moment)


def _verify_with(
    trust: Trust, seen: Path | None, text: str, profile: Profile | None, moment: LearnedTime
) -> Verdict:
    from services.code_trust import shipped_registries
    from services.replay_folder import FolderReplay

    memory = FolderReplay(seen) if seen is not None else None
    if memory is not None:
        memory.forget(moment.ms)
    return read(
        text, trust=trust, now=moment, registries=shipped_registries(), profile=profile, replay=memory
    )


def _trust(file: Path | None, site: str) -> Trust:
    from services.code_trust import load_trust

    trusted = load_trust(file) if file is not None else Trust()
    if trusted.unread:
        positions = "、".join(map(str, trusted.unread))
        sys.stderr.write(f"信任文件第 {positions} 项不是可用的证书，已跳过。\n")
    return trusted.at_site(site) if site else trusted


def _document(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": str(verdict.answer),
        "reasons": [str(reason) for reason in dict.fromkeys(verdict.reasons)],
        "issuer": verdict.issuer,
        "subject": verdict.subject,
        "claims": dict(verdict.claims),
        "kind": str(verdict.kind),
        "details": [
            {
                "reason": str(finding.reason),
                "detail": finding.detail,
                "days": finding.days,
                "sentence": finding_sentence(finding),
            }
            for finding in verdict.findings
        ],
    }


def _as_text(verdict: Verdict) -> str:
    name = str(verdict.claims.get("name", ""))
    paper = PAPERS_OF.get(verdict.claims.get("of", ""), "")
    told = f"{paper} {verdict.claims['number']}" if paper else ""
    head = "  ".join(filter(None, (ANSWERS[verdict.answer], told, verdict.subject, name, verdict.issuer)))
    return "\n".join([safe_text(head, 500), *verdict_sentences(verdict)])
