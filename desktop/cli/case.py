"""``qifu case``: show, list and search cases; acceptance and the steps after it stand in the modules added to it."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli import case_accept, case_boards, case_closing, case_desk
from desktop.cli.case_document import case_document, case_text
from desktop.cli.case_options import MOST, Number, Top, zone_of
from desktop.cli.output import DONE, NOTHING
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command

if TYPE_CHECKING:
    from db.rows.case_rows import CaseRow
    from services.station import Station

app = typer.Typer(add_completion=False, no_args_is_help=True, help="诉求件：受理、查看、查找与后续办理。")

for _steps in (case_accept, case_desk, case_boards, case_closing):
    app.add_typer(_steps.app)


@station_command(app)
def show(asked: Asked, number: Number) -> None:
    """查看一件诉求：状态、期限、交办、经过。"""
    from services.case_view import view_case
    from services.retention import case_at_centre

    with asked.opened() as station:
        old = station.call(case_at_centre, number)
        whole = not old or _fetched(station, old, quiet=asked.as_json)
        document = case_document(station.call(view_case, number))
    asked.emit(document, text=case_text(document), code=DONE if whole else NOTHING)


def _fetched(station: "Station", case: str, *, quiet: bool) -> bool:
    """Bring back what lies at the centre of an old case; False, with a sentence why, where that cannot be done now."""
    from desktop.messages import sentence
    from domain.errors import AppError
    from services.retention import keep_fetched
    from sync.old_cases import fetch

    if not quiet:
        sys.stderr.write("正在从中心取回。\n")
    try:
        fetch(station, case, keep_fetched)
    except AppError as error:
        sys.stderr.write(sentence(error) + "\n")
        return False
    return True


@station_command(app, "list")
def list_(asked: Asked, top: Top = None) -> None:
    """列出诉求件，最新的在前。"""
    from services.cases import list_cases

    with asked.opened() as station:
        rows = station.call(list_cases, limit=top).rows
        _emit_rows(asked, rows, zone_of(station))


@station_command(app)
def search(
    asked: Asked,
    text: Annotated[str, typer.Argument(help="编号、企业、拼音首字母、经办人或诉求里的词")],
    top: Top = None,
) -> None:
    """查找诉求件，最新的在前。"""
    from services.cases import search_cases

    with asked.opened() as station:
        rows = station.call(search_cases, text, limit=top or MOST)
        _emit_rows(asked, rows, zone_of(station))


def _emit_rows(asked: Asked, rows: "tuple[CaseRow, ...]", zone: str) -> None:
    documents: list[dict[str, Any]] = [
        {
            "id": row.id,
            "number": row.number,
            "state": row.state,
            "kind": row.kind,
            "uscc": row.uscc,
            "name": row.applicant,
            "boards": list(row.boards),
            "due": local_iso(row.due_at, zone),
            "provisional": row.provisional,
            "accepted": local_iso(row.accepted_at, zone),
            "excerpt": row.excerpt,
        }
        for row in rows
    ]
    text = "\n".join(
        f"{d['number']}  {d['state']:<9} {d['due']}  {d['name']}  {d['excerpt'][:30]}" for d in documents
    )
    asked.emit(documents, text=text or "没有诉求件")
