"""``qifu case accept``."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_options import Days, Scope, codes_of, zone_of
from desktop.cli.station import local_iso, read_stdin
from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

if TYPE_CHECKING:
    from services.cases import Accepted

app = typer.Typer()

Matter = Annotated[
    str | None, typer.Option("--text", metavar="TEXT", help="诉求内容；不给则读标准输入的 JSON")
]
CreditCode = Annotated[str | None, typer.Option("--uscc", metavar="CODE", help="统一社会信用代码")]
Name = Annotated[str | None, typer.Option("--name", help="申请人名称")]
Kind = Annotated[
    str | None,
    typer.Option("--kind", help="诉求类型：consultation request complaint suggestion item package"),
]
Channel = Annotated[
    str | None, typer.Option("--channel", help="来源：window phone hotline online visit talk community")
]
MaybeBoards = Annotated[
    str | None, typer.Option("--boards", metavar="CODES", help="板块代码，逗号分隔，第一个牵头")
]
Item = Annotated[str | None, typer.Option("--item", metavar="CODE", help="服务事项代码")]
Package = Annotated[str | None, typer.Option("--package", help="一类事名称")]
LimitName = Annotated[str | None, typer.Option("--limit", help="时限：simple standard hard item")]
ContactName = Annotated[str | None, typer.Option("--contact-name", help="经办人姓名")]
ContactPhone = Annotated[str | None, typer.Option("--contact-phone", help="经办人电话")]
CapacityName = Annotated[
    str | None, typer.Option("--capacity", help="经办人身份：legal_representative agent")
]
Answer = Annotated[str | None, typer.Option("--answer", help="当场答复并办结")]


@station_command(app)
def accept(
    asked: Asked,
    text: Matter = None,
    uscc: CreditCode = None,
    name: Name = None,
    kind: Kind = None,
    channel: Channel = None,
    boards: MaybeBoards = None,
    item: Item = None,
    package: Package = None,
    scope: Scope = None,
    limit: LimitName = None,
    days: Days = None,
    contact_name: ContactName = None,
    contact_phone: ContactPhone = None,
    capacity: CapacityName = None,
    answer: Answer = None,
) -> None:
    """受理一件诉求。text 和 uscc/name 之一必填，其余由程序建议。"""
    if text is None:
        _accept(asked, _document_from_stdin())
        return
    contact = _given(name=contact_name, phone=contact_phone, capacity=capacity)
    said = _given(text=text, uscc=uscc, name=name, kind=kind, channel=channel, scope=scope, answer=answer)
    about = _given(item=item, package=package, limit=limit, days=days)
    sent_to = {} if boards is None else {"boards": list(codes_of(boards))}
    _accept(asked, {**said, **about, **sent_to, "contact": contact})


def _given(**flags: Any) -> dict[str, Any]:
    return {field: value for field, value in flags.items() if value is not None}


def _document_from_stdin() -> dict[str, Any]:
    try:
        document = json.loads(read_stdin())
    except (ValueError, RecursionError):
        raise AppError("cases.form_not_json") from None
    if not isinstance(document, dict):
        raise AppError("cases.form_not_object")
    # A null stands for "not said" in JSON that other programs write.
    return {field: value for field, value in document.items() if value is not None}


def _accept(asked: Asked, document: dict[str, Any]) -> None:
    from domain.cases.intake import read_form
    from services.cases import accept_case

    form = read_form(document)
    with asked.opened() as station:
        done = station.call(accept_case, form)
        shown = _shown(done, zone_of(station))
    asked.emit(shown, text=_accepted_text(shown))


def _shown(done: "Accepted", zone: str) -> dict[str, Any]:
    return {
        "number": done.number,
        "id": done.id,
        "due": local_iso(done.due_at, zone),
        "provisional": done.provisional,
        "boards": list(done.boards),
        "duplicates": [{"number": d.number, "id": d.id, "similarity": d.similarity} for d in done.duplicates],
        "removed": done.removed,
    }


def _accepted_text(shown: dict[str, Any]) -> str:
    lines = [f"已受理 {shown['number']}", f"期限 {shown['due']}{'（暂定）' if shown['provisional'] else ''}"]
    lines.append(f"板块 {' '.join(shown['boards'])}")
    if shown["duplicates"]:
        lines.append("可能重复：" + "、".join(d["number"] for d in shown["duplicates"]))
    if shown["removed"]:
        lines.append(f"已去除 {shown['removed']} 个不可见字符")
    return "\n".join(lines)
