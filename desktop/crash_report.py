"""The report of an error that is the program's own: nothing in it names a person."""

import platform
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

OUR_ROOMS = ("desktop", "services", "db", "domain", "reports", "resources", "sync", "server")
_ROOT = Path(__file__).parent.parent


def crash_report(error: BaseException) -> str:
    """Types, our own places in the program and versions. No message and no value: they may name a person."""
    lines = [f"python {platform.python_version()}{_qt()} · {platform.system()} {platform.release()}"]
    for cause in _chain(error):
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines.extend(_places(cause))
    return "\n".join(lines)


def _qt() -> str:
    core = sys.modules.get("PySide6.QtCore")
    return f" · qt {core.qVersion()}" if core else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _places(error: BaseException) -> list[str]:
    places = []
    for frame in traceback.extract_tb(error.__traceback__):
        name = _place_name(frame.filename)
        places.append(f"  {name}:{frame.lineno} {frame.name}")
    return places


def _place_name(file: str) -> str:
    parts = Path(file).parts
    try:
        return Path(file).relative_to(_ROOT).as_posix() if not _foreign(parts) else "/".join(parts[-2:])
    except ValueError:
        return "/".join(parts[-2:])


def _foreign(parts: tuple[str, ...]) -> bool:
    return "site-packages" in parts or not any(room in parts for room in OUR_ROOMS)
