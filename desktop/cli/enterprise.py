"""``qifu enterprise``: show what is known of an enterprise, list enterprises, take in a park's own list."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop import words
from desktop.cli.case_options import Top
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

if TYPE_CHECKING:
    from db.rows.enterprise_rows import EnterpriseRow
    from domain.enterprises.listing import EnterpriseList, Problem
    from domain.enterprises.merge import Fact
    from domain.enterprises.profile import Verification
    from services.enterprise_import import ImportResult
    from services.enterprises import EnterpriseView

app = typer.Typer(add_completion=False, no_args_is_help=True, help="企业：档案、名录、导入名单。")
_SHOWN_PROBLEMS = 20


@station_command(app)
def show(
    asked: Asked, code: Annotated[str, typer.Argument(metavar="CODE", help="统一社会信用代码，或完整名称")]
) -> None:
    """查看一家企业：档案、证照、办件、核验记录。"""
    from services.enterprises import view_enterprise

    with asked.opened() as station:
        view = station.call(view_enterprise, code)
    document = _view_document(view)
    asked.emit(document, text=_view_text(document))


def _view_document(view: "EnterpriseView") -> dict[str, Any]:
    row, profile = view.row, view.profile
    return {
        "uscc": view.uscc,
        "name": view.name,
        "kind": profile.text("kind") or (row.kind if row else None),
        "fields": {name: _fact(fact, fact.value, view.zone) for name, fact in profile.fields.items()},
        "contacts": [
            _fact(
                fact, {"name": fact.value.name, "phone": fact.value.phone, "duty": fact.value.duty}, view.zone
            )
            for fact in profile.contacts
        ],
        "tags": [
            _fact(fact, {"group": fact.value.group.value, "word": fact.value.word}, view.zone)
            for fact in profile.tags
        ],
        "licences": _licences(view),
        "open_cases": view.open_cases,
        "cases": [
            {"number": case.number, "state": case.state, "accepted": local_iso(case.accepted_at, view.zone)}
            for case in view.cases
        ],
        "verifications": [_verification(one, view.zone) for one in view.verifications],
        "conflicts": [{"event": event, "code": code} for event, code in view.conflicts],
        "needs_update": view.newer,
    }


def _licences(view: "EnterpriseView") -> list[dict[str, Any]]:
    from domain.enterprises.licences import light_of

    return [
        _fact(
            fact,
            {
                "kind": fact.value.kind,
                "number": fact.value.number,
                "until": fact.value.until.isoformat() if fact.value.until else None,
                "standing": standing.value,
                "light": light_of(fact.value, view.today).value,
            },
            view.zone,
        )
        for fact, standing in zip(view.profile.licences, view.standings, strict=True)
    ]


def _fact(fact: "Fact", value: Any, zone: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "source": fact.source.value,
        "by": fact.by,
        "at": local_iso(fact.at, zone),
        "proved": fact.is_proved,
    }
    if fact.others:
        said["others"] = [
            {"value": str(getattr(one.value, "word", one.value)), "source": one.source.value}
            for one in fact.others
        ]
    return {"value": value, **said} if isinstance(value, str) else {**value, **said}


def _verification(one: "Verification", zone: str) -> dict[str, Any]:
    return {
        "event": one.event,
        "verdict": one.now.verdict,
        "reasons": list(one.now.reasons),
        "first_verdict": one.verdict,
        "provisional": one.now.provisional,
        "profile": one.profile,
        "issuer": one.issuer,
        "at": local_iso(one.at, zone),
        "site": one.site,
        "window": one.window,
    }


def _view_text(document: dict[str, Any]) -> str:
    lines = [f"{document['uscc'] or '（无代码）'}  {document['name']}"]
    for name, fact in document["fields"].items():
        if name not in ("name", "kind"):
            lines.append(
                f"{words.ENTERPRISE_FIELDS[name]} {fact['value']}（{words.SOURCES[fact['source']]}）"
            )
    for one in document["licences"]:
        light, standing = words.LIGHTS[one["light"]], words.STANDINGS[one["standing"]]
        lines.append(f"证照 {one['kind']} {one['number']} [{light}] {standing} {one['until'] or '长期'}")
    if document["tags"]:
        lines.append("标签 " + "、".join(tag["word"] for tag in document["tags"]))
    lines += [f"联系人 {one['name']} {one['phone']}".rstrip() for one in document["contacts"]]
    lines.append(f"在办 {document['open_cases']} 件，共列出 {len(document['cases'])} 件")
    lines += [f"  {case['number']}  {words.word(words.STATES, case['state'])}" for case in document["cases"]]
    lines += [f"  核验 {one['at']}  {words.VERDICTS[one['verdict']]}" for one in document["verifications"]]
    return "\n".join(lines)


@station_command(app, "list")
def list_(asked: Asked, top: Top = None) -> None:
    """列出已知企业，最近来过或改过的在前。"""
    from services.enterprises import list_enterprises

    with asked.opened() as station:
        page = station.call(list_enterprises, limit=top)
    rows = page.rows
    text = "\n".join(
        f"{row.uscc or '（无代码）':<18}  {row.name}  {'、'.join(row.tags)}".rstrip() for row in rows
    )
    asked.emit([_row(row, page.now_ms) for row in rows], text=text or "还没有企业")


def _row(row: "EnterpriseRow", now_ms: int) -> dict[str, Any]:
    return {
        "uscc": row.uscc,
        "name": row.name,
        "kind": row.kind,
        "address": row.address or None,
        "tags": list(row.tags),
        "contact": {"name": row.contact_name, "phone": row.contact_phone},
        "cases": row.cases,
        "proved": row.proved_at(now_ms),
    }


@station_command(app, "import")
def import_(
    asked: Asked,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Excel（.xlsx）或 CSV 名单")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入")] = False,
) -> None:
    """导入园区自己的企业名单；同一份名单再导入一次不会有变化。"""
    from services.enterprise_import import read_list, run_over

    found = read_list(file)
    if not found.rows:
        raise _all_wrong(found)
    with asked.opened() as station:
        result = run_over(station, found, dry_run=dry_run, go_on=_progress(len(found.rows)))
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    document = _import_document(found, result, dry_run=dry_run)
    asked.emit(document, text=_import_text(document))


def _all_wrong(found: "EnterpriseList") -> AppError:
    first = next(problem for problem in found.problems if problem.blocking)
    shown = _problem(first)
    return AppError(
        "enterprises.list_all_wrong",
        name=found.name,
        total=found.total,
        row=shown["row"],
        column=shown["column"],
        reason=shown["problem"],
    )


def _progress(total: int) -> Any:
    """Rows done on stderr, for a person who watches; nothing where nobody does."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int) -> bool:
        sys.stderr.write(f"\r{done} / {total}")
        sys.stderr.flush()
        return True

    return tell


