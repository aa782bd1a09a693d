"""``qifu problem``: the three problem lists, and problems that many cases share."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_options import MaybeBoard, Scope, Site, Top, zone_of
from desktop.cli.output import NO
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from domain.errors import AppError

if TYPE_CHECKING:
    from services.common_problems import CaseRow, CommonAnswerResult, ProblemView

app = typer.Typer(add_completion=False, no_args_is_help=True, help="问题清单（点、链、块）与共性问题。")

Ref = Annotated[str, typer.Argument(metavar="REF", help="共性问题编号（G 开头的 7 位）")]
Cases = Annotated[list[str], typer.Argument(metavar="N…", help="办件编号，可多个")]


@station_command(app, "list")
def list_(
    asked: Asked,
    scope: Scope = None,
    board: MaybeBoard = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="企业标签")] = None,
    site: Site = None,
    age: Annotated[int | None, typer.Option("--age", metavar="DAYS", help="受理至少多少天")] = None,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", help="open closed overdue any，或办件状态")
    ] = "open",
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="内容里的字")] = "",
    top: Top = None,
) -> None:
    """三张问题清单：问题池里的办件，新的在前。"""
    from services.problem_lists import ProblemFilter, read_problems

    wanted = ProblemFilter(scope, board, tag, site, age, None if state == "any" else state, text)
    with asked.opened() as station:
        page = station.call(read_problems, wanted, limit=top)
        zone = zone_of(station)
    rows = [_case(row, zone) for row in page.rows]
    document = {"counts": page.counts, "total": page.total, "rows": rows}
    lines = (f"{row['number']}  {row['scope']}  {row['name']}  {row['text']}" for row in rows)
    asked.emit(document, text="\n".join(lines) or "清单里没有问题。")


@station_command(app)
def common(
    asked: Asked,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="open answered")] = None,
) -> None:
    """共性问题，新的在前。"""
    from services.common_problems import list_common_problems

    with asked.opened() as station:
        found = station.call(list_common_problems, state)
        zone = zone_of(station)
    rows = [
        {
            "ref": one.ref,
            "title": one.title,
            "scope": one.scope,
            "state": one.state,
            "members": one.members,
            "answered": one.answered,
            "begun": local_iso(one.begun_at, zone),
        }
        for one in found
    ]
    lines = (f"{row['ref']}  {row['title']}  已答复 {row['answered']}/{row['members']}" for row in rows)
    asked.emit(rows, text="\n".join(lines) or "没有共性问题。")


@station_command(app)
def begin(
    asked: Asked,
    cases: Cases,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="标题，一句话")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="说明")] = "",
    scope: Annotated[
        str | None, typer.Option("--scope", metavar="SCOPE", help="point chain block，默认同第一件")
    ] = None,
) -> None:
    """把相似的办件立为一个共性问题。"""
    from domain.cases.model import Scope as Codes
    from services.common_problems import begin_problem

    if scope is not None and scope not in tuple(Codes):
        raise AppError("supervision.filter_invalid", field="scope", known=" ".join(Codes))
    wanted = None if scope is None else Codes(scope)
    _step(asked, begin_problem, title, tuple(cases), wanted, text)


@station_command(app)
def show(asked: Asked, ref: Ref) -> None:
    """一个共性问题和归入的办件。"""
    from services.common_problems import open_problem

    _step(asked, open_problem, ref)


@station_command(app)
def join(asked: Asked, ref: Ref, cases: Cases) -> None:
    """把办件归入共性问题。"""
    from services.common_problems import join_problem

    _step(asked, join_problem, ref, tuple(cases))


@station_command(app)
def leave(
    asked: Asked,
    ref: Ref,
    cases: Cases,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由")],
) -> None:
    """把办件移出共性问题。"""
    from services.common_problems import leave_problem

    _step(asked, leave_problem, ref, tuple(cases), reason)


@station_command(app)
def suggest(
    asked: Asked, ref: Ref, top: Annotated[int, typer.Option("--top", min=1, help="最多几件")] = 20
) -> None:
    """可能相似、还没有归入的办件。"""
    from services.common_problems import suggest_members

    with asked.opened() as station:
        found = station.call(suggest_members, ref, top)
        zone = zone_of(station)
    rows = [{**_case(one.row, zone), "alike": one.alike} for one in found]
    lines = (f"{row['alike']:.2f}  {row['number']}  {row['name']}  {row['text']}" for row in rows)
    asked.emit(rows, text="\n".join(lines) or "没有相似的办件。")


@station_command(app)
def answer(
    asked: Asked,
    ref: Ref,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="答复；不写用已记录的答复")] = "",
) -> None:
    """统一答复：本板块牵头的逐件答复；有没答成的，列出原因，退出码 1。"""
    from services.common_problems import answer_problem

    with asked.opened() as station:
        result = station.call(answer_problem, ref, text)
    document = _answered(result)
    lines = (
        [f"已答复 {len(result.answered)} 件。"] if not result.proposed else ["答复已记录，由牵头板块答复。"]
    )
    lines += [f"{one['number']}：{one['why']}" for one in document["refused"]]
    asked.emit(document, text="\n".join(lines), code=NO if result.refused else 0)


def _step(asked: Asked, service: Any, *args: Any) -> None:
    with asked.opened() as station:
        document = view_document(station.call(service, *args), zone_of(station))
    text = f"{document['ref']}  {document['title']}  共 {len(document['members'])} 件"
    asked.emit(document, text=text)


def view_document(view: "ProblemView", zone: str) -> dict[str, Any]:
    """A common problem for programs."""
    problem = view.problem
    answered = {one.case_id: one.answered_at for one in problem.members}
    return {
        "ref": view.ref,
        "id": problem.id,
        "title": problem.title,
        "text": problem.text or None,
        "scope": problem.scope.value,
        "state": problem.state.value,
        "begun": local_iso(problem.begun_at, zone),
        "members": [
            {**_case(row, zone), "answered": local_iso(answered[row.id], zone)} for row in view.cases
        ],
        "unknown": [one.case_id for one in problem.members if one.case_id not in {c.id for c in view.cases}],
        "answers": [
            {"at": local_iso(one.at, zone), "actor": one.actor, "board": one.board or None, "text": one.text}
            for one in problem.answers
        ],
    }


def _answered(result: "CommonAnswerResult") -> dict[str, Any]:
    from desktop.messages import sentence

    refused = [
        {"number": one.number or None, "id": one.case_id, "code": one.error.code, "why": sentence(one.error)}
        for one in result.refused
    ]
    return {"answered": list(result.answered), "refused": refused, "proposed": result.proposed}


def _case(row: "CaseRow", zone: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "id": row.id,
        "name": row.applicant,
        "scope": row.scope,
        "state": row.state,
        "boards": list(row.boards),
        "site": row.site,
        "accepted": local_iso(row.accepted_at, zone),
        "due": local_iso(row.due_at, zone),
        "text": row.excerpt,
    }
