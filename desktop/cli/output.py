"""What the commands print. With ``--json`` stdout holds one JSON document and nothing else."""

import json
import sys
from typing import Any

import typer

DONE, NO, REFUSED, NOTHING, WAITING = 0, 1, 2, 3, 4


def emit(document: Any, *, as_json: bool, text: str, code: int = DONE) -> None:
    """Print ``document`` as JSON, or ``text`` for people, and leave with ``code``."""
    sys.stdout.write((json.dumps(document, ensure_ascii=False) if as_json else text) + "\n")
    if code:
        raise typer.Exit(code)


def refuse(sentence: str) -> typer.Exit:
    """Write one sentence to stderr and return the exit for bad input: ``raise refuse("…")``."""
    sys.stderr.write(sentence + "\n")
    return typer.Exit(REFUSED)
