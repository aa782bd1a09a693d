"""A command that works on a station: its own options, and after them those that all such commands share."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from desktop.cli.output import DONE, emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, opened

if TYPE_CHECKING:
    from services.station import Station


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shared options say: in which home, as whom, and whether the answer is to be JSON."""

    home: Path | None = None
    staff: str | None = None
    as_json: bool = False

    def opened(self) -> AbstractContextManager["Station"]:
        """The station, acting as ``staff`` where given; closed at the end."""
        return opened(self.home, self.staff)

    def emit(self, document: Any, text: str, code: int = DONE) -> None:
        """Print ``document`` as JSON, or ``text`` for people, and leave with ``code``."""
        emit(document, as_json=self.as_json, text=text, code=code)


def _shared(home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False) -> None:
    """Whose parameters every command of a station has."""


def station_command(
    app: typer.Typer, name: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function whose first parameter is ``Asked`` and whose others are its own options."""

    def decorate(body: Callable[..., None]) -> Callable[..., None]:
        def run(home: Path | None, staff: str | None, as_json: bool, **own: Any) -> None:
            body(Asked(home, staff, as_json), **own)

        _, *own = inspect.signature(body).parameters.values()
        shared = inspect.signature(_shared).parameters.values()
        run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        run.__name__, run.__doc__, run.__annotations__ = body.__name__, body.__doc__, {}
        app.command(name)(run)
        return body

    return decorate
