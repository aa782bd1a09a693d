"""``qifu case``: accept, show, list and search cases; the steps after acceptance stand in the modules added to it."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli import case_boards, case_closing, case_desk
from desktop.cli.case_document import case_document, case_text
from desktop.cli.case_options import Number, zone_of
from desktop.cli.output import emit
from desktop.cli.station import ActorOption, HomeOption, JsonOption, local_iso, opened, read_stdin
from domain.errors import AppError

if TYPE_CHECKING:
    from db.case_rows import CaseRow

app = typer.Typer(add_completion=False, no_args_is_help=True, help="诉求件：受理、查看、查找与后续办理。")

for _steps in (case_desk, case_boards, case_closing):
    app.add_typer(_steps.app)

MOST = 2**31 - 1
"""Rows that ``--top`` may name; without it all are listed."""


@app.command()
def accept(
    home: HomeOption = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="诉求内容；不给则读标准输入的 JSON")
    ] = None,
    uscc: Annotated[str | None, typer.Option("--uscc", metavar="CODE", help="统一社会信用代码")] = None,
    name: Annotated[str | None, typer.Option("--name", help="申请人名称")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="诉求类型：consultation request complaint suggestion item package"),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help="来源：window phone hotline online visit talk community"),
    ] = None,
    boards: Annotated[str | None, typer.Option("--boards", help="板块代码，逗号分隔，第一个牵头")] = None,
    item: Annotated[str | None, typer.Option("--item", metavar="CODE", help="服务事项代码")] = None,
    package: Annotated[str | None, typer.Option("--package", help="一类事名称")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="范围：point chain block")] = None,
    limit: Annotated[str | None, typer.Option("--limit", help="时限：simple standard hard item")] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", help="item 的承诺工作日数，0 为当日")
    ] = None,
    contact_name: Annotated[str | None, typer.Option("--contact-name", help="经办人姓名")] = None,
    contact_phone: Annotated[str | None, typer.Option("--contact-phone", help="经办人电话")] = None,
    capacity: Annotated[
        str | None, typer.Option("--capacity", help="经办人身份：legal_representative agent")
    ] = None,
    answer: Annotated[str | None, typer.Option("--answer", help="当场答复并办结")] = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """受理一件诉求。text 和 uscc/name 之一必填，其余由程序建议。"""
    from domain.cases.intake import read_form
    from services.cases import accept_case

    document: dict[str, Any]
    if text is None:
        document = _document_from_stdin()
    else:
        flags = {
            "text": text,
            "uscc": uscc,
            "name": name,
            "kind": kind,
            "channel": channel,
            "boards": [b.strip() for b in boards.split(",") if b.strip()] if boards is not None else None,
            "item": item,
            "package": package,
            "scope": scope,
            "limit": limit,
            "days": days,
            "answer": answer,
        }
        document = {field: value for field, value in flags.items() if value is not None}
        contact = {"name": contact_name, "phone": contact_phone, "capacity": capacity}
        document["contact"] = {field: value for field, value in contact.items() if value is not None}
    form = read_form(document)
    with opened(home, staff) as station:
        done = station.call(accept_case, form)
        due = local_iso(done.due_at, zone_of(station))
    shown = {
        "number": done.number,
        "id": done.id,
        "due": due,
        "provisional": done.provisional,
        "boards": list(done.boards),
        "duplicates": [{"number": d.number, "id": d.id, "similarity": d.similarity} for d in done.duplicates],
        "removed": done.removed,
    }
    emit(shown, as_json=as_json, text=_accepted_text(shown))


def _document_from_stdin() -> dict[str, Any]:
    try:
        document = json.loads(read_stdin())
    except (ValueError, RecursionError):
        raise AppError("cases.form_not_json") from None
    if not isinstance(document, dict):
        raise AppError("cases.form_not_object")
    # A null stands for "not said" in JSON that other programs write.
    return {field: value for field, value in document.items() if value is not None}


def _accepted_text(shown: dict[str, Any]) -> str:
    lines = [f"已受理 {shown['number']}", f"期限 {shown['due']}{'（暂定）' if shown['provisional'] else ''}"]
    lines.append(f"板块 {' '.join(shown['boards'])}")
    if shown["duplicates"]:
        lines.append("可能重复：" + "、".join(d["number"] for d in shown["duplicates"]))
    if shown["removed"]:
        lines.append(f"已去除 {shown['removed']} 个不可见字符")
    return "\n".join(lines)


@app.command()
def show(
    number: Number, home: HomeOption = None, staff: ActorOption = None, as_json: JsonOption = False
) -> None:
    """查看一件诉求：状态、期限、交办、经过。"""
    from services.case_view import view_case

    with opened(home, staff) as station:
        document = case_document(station.call(view_case, number))
    emit(document, as_json=as_json, text=case_text(document))


@app.command("list")
def list_(
    home: HomeOption = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", min=1, max=MOST, help="只列最新的 N 件")
    ] = None,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出诉求件，最新的在前。"""
    from services.cases import list_cases

    with opened(home, staff) as station:
        rows = station.call(list_cases, limit=top).rows
        _emit_rows(rows, zone_of(station), as_json)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="编号、企业、拼音首字母、经办人或诉求里的词")],
    home: HomeOption = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, max=MOST, help="只列最新的 N 件")] = MOST,
    staff: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """查找诉求件，最新的在前。"""
    from services.cases import search_cases

    with opened(home, staff) as station:
        rows = station.call(search_cases, text, limit=top)
        _emit_rows(rows, zone_of(station), as_json)


def _emit_rows(rows: "tuple[CaseRow, ...]", zone: str, as_json: bool) -> None:
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
    emit(documents, as_json=as_json, text=text or "没有诉求件")
