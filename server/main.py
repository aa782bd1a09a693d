"""Entry point of ``qifu-server``."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from domain.errors import AppError
from server.sentences import sentence

REFUSED = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
_USAGE_ERROR: Any = typer.BadParameter.__base__

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


class _LazyGroup(TyperGroup):
    """Knows every command by name and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name in COMMANDS if name != "worker"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        place, short_help = COMMANDS[cmd_name]
        module, _, application = place.partition(":")
        if ctx.resilient_parsing or len(sys.argv) < 2 or sys.argv[1] in ("--help", "-h"):
            return typer.core.TyperCommand(cmd_name, help=short_help)
        command = typer.main.get_command(getattr(import_module(module), application))
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="企服前台的服务程序：中心与大厅主机。",
)


@app.callback()
def _root() -> None:
    pass


def main() -> None:
    """Run ``qifu-server``; an error a person can act on is one sentence on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except AppError as error:
        code = _refuse(sentence(error))
    except _USAGE_ERROR as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            code = _refuse(error.format_message())
        else:
            code = _refuse(sentence(AppError("server.usage", detail=_named(error))))
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


def _named(error: Any) -> str:
    """What is wrong with the call, by the kind of error. Typer's own words are English."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    called = getattr(parameter, "metavar", None) if isinstance(parameter, typer.core.TyperArgument) else None
    name = called or next(iter(getattr(parameter, "opts", ())), "")
    if kind == "NoSuchOption":
        return f"没有选项 {error.option_name}"
    if kind == "MissingParameter":
        return f"缺少 {name}"
    if kind == "BadParameter":
        return f"{name} 的值不对" + _choices(parameter)
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} 缺少值"
    return "没有这个命令，或参数多了"


def _choices(parameter: Any) -> str:
    """The values that an option knows, if it knows all of them."""
    known = getattr(getattr(parameter, "type_descriptor", None), "choices", None) or ()
    names = [str(getattr(one, "value", one)) for one in known]
    return f"，可用 {'、'.join(names)}" if names else ""


if __name__ == "__main__":
    main()
