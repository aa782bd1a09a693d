"""Entry point of ``qifu``."""

import errno
import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from desktop.cli.commands import COMMANDS
from domain.errors import AppError

REFUSED = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130
# Typer keeps its own copy of click and shows of its usage errors only this subclass.
_PATH_ERRORS = {
    errno.EACCES,
    errno.EEXIST,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}

_USAGE_ERROR: Any = typer.BadParameter.__base__


class _LazyGroup(TyperGroup):
    """Knows every command by name and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        place, short_help = COMMANDS[cmd_name]
        module, _, application = place.partition(":")
        if ctx.resilient_parsing or _asks_for_top_help():
            return typer.core.TyperCommand(cmd_name, help=short_help)
        command = typer.main.get_command(getattr(import_module(module), application))
        command.name = cmd_name
        return command


def _asks_for_top_help() -> bool:
    return len(sys.argv) < 2 or sys.argv[1] in ("--help", "-h")


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="企服前台：企业综合服务中心窗口程序的命令行。",
)


@app.callback()
def _root() -> None:
    pass


def main() -> None:
    """Run ``qifu``; an error a person can act on is one sentence on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except AppError as error:
        code = _refuse(error)
    except _USAGE_ERROR as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
            sys.exit(REFUSED)
        code = _refuse(AppError("cli.usage", detail=_usage_detail(error)))
    except typer.Abort:
        code = REFUSED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (``qifu case list | head``): there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _refuse(AppError("cli.path", path=error.filename)) if _is_about_path(error) else _report(error)
    except Exception as error:
        code = _report(error)
    sys.exit(code or 0)


def _is_about_path(error: OSError) -> bool:
    return bool(error.filename) and error.errno in _PATH_ERRORS


def _report(error: Exception) -> int:
    """A bug: where it happened, and nothing of what was being worked on."""
    from desktop.crash_report import crash_report

    sys.stderr.write("程序出错，这一步没有完成。请把下面的报告交给维护人员（不含企业和个人信息）：\n")
    sys.stderr.write(crash_report(error) + "\n")
    return BUG


def _refuse(error: AppError) -> int:
    from desktop.messages import sentence

    sys.stderr.write(sentence(error) + "\n")
    return REFUSED


def _usage_detail(error: Any) -> str:
    """What is wrong with the call. Typer's own words are English, so they are told by the kind of error."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    # An argument is called as the help calls it, of an option's names the first is meant.
    called = getattr(parameter, "metavar", None) if isinstance(parameter, typer.core.TyperArgument) else None
    name = called or next(iter(getattr(parameter, "opts", ())), "")
    if kind == "NoSuchOption":
        return f"没有选项 {error.option_name}"
    if kind == "MissingParameter":
        return f"缺少 {name}"
    if kind == "BadParameter":
        return f"{name} 的值不对"
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} 缺少值"
    return "没有这个命令，或参数多了"


if __name__ == "__main__":
    main()
