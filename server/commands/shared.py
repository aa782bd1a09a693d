"""What commands share: the home, the node while the command runs, and answers as JSON."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from server.nodes import ServerNode

Home = Annotated[Path, typer.Option("--home", envvar="QIFU_HOME", help="数据目录", show_default=False)]


@contextmanager
def working(home: Path) -> Iterator["ServerNode"]:
    """The node of ``home``; what it published by the way is signed at the end, so that it is handed out."""
    from server.nodes import has_unsigned, node_in
    from services.publishing import publish_unsigned

    with node_in(home) as node:
        yield node
        if node.call(has_unsigned):
            node.call(publish_unsigned, as_actor=node.operator)


def emit(document: Any, code: int = 0) -> None:
    """Print ``document`` as JSON and leave with ``code``."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    if code:
        raise typer.Exit(code)


def moment(at_ms: int | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