def _import_document(found: "EnterpriseList", result: "ImportResult", *, dry_run: bool) -> dict[str, Any]:
    left_out = {problem.row for problem in found.problems if problem.blocking}
    return {
        "file": found.name,
        "dry_run": dry_run,
        "rows": found.total,
        "new": result.new,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "left_out": len(left_out),
        "columns": {column.value: name for column, name in found.header.names.items()},
        "unknown_columns": list(found.header.unknown),
        "problems": [
            {**_problem(problem), "left_out": problem.row in left_out} for problem in found.problems
        ],
    }


def _problem(problem: "Problem") -> dict[str, Any]:
    from desktop.messages import sentence

    return {
        "row": problem.row,
        "column": problem.column,
        "problem": sentence(AppError(problem.code, **problem.params)),
        "code": problem.code,
    }


def _import_text(document: dict[str, Any]) -> str:
    head = "试算（未写入）" if document["dry_run"] else "已导入"
    lines = [
        f"{head}：新增 {document['new']}，更新 {document['updated']}，无变化 {document['unchanged']}，"
        f"有问题未导入 {document['left_out']}，共 {document['rows']} 行"
    ]
    if document["unknown_columns"]:
        lines.append("未识别的列：" + "、".join(document["unknown_columns"]))
    shown = document["problems"][:_SHOWN_PROBLEMS]
    lines += [
        f"第 {one['row']} 行“{one['column']}”：{one['problem']}"
        + ("" if one["left_out"] else "（该行其余内容已导入）")
        for one in shown
    ]
    if len(document["problems"]) > len(shown):
        lines.append(f"另有 {len(document['problems']) - len(shown)} 处问题，用 --json 查看全部")
    return "\n".join(lines)
