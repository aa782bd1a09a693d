"""``docs/cli.md`` and ``docs/server.md`` name every command, and every option in the row of its command."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from desktop.cli.commands import COMMANDS as OF_DESK
from server.main import COMMANDS as OF_SERVER

DOCS = Path(__file__).parents[1] / "docs"
SHARED = {"--home", "--as", "--json", "--help"}
INNER = {("worker",)}
"""Commands that only the program itself starts."""
PROGRAMS = [(DOCS / "cli.md", OF_DESK), (DOCS / "server.md", OF_SERVER)]

Words = tuple[str, ...]


def commands(table: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Words, Any]]:
    """(words, command) of everything that can be called."""
    for name, (place, _) in table.items():
        module, _, application = place.partition(":")
        command: Any = typer.main.get_command(getattr(import_module(module), application))
        for sub, one in getattr(command, "commands", {"": command}).items():
            yield ((name, sub) if sub else (name,)), one


def rows(text: str) -> Iterator[tuple[set[Words], str]]:
    """(commands, row) of each row whose first cell names commands; ``recall|serve`` stands for both."""
    for line in text.splitlines():
        if not line.startswith("| `"):
            continue
        cell = line[2:].split(" | ", 1)[0].replace(r"\|", "|")
        found: set[Words] = set()
        for span in re.findall(r"`([^`]+)`", cell):
            words = span.split()
            for top in words[0].split("|"):
                found.add((top,))
                found |= {(top, sub) for sub in (words[1].split("|") if len(words) > 1 else ())}
        yield found, line


def undocumented(text: str, table: Mapping[str, tuple[str, str]]) -> list[str]:
    """What ``text`` does not name: commands, and options of commands whose row does not point to ``--help``."""
    documented = list(rows(text))
    missing: list[str] = []
    for path, command in commands(table):
        if path in INNER:
            continue
        of_it = " ".join(line for named, line in documented if path in named)
        if not of_it:
            missing.append(" ".join(path))
        elif "`--help`" not in of_it:
            missing += [f"{' '.join(path)} {name}" for name in _unnamed(command, of_it)]
    return missing


def _unnamed(command: Any, row: str) -> list[str]:
    """Options of which the row has no spelling."""
    told = set(re.findall(r"--[a-z][a-z-]*", row)) | SHARED
    options = [
        [name for name in (*one.opts, *one.secondary_opts) if name.startswith("--")]
        for one in command.params
        if not getattr(one, "hidden", False)
    ]
    return [names[0] for names in options if names and not told.intersection(names)]


@pytest.mark.parametrize(("page", "table"), PROGRAMS, ids=["qifu", "qifu-server"])
def test_every_command_and_option_has_its_row(page: Path, table: Mapping[str, tuple[str, str]]) -> None:
    assert undocumented(page.read_text("utf-8"), table) == []


@pytest.mark.parametrize(("page", "table"), PROGRAMS, ids=["qifu", "qifu-server"])
def test_a_row_that_is_taken_out_is_missed(page: Path, table: Mapping[str, tuple[str, str]]) -> None:
    text = page.read_text("utf-8")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("| `backup"))
    assert set(undocumented(without, table)) - set(undocumented(text, table)) >= {"backup"}
    assert set(undocumented(text.replace("[--to DIR]", ""), table)) >= {"backup --to"}


@pytest.mark.parametrize(("page", "table"), PROGRAMS, ids=["qifu", "qifu-server"])
def test_no_row_names_a_command_that_is_not_there(page: Path, table: Mapping[str, tuple[str, str]]) -> None:
    known = {path for path, _ in commands(table)} | {path[:1] for path, _ in commands(table)}
    groups = {path[0] for path, _ in commands(table) if len(path) > 1}
    named = {path for found, _ in rows(page.read_text("utf-8")) for path in found if path[0] in groups}
    assert named <= known
