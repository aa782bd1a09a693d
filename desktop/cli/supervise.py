"""``qifu supervise``: the supervision list, reminders, urging and supervision slips, the figures of a centre."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.case_options import FromDay, MaybeBoard, Number, Scope, Site, ToDay, Top, zone_of
from desktop.cli.output import NOTHING
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from desktop.messages.supervision import LEVELS

if TYPE_CHECKING:
    from domain.cases.model import Case
    from domain.supervision.figures import CentreFigures
    from services.supervision.lists import SupervisionItem
    from services.supervision.reminders import Reminder

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="督办：清单、提醒、催办、督办单、时效指标。"
)

Words = Annotated[str, typer.Option("--text", metavar="TEXT", help="要求或答复")]
Day = Annotated[str, typer.Option("--until", metavar="DATE", help="要求哪一天前答复，如 2026-11-30")]
ListName = Annotated[
    str,
    typer.Option(
        "--list", metavar="NAME", help="amber overdue yellow red sensitive urged unanswered all，默认 all"
    ),
]
_MINUTE = 60_000
_ALERTS = {"none": "正常", **LEVELS}


@station_command(app, "list")
def list_(
    asked: Asked,
    name: ListName = "all",
    board: MaybeBoard = None,
    site: Site = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="诉求类型代码")] = None,
    scope: Scope = None,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="编号、企业或内容里的字")] = "",
    top: Top = None,
) -> None:
    """督办清单：预警、超期、敏感和催办过的在办件，超期最久的在前；时长是工作时间。"""
    from services.supervision.lists import SupervisionFilter, read_supervision

    wanted = SupervisionFilter(board, site, kind, scope, text)
    with asked.opened() as station:
        page = station.call(read_supervision, name, wanted, limit=top)
        zone = zone_of(station)
    rows = [item_document(item, zone) for item in page.rows]
    document = {"list": name, "counts": page.counts, "rows": rows}
    asked.emit(document, text="\n".join(_line(row) for row in rows) or "没有要督办的办件。")


@station_command(app)
def remind(
    asked: Asked,
    run: Annotated[bool, typer.Option("--run/--no-run", help="先生成到时的提醒（开放时间内）")] = True,
) -> None:
    """本人的督办提醒；没有时退出码 3。"""
    from services.supervision.reminders import reminders_for, run_reminders

    with asked.opened() as station:
        made = station.call(run_reminders) if run else 0
        found = station.call(reminders_for)
        zone = zone_of(station)
    rows = [reminder_document(one, zone) for one in found]
    text = "\n".join(f"{_ALERTS[row['level']]}  {row['number']}  {row['name']}" for row in rows)
    asked.emit(
        {"made": made, "rows": rows},
        text=text or "没有督办提醒。",
        code=0 if rows else NOTHING,
    )


@station_command(app)
def seen(asked: Asked, number: Number) -> None:
    """知悉一件的督办提醒，之后不再提醒。"""
    from services.supervision.reminders import acknowledge_reminder

    with asked.opened() as station:
        count = station.call(acknowledge_reminder, number)
    asked.emit({"count": count}, text=f"已知悉 {count} 条提醒。")


@station_command(app)
def urge(asked: Asked, number: Number, text: Words, until: Day = "") -> None:
    """催办（督办人员）：要求承办板块答复。"""
    from services.supervision.measures import urge_case

    _measure(asked, urge_case, number, text, until)


@station_command(app)
def card(asked: Asked, number: Number, text: Words, until: Day = "") -> None:
    """发督办单（督办人员）：超期的亮黄牌，超期 2 个工作日的亮红牌。"""
    from services.supervision.measures import card_case

    _measure(asked, card_case, number, text, until)


@station_command(app)
def answer(asked: Asked, number: Number, text: Words) -> None:
    """板块回复催办或督办。"""
    from services.supervision.measures import answer_supervision

    _measure(asked, answer_supervision, number, text)


@station_command(app)
def figures(asked: Asked, day: FromDay, to: ToDay) -> None:
    """时效指标：高效闭环率（问题池中限时内办结的，占已办结或已超期的）、1/3/5 日办结、各板块用时。"""
    from services.supervision.figures import centre_figures

    with asked.opened() as station:
        found = station.call(centre_figures, day, to)
    share = found.closure_permille
    text = "这段时间的问题池里还没有办结或超期的。"
    if share is not None:
        of = f"问题池中限时内办结 {found.pool_in_time}，占已办结或已超期 {found.pool_decided}"
        text = f"高效闭环率 {share / 10:.1f}%（{of}）"
    asked.emit(figures_document(found), text=text)


def _measure(asked: Asked, service: Any, *args: Any) -> None:
    with asked.opened() as station:
        case = station.call(service, *args)
        document = measures_document(case, zone_of(station))
    last = document["measures"][-1]
    said = {"urge": "已催办", "card": "已发督办单"}[last["kind"]]
    asked.emit(document, text=f"{case.number} {said}，{len(last['answers'])} 个板块已回复。")


def measures_document(case: "Case", zone: str) -> dict[str, Any]:
    """What was done to hurry a case, and what boards answered."""
    measures = [
        {
            "id": one.id,
            "kind": one.kind.value,
            "at": local_iso(one.at, zone),
            "actor": one.actor,
            "boards": list(one.boards),
            "alert": one.alert,
            "until": local_iso(one.until, zone),
            "text": one.text,
            "waiting": list(one.waiting),
            "answers": [
                {"board": said.board, "at": local_iso(said.at, zone), "actor": said.actor, "text": said.text}
                for said in one.answers
            ],
        }
        for one in case.measures
    ]
    return {"number": case.number, "id": case.id, "state": case.state.value, "measures": measures}


def item_document(item: "SupervisionItem", zone: str) -> dict[str, Any]:
    """A line of the list; ``over_min`` is negative before the limit ends. Minutes of opening time."""
    row, owner = item.row, item.owner
    return {
        "number": row.number,
        "id": row.case_id,
        "name": row.applicant,
        "text": row.excerpt,
        "state": row.state,
        "kind": row.kind,
        "scope": row.scope,
        "alert": item.alert.value,
        "sensitive": row.sensitive,
        "due": local_iso(row.due_at, zone),
        "over_min": None if item.over_ms is None else item.over_ms // _MINUTE,
        "age_min": item.age_ms // _MINUTE,
        "owner": {
            "role": owner.role.value,
            "site": owner.site,
            "board": owner.board,
            "handler": owner.handler,
        },
        "shares": [{"board": one.board, "minutes": one.elapsed_ms // _MINUTE} for one in item.shares],
        "urged": row.urged,
        "carded": row.carded,
        "waiting": row.waiting,
        "until": local_iso(row.until_at, zone),
    }


def reminder_document(one: "Reminder", zone: str) -> dict[str, Any]:
    """A reminder for programs."""
    return {
        "number": one.number,
        "id": one.case_id,
        "level": one.level.value,
        "name": one.applicant,
        "text": one.excerpt,
        "state": one.state,
        "due": local_iso(one.due_at, zone),
        "made": local_iso(one.made_at, zone),
        "for": {"role": one.whom.role.value, "board": one.whom.board, "handler": one.whom.handler},
    }


def figures_document(found: "CentreFigures") -> dict[str, Any]:
    """The figures for programs; times are minutes of opening time."""
    return {
        "accepted": found.accepted,
        "closed": found.closed,
        "pool_decided": found.pool_decided,
        "pool_in_time": found.pool_in_time,
        "closure_permille": found.closure_permille,
        "within": {
            str(days): {"closed": count, "permille": found.within_permille(days)}
            for days, count in found.within.items()
        },
        "boards": [
            {
                "board": one.board,
                "answered": one.answered,
                "mean_min": one.mean_ms // _MINUTE,
                "median_min": one.median_ms // _MINUTE,
            }
            for one in found.boards
        ],
    }


def _line(row: dict[str, Any]) -> str:
    due = (row["due"] or "")[:16].replace("T", " ") or "停表"
    owner = row["owner"]["board"] or "窗口"
    return f"{_ALERTS[row['alert']]}  {row['number']}  {due} 前  {owner}  {row['name']}".rstrip()
