"""Commands of a station have their own options and, after them, the shared ones."""

from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command

from desktop.cli import callback, case, enterprise, problem, queue, rating, staff, supervise, sync, ticket
from desktop.cli.station_command import Asked, station_command

SHARED = {"--home", "--as", "--json"}


@pytest.mark.parametrize(
    "module", [callback, case, enterprise, problem, queue, rating, staff, supervise, sync, ticket]
)
def test_every_command_can_be_told_where_and_as_whom(module: Any) -> None:
    commands = get_command(module.app).commands  # type: ignore[attr-defined]
    lacking = {
        name: SHARED - {option for parameter in command.params for option in parameter.opts}
        for name, command in commands.items()
    }
    assert {name: options for name, options in lacking.items() if options} == {}
    assert all(command.help for command in commands.values())


def test_the_body_is_given_both() -> None:
    app = typer.Typer()
    given: list[tuple[Asked, str]] = []

    @station_command(app, "tell")
    def _tell(asked: Asked, what: Annotated[str, typer.Option("--what")] = "nothing") -> None:
        """Tell."""
        given.append((asked, what))

    get_command(app).main(["--as", "clerk", "--json", "--what", "all"], standalone_mode=False)
    get_command(app).main([], standalone_mode=False)
    assert given == [(Asked(None, "clerk", True), "all"), (Asked(), "nothing")]
