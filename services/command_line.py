"""What the command lines share: commands that are imported only when they run, and what is wrong with a call."""

import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

REFUSED = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
# Typer keeps its own copy of click and shows of its usage errors only this subclass.
USAGE_ERROR: Any = typer.BadParameter.__base__


def lazy_app(
    commands: Mapping[str, tuple[str, str]], help_text: str, hidden: Collection[str] = ()
) -> typer.Typer:
    """An application of ``commands``: name → (``module:application``, one line of help).

    The help does not list ``hidden`` ones.
    """

    class Group(TyperGroup):
        """Knows every command by name and imports the one that is called."""

        def list_commands(self, ctx: Any) -> list[str]:
            return [name for name in commands if name not in hidden]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in commands:
                return None
            place, short_help = commands[cmd_name]
            if ctx.resilient_parsing or _asks_for_top_help():
                return TyperCommand(cmd_name, help=short_help)
            module, _, application = place.partition(":")
            command = typer.main.get_command(getattr(import_module(module), application))
            command.name = cmd_name
            return command

    app = typer.Typer(
        cls=Group,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=help_text,
    )
    app.callback()(_root)
    return app


def _root() -> None:
    pass


def _asks_for_top_help() -> bool:
    return len(sys.argv) < 2 or sys.argv[1] in ("--help", "-h")


def is_call_for_help(error: Any) -> bool:
    """Whether a usage error is none: nothing was asked, so the help is shown."""
    return type(error).__name__ == "NoArgsIsHelpError"


def usage_detail(error: Any) -> str:
    """What is wrong with the call. Typer's own words are English, so they are told by the kind of error."""
    from resources.words import table

    words, kind, parameter = table("usage"), type(error).__name__, getattr(error, "param", None)
    # An argument is called as the help calls it, of an option's names the first is meant.
    called = getattr(parameter, "metavar", None) if isinstance(parameter, typer.core.TyperArgument) else None
    name = called or getattr(error, "option_name", "") or next(iter(getattr(parameter, "opts", ())), "")
    known = getattr(getattr(parameter, "type_descriptor", None), "choices", None) or ()
    if kind == "BadParameter" and known:
        kind = "BadChoice"
    values = "、".join(str(getattr(one, "value", one)) for one in known)
    return words.get(kind, words["other"]).format(name=name, known=values)
