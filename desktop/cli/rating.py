"""``qifu rating``: ratings, and the loop of a bad one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from desktop.cli.callback import known_code
from desktop.cli.case_options import FromDay, ToDay, zone_of
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from desktop.messages.ratings import RATING_STATES
from desktop.words import LEVELS, word

if TYPE_CHECKING:
    from domain.ratings.model import Rating
    from services.ratings.views import RatingDetail, RatingItem

app = typer.Typer(add_completion=False, no_args_is_help=True, help="好差评：评价、差评处理、申诉。")

Ref = Annotated[str, typer.Argument(metavar="REF", help="评价编号（rating list 里的 8 位）")]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="内容")]
Level = Annotated[int, typer.Option("--level", metavar="1..5", help="5 非常满意 … 1 非常不满意")]


@station_command(app)
def record(
    asked: Asked,
    number: Annotated[str, typer.Argument(metavar="N", help="办件编号、短号，或今天的排队号")],
    level: Level,
    paper: Annotated[bool, typer.Option("--paper", help="录入评价箱里的纸质评价表（督办人员）")] = False,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="勾选的标签，可多次")] = None,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="来访者写的话")] = "",
) -> None:
    """记录来访者的评价：不写 --as 即由本机的评价屏给出；工作人员不能代填。"""
    from services.ratings.giving import rate

    with asked.opened() as station:
        given = station.call(rate, number, level, paper=paper, tags=tuple(tag or ()), text=text)
    document = {
        "number": number,
        "of": given.of,
        "level": given.level,
        "source": given.source,
        "second": given.second,
    }
    asked.emit(document, text=f"{number} 已评价：{word(LEVELS, str(given.level))}")


@station_command(app, "list")
def list_(
    asked: Asked,
    name: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="NAME",
            help="open overdue to_verify to_answer to_call appeals bad all；窗口人员只有 mine",
        ),
    ] = None,
) -> None:
    """要处理的差评；窗口人员只看到涉及自己的，不显示是谁评的。"""
    from services.ratings.views import list_ratings

    with asked.opened() as station:
        page = station.call(list_ratings, name)
        zone = zone_of(station)
    rows = [item_document(item, zone) for item in page.rows]
    asked.emit(rows, text="\n".join(_line(row) for row in rows) or "没有评价。")


@station_command(app)
def show(asked: Asked, ref: Ref) -> None:
    """一条评价和它的处理过程。"""
    from services.ratings.views import open_rating

    _step(asked, open_rating, ref)


@station_command(app)
def verify(
    asked: Asked,
    ref: Ref,
    text: Text,
    confirmed: Annotated[bool, typer.Option("--confirmed/--not-confirmed", help="情况属实或不属实")] = True,
) -> None:
    """核实差评（督办人员，1 个工作日内）。"""
    from services.ratings.loop import verify_rating

    _step(asked, verify_rating, ref, confirmed, text)


@station_command(app)
def fix(
    asked: Asked,
    ref: Ref,
    text: Text,
    explain: Annotated[bool, typer.Option("--explain", help="解释说明，而不是整改")] = False,
) -> None:
    """整改或解释说明（5 个工作日内）。"""
    from services.ratings.loop import answer_rating

    _step(asked, answer_rating, ref, not explain, text)


@station_command(app)
def call(
    asked: Asked,
    ref: Ref,
    result: Annotated[str, typer.Option("--result", help="reached no_answer wrong_number refused")],
    level: Annotated[int | None, typer.Option("--level", metavar="1..5", help="再次评价")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="备注")] = "",
) -> None:
    """差评回访；--level 为企业在电话里的再次评价。"""
    from domain.callbacks.model import CallResult
    from services.ratings.loop import call_rating

    _step(asked, call_rating, ref, known_code(CallResult, result, "result"), note, level)


@station_command(app)
def appeal(asked: Asked, ref: Ref, text: Text) -> None:
    """申诉：被评价的工作人员提出，看不到是谁评的。"""
    from services.ratings.loop import appeal_rating

    _step(asked, appeal_rating, ref, text)


@station_command(app)
def decide(
    asked: Asked,
    ref: Ref,
    text: Text,
    upheld: Annotated[bool, typer.Option("--upheld/--rejected", help="申诉成立或不成立")],
) -> None:
    """处理申诉（督办人员）；成立的评价不计。"""
    from services.ratings.loop import decide_appeal

    _step(asked, decide_appeal, ref, upheld, text)


@station_command(app)
def figures(asked: Asked, day: FromDay, to: ToDay) -> None:
    """满意度：基本满意及以上占已评价的比例；没有评价的不计。"""
    from services.ratings.figures import figures_of_days

    with asked.opened() as station:
        found = station.call(figures_of_days, day, to)
    document = {
        "rated": found.rated,
        "satisfied": found.satisfied,
        "satisfaction_permille": found.satisfaction_permille,
        "bad": found.bad,
        "closed": found.closed,
        "closure_permille": found.closure_permille,
        "overdue": found.overdue,
        "annulled": found.annulled,
        "rated_again": found.rated_again,
        "satisfied_after": found.satisfied_after,
        "levels": {str(level): found.levels.get(level, 0) for level in range(5, 0, -1)},
        "sources": dict(found.sources),
        "boards": {
            code: {"rated": rated, "satisfied": good} for code, (rated, good) in found.by_board.items()
        },
    }
    share = found.satisfaction_permille
    text = "没有人评价。" if share is None else f"满意度 {share / 10:.1f}%（{found.satisfied}/{found.rated}）"
    asked.emit(document, text=text)


def _step(asked: Asked, service: Any, *args: Any) -> None:
    with asked.opened() as station:
        document = detail_document(station.call(service, *args), zone_of(station))
    asked.emit(document, text=_line(document))


def item_document(item: "RatingItem", zone: str) -> dict[str, Any]:
    """A rating for programs; whose it is only where this person may know."""
    document: dict[str, Any] = {
        "ref": item.ref,
        "of": item.of,
        "level": item.level,
        "tags": list(item.tags),
        "month": item.month,
        "state": item.state,
        "at_parent": item.at_parent,
        "appeal": item.appeal,
        "second_level": item.second_level,
        "steps": list(item.steps),
    }
    if item.hidden:
        return document
    return {
        **document,
        "number": item.number,
        "id": item.case_id,
        "name": item.applicant,
        "board": item.board or None,
        "site": item.site,
        "source": item.source,
        "given": local_iso(item.given_at, zone),
        "due": local_iso(item.due_at, zone),
        "overdue": item.overdue,
        "concerned": list(item.concerned),
    }


def detail_document(detail: "RatingDetail", zone: str) -> dict[str, Any]:
    """One rating with its steps."""
    document = item_document(detail.item, zone)
    rating = detail.rating
    if rating is None:
        return {**document, "own_appeal": detail.own_appeal, "decision": detail.decision}
    return {**document, "text": rating.opinion.text, "contact": detail.contact, **_steps(rating, zone)}


def _steps(rating: "Rating", zone: str) -> dict[str, Any]:
    verified, answer, objection = rating.verified, rating.answer, rating.appeal
    return {
        "verified": verified
        and {
            "at": local_iso(verified.at, zone),
            "confirmed": verified.confirmed,
            "finding": verified.finding,
        },
        "answer": answer and {"at": local_iso(answer.at, zone), "fixed": answer.fixed, "text": answer.text},
        "calls": [
            {"at": local_iso(one.at, zone), "result": one.result.value, "note": one.note or None}
            for one in rating.calls
        ],
        "objection": objection
        and {"at": local_iso(objection.at, zone), "reason": objection.reason, "decision": objection.decision},
    }


def _line(row: dict[str, Any]) -> str:
    whose = f"  {row['number']} {row['name']}" if "number" in row else ""
    return f"{row['ref']}  {word(LEVELS, str(row['level']))}  {word(RATING_STATES, row['state'])}{whose}"
