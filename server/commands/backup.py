"""``qifu-server backup`` and ``restore``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import AppError
from server.commands.shared import Home, emit

backup_app = typer.Typer(add_completion=False)
restore_app = typer.Typer(add_completion=False)

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="F|-", help="备份口令所在的文件；也可用 QIFU_BACKUP_PASSPHRASE"
    ),
]


@backup_app.command(help="备份数据库；服务可以照常运行。")
def backup(
    home: Home,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="放到哪里；不写就是数据目录里的 backups")
    ] = None,
    passphrase_file: PassphraseFile = None,
    plain: Annotated[bool, typer.Option("--plain", help="没有设过备份口令时，允许不加密")] = False,
) -> None:
    from server.backups import make_backup

    made = make_backup(home, to, passphrase=_passphrase(passphrase_file), plain=plain)
    emit({"file": str(made.path), "size": made.size})


@restore_app.command(help="用备份恢复，服务须先停下。恢复后是新的一代：各设备会把缺少的重新送来。")
def restore(
    home: Home,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="备份文件；不写就是最近一份")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    from server.backups import restore_backup

    emit({"file": str(restore_backup(home, file, passphrase=_passphrase(passphrase_file)))})


def _passphrase(file: Path | None) -> str:
    """What the file says in its first line, ``-`` being stdin; else the environment's."""
    if file is None:
        return os.environ.get("QIFU_BACKUP_PASSPHRASE", "")
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise AppError("server.no_file", path=str(file)) from error
    return text.strip()
