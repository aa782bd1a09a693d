"""``qifu-server backup`` and ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.shared import Home, emit

backup_app = typer.Typer(add_completion=False)
restore_app = typer.Typer(add_completion=False)


@backup_app.command(help="备份数据库；服务可以照常运行。")
def backup(
    home: Home,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="放到哪里；不写就是数据目录里的 backups")
    ] = None,
) -> None:
    from server.backups import make_backup

    made = make_backup(home, to)
    emit({"file": str(made.path), "size": made.size})


@restore_app.command(help="用备份恢复，服务须先停下。恢复后是新的一代：各设备会把缺少的重新送来。")
def restore(
    home: Home,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="备份文件；不写就是最近一份")] = None,
) -> None:
    from server.backups import restore_backup

    emit({"file": str(restore_backup(home, file))})
