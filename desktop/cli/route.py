"""``qifu route``: one matter per line on stdin, one JSON object per line on stdout. Needs no store and
makes none; with ``--home`` it uses what that station has learned."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from domain.catalog.router import Routing, Suggestion
from domain.catalog.text import LOOKED_AT
from services.router import suggest

app = typer.Typer(add_completion=False)

PIECE = 1 << 16


@app.command()
def route(
    explain: Annotated[bool, typer.Option("--explain", help="每条建议附上依据的词语")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象（默认即是）")] = False,
    home: Annotated[Path | None, typer.Option(metavar="DIR", help="用这个网点学到的选择")] = None,
) -> None:
    """按诉求内容推荐服务板块、事项和一类事：标准输入每行一件，标准输出每行一个结果。"""
    out = sys.stdout
    with _suggester(home) as suggested:
        for line in lines(_stdin()):
            found = document(suggested(line), explain=explain)
            out.write(json.dumps(found, ensure_ascii=False) + "\n")
    out.flush()


@contextmanager
def _suggester(home: Path | None) -> Iterator[Callable[[str], Routing]]:
    """The shipped router, or with a home that station's, which has learned from its clerks."""
    if home is None:
        yield suggest
        return
    from desktop.cli.station import opened
    from services import routing

    with opened(home) as station:
        yield lambda line: station.call(routing.route, line)


def lines(stream: IO[str]) -> Iterator[str]:
    """The lines of ``stream``, each cut to what the router reads, so that no line fills the memory."""
    while head := stream.readline(LOOKED_AT):
        piece = head
        while not piece.endswith("\n") and (piece := stream.readline(PIECE)):
            pass
        yield head


def document(routing: Routing, *, explain: bool) -> dict[str, Any]:
    """The object of one line, as the command-line contract names it."""
    return {
        "boards": [_board(board) for board in routing.boards],
        "items": [_entry("code", item, explain=explain) for item in routing.items],
        "packages": [_entry("name", package, explain=explain) for package in routing.packages],
    }


def _board(board: Suggestion) -> dict[str, Any]:
    return _entry("code", board, explain=True)


def _entry(key: str, suggestion: Suggestion, *, explain: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {key: suggestion.code, "score": suggestion.score}
    return entry | {"because": list(suggestion.because)} if explain else entry


def _stdin() -> IO[str]:
    """Standard input as UTF-8 whatever the console says; only a line feed ends a line; wrong bytes become �."""
    return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
