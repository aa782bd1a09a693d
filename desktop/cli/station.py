"""What every command with a store shares: where the home is, who acts, how a station is opened and closed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import AppError

if TYPE_CHECKING:
    from services.station import Station

HomeOption = Annotated[Path | None, typer.Option("--home", metavar="DIR", help="数据目录（默认 QIFU_HOME）")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
ActorOption = Annotated[str | None, typer.Option("--as", metavar="STAFF", help="以哪位工作人员的身份办理")]


def home_of(given: Path | None) -> Path:
    """The home: ``--home``, else ``QIFU_HOME``, else the user's data folder."""
    from services.places import default_home

    return given or default_home()


def ask_passphrase() -> Callable[[], str | None] | None:
    """How a passphrase is asked for; None where stdin is no terminal, since nothing may wait for an answer there."""
    if not sys.stdin.isatty():
        return None

    def ask() -> str | None:
        import getpass

        return getpass.getpass("口令：") or None

    return ask


@contextmanager
def opened(home: Path | None, staff: str | None = None) -> Iterator["Station"]:
    """The station in ``home``, acting as ``staff`` where given; closed at the end."""
    from services.staff import actor_named
    from services.station import open_station

    station = open_station(home_of(home), ask=ask_passphrase())
    try:
        if staff:
            station.actor = station.call(actor_named, staff)
        yield station
    finally:
        station.close()


def read_stdin(limit: int = 1 << 20) -> str:
    """Text from stdin, at most ``limit`` bytes; ``cli.stdin_*`` where there is none or it is no UTF-8."""
    if sys.stdin.isatty():
        raise AppError("cli.stdin_missing")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise AppError("cli.stdin_too_large", limit_kib=limit >> 10)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AppError("cli.stdin_not_utf8") from None


def local_iso(at_ms: int | None, zone: str) -> str | None:
    """UTC milliseconds as local ISO time with offset, to the second."""
    if at_ms is None:
        return None
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
