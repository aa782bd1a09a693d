"""Entry point of ``qifu``."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from desktop.cli.commands import COMMANDS
from domain.errors import AppError

REFUSED = 2


class _LazyGroup(TyperGroup):
    """Knows every command by name and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, short_help = COMMANDS[cmd_name]
        if ctx.resilient_parsing or _asks_for_top_help():
            return typer.core.TyperCommand(cmd_name, help=short_help)
        command = typer.main.get_command(import_module(module).app)
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
        app()
    except AppError as error:
        from desktop.messages import sentence

        sys.stderr.write(sentence(error) + "\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
