"""``qifu backup``, ``restore`` and ``doctor``: upkeep of a station's store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.output import DONE, NO, emit
from desktop.cli.station import HomeOption, JsonOption, home_of, opened

if TYPE_CHECKING:
    from db.doctor import Finding

backup_app = typer.Typer(add_completion=False)
restore_app = typer.Typer(add_completion=False)
doctor_app = typer.Typer(add_completion=False)

_MARKS = {"ok": "✓", "warn": "！", "bad": "✗"}


@backup_app.command()
def backup(
    home: HomeOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="备份到哪个目录（默认 backups）")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """备份数据（加密，备份后校验）。"""
    from services.upkeep import make_backup

    with opened(home) as station:
        made = station.submit_upkeep(make_backup, to).result()
    document = {
        "file": str(made.path),
        "size": made.size,
        "made_at": made.made_at,
        "attachments": len(made.attachments),
    }
    emit(document, as_json=as_json, text=f"已备份到 {made.path}")


@restore_app.command()
def restore(
    copy: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="用哪一份备份（默认最近的完好备份）")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """用备份恢复；原来的数据另存，不会删除。"""
    from services.upkeep import restore_backup

    used, kept = restore_backup(home_of(home), copy)
    document = {"file": str(used), "kept": str(kept) if kept else None}
    emit(document, as_json=as_json, text=f"已用 {used} 恢复" + (f"；原数据另存为 {kept}" if kept else ""))


@doctor_app.command()
def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """检查引擎、设置、完整性、事件链、大小、磁盘和密钥位置。"""
    from services.upkeep import examine

    report = examine(home_of(home))
    findings = [_finding(one) for one in report.findings]
    text = "\n".join(f"{_MARKS[one['level']]} {one['text']}" for one in findings)
    bad = report.level.value == "bad"
    emit(
        {"level": report.level.value, "findings": findings},
        as_json=as_json,
        text=text,
        code=NO if bad else DONE,
    )


def _finding(one: "Finding") -> dict[str, Any]:
    from desktop.messages import sentence
    from domain.errors import AppError

    params = {
        name: value if isinstance(value, int | str | None) else str(value)
        for name, value in one.params.items()
    }
    text = sentence(AppError(one.code, **one.params))
    return {"level": one.level.value, "code": one.code, "text": text, "params": params}
