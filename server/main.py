"""Entry point of ``qifu-server``."""

import sys

import typer

from domain.errors import AppError
from server.sentences import sentence
from services.command_line import BUG, REFUSED, USAGE_ERROR, is_call_for_help, lazy_app, usage_detail

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("server.commands.init:app", "建立中心或大厅主机的数据目录"),
    "serve": ("server.commands.serve:app", "开始服务"),
    "site": ("server.commands.site:app", "网点：添加、列出"),
    "staff": ("server.commands.staff:app", "人员：添加、列出"),
    "enrol": ("server.commands.enrol:app", "发一个入网码"),
    "join": ("server.commands.join:app", "用入网码加入上级中心"),
    "device": ("server.commands.device:app", "设备：列出、停用"),
    "held": ("server.commands.held:app", "扣下的记录：列出、放行"),
    "hub-pin": ("server.commands.hub_pin:app", "设主机口令，发到各个窗口"),
    "publish": ("server.commands.publish:app", "发布参考文件"),
    "import": ("server.commands.import_:app", "导入网点用 U 盘送来的数据"),
    "erase": ("server.commands.erase:app", "依法删除个人信息"),
    "check": ("server.commands.check:app", "核对数据：链、摘要、件数"),
    "backup": ("server.commands.backup:backup_app", "备份数据"),
    "restore": ("server.commands.backup:restore_app", "用备份恢复"),
    "page": ("server.commands.page:app", "只提供回执链接的网页"),
    "worker": ("server.commands.serve:worker_app", "serve 的一个进程，不单独使用"),
}
"""Name → module and application in it, one line of help. A module is imported only when its command runs."""


app = lazy_app(COMMANDS, "企服前台的服务程序：中心与大厅主机。", hidden=("worker",))


def main() -> None:
    """Run ``qifu-server``; an error a person can act on is one sentence on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except AppError as error:
        code = _refuse(sentence(error))
    except USAGE_ERROR as error:
        if is_call_for_help(error):
            code = _refuse(error.format_message())
        else:
            code = _refuse(sentence(AppError("server.usage", detail=usage_detail(error))))
    except typer.Abort:
        code = REFUSED
    except Exception as error:
        from server.logs import told

        sys.stderr.write(f"程序出错，请把这一行交给维护人员：{told(error)}\n")
        code = BUG
    sys.exit(code or 0)


def _refuse(text: str) -> int:
    sys.stderr.write(text + "\n")
    return REFUSED


if __name__ == "__main__":
    main()
