"""What the steps of ``qifu case`` share: their options, and how one is taken and shown."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_document import case_document, case_text
from desktop.cli.output import DONE
from desktop.cli.station_command import Asked

if TYPE_CHECKING:
    from services.station import Station

MOST = 2**31 - 1
"""Rows that ``--top`` may name; without it all are listed."""

# One type serves a command that requires the option and one that has a default for it.
Number = Annotated[str, typer.Argument(metavar="N", help="编号、短号或 id")]
Reason = Annotated[str, typer.Option("--reason", "--text", metavar="TEXT", help="理由")]
ReasonAlone = Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由")]
"""Where ``--text`` says something else."""
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="内容")]
Board = Annotated[str, typer.Option("--board", metavar="CODE", help="板块代码")]
MaybeBoard = Annotated[str | None, typer.Option("--board", metavar="CODE", help="板块代码")]
Boards = Annotated[str, typer.Option("--boards", metavar="CODES", help="板块代码，逗号分隔，第一个牵头")]
Site = Annotated[str | None, typer.Option("--site", metavar="CODE", help="网点代码")]
Scope = Annotated[str | None, typer.Option("--scope", metavar="SCOPE", help="范围：point chain block")]
Days = Annotated[int | None, typer.Option("--days", metavar="N", help="item 的承诺工作日数，0 为当日")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="到哪一天为止，如 2026-11-30")]
MaybeUntil = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="到哪一天为止，如 2026-11-30")
]
FromDay = Annotated[str, typer.Option("--from", metavar="DATE", help="从哪一天起，如 2026-11-01")]
ToDay = Annotated[str, typer.Option("--to", metavar="DATE", help="到哪一天为止")]
Top = Annotated[int | None, typer.Option("--top", metavar="N", min=1, max=MOST, help="最多列几个")]


def codes_of(typed: str) -> tuple[str, ...]:
    """``a, b`` as codes."""
    return tuple(filter(None, (code.strip() for code in typed.split(","))))


def zone_of(station: "Station") -> str:
    """The site's time zone."""
    from services.rulebook import site_zone

    return station.call(site_zone)


def until_ms(station: "Station", day: str | None) -> int | None:
    """The end of ``day`` at the site, UTC milliseconds."""
    from services.back_office.timing import end_of_day

    return None if day is None else station.call(end_of_day, day)


def step(
    asked: Asked, service: Any, *args: Any, exit_code: int = DONE, until: str | None = None, **kwargs: Any
) -> None:
    """Take one step and show the case as it is then; ``until`` is handed on as ``until_ms``."""
    from services.case_view import view_case

    with asked.opened() as station:
        if until is not None:
            kwargs["until_ms"] = until_ms(station, until)
        case = station.call(service, *args, **kwargs)
        document = case_document(station.call(view_case, case.id))
    asked.emit(document, text=case_text(document), code=exit_code)
