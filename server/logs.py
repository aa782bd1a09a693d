"""Log lines as JSON, one a line. They name no token, no address and nobody; of an error only its kind and place."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).parents[1]


class JsonLines(logging.Formatter):
    """A record as one JSON object: ``time``, ``level``, ``logger``, ``event`` and the record's ``facts``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Below its first line asyncio shows the error itself, with what was being worked on.
            "event": record.getMessage().partition("\n")[0],
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def told(error: BaseException) -> dict[str, object]:
    """Kind and place of ``error``; its message may hold what was being worked on, and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "at": [f"{_short(one.filename)}:{one.lineno}" for one in frames]}


def _short(name: str) -> str:
    file = Path(name)
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name


def log_to(stream: TextIO = sys.stderr) -> None:
    """Send what this process logs to ``stream``, from INFO on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
