"""What the steps of ``qifu case`` share: their options, and how one is taken and shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_document import case_document, case_text
from desktop.cli.output import DONE, emit
from desktop.cli.station import opened

if TYPE_CHECKING:
    from services.station import Station

Number = Annotated[str, typer.Argument(metavar="N", help="编号、短号或 id")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由")]
MaybeReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由")]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="内容")]
Board = Annotated[str, typer.Option("--board", metavar="CODE", help="板块代码")]
MaybeBoard = Annotated[str | None, typer.Option("--board", metavar="CODE", help="板块代码")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="到哪一天为止，如 2026-11-30")]
MaybeUntil = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="到哪一天为止，如 2026-11-30")
]


def zone_of(station: "Station") -> str:
    """The site's time zone."""
    from services.rulebook import site_zone

    return station.call(site_zone)


def until_ms(station: "Station", day: str | None) -> int | None:
    """The end of ``day`` at the site, UTC milliseconds."""
    from services.back_office.timing import end_of_day

    return None if day is None else station.call(end_of_day, day)


def step(
    home: Path | None,
    staff: str | None,
    as_json: bool,
    service: Any,
    *args: Any,
    exit_code: int = DONE,
    until: str | None = None,
    **kwargs: Any,
) -> None:
    """Take one step and show the case as it is then; ``until`` is handed on as ``until_ms``."""
    from services.case_view import view_case

    with opened(home, staff) as station:
        if until is not None:
            kwargs["until_ms"] = until_ms(station, until)
        case = station.call(service, *args, **kwargs)
        document = case_document(station.call(view_case, case.id))
    emit(document, as_json=as_json, text=case_text(document), code=exit_code)
