"""``qifu sync``: a run at once, what waits and came back, what is to be decided, the day's end."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from desktop.cli.case_options import zone_of
from desktop.cli.output import DONE, NOTHING, WAITING
from desktop.cli.station import local_iso
from desktop.cli.station_command import Asked, station_command
from desktop.cli.sync_document import (
    conflict_document,
    day_document,
    day_text,
    held_document,
    label_document,
    review_document,
    state_document,
    state_text,
)
from desktop.messages.sync import failure_words
from desktop.words import CHOICES, CONFLICTS, DECISIONS, held_reason, word
from domain.errors import AppError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="同步：立即同步、还有什么在等、冲突与复核、日终核对。"
)

LISTED = 100
"""So many rows somebody reads at a terminal; a program is told all."""
Code = TypeVar("Code", bound=StrEnum)
EventId = Annotated[str, typer.Argument(metavar="EVENT", help="记录的 id，见 conflicts 或 reviews")]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", "--top", metavar="N", min=1, help=f"最多列几条；不给则列 {LISTED} 条，--json 全部列出"
    ),
]
Day = Annotated[str, typer.Option("--day", metavar="DATE", help="哪一天，如 2026-11-18；默认今天")]


@station_command(app)
def now(asked: Asked) -> None:
    """立即同步，直到两边一致；还有等待的、连不上的退出码 4，独立网点退出码 3。"""
    from services.erasure import finish_erasure
    from services.retention import retire_all
    from services.sync.state import read_sync_state
    from services.upstream_documents import take_in
    from sync.engine.extras import usual_extras
    from sync.engine.synchronise import synchronise_fully

    with asked.opened() as station:
        if not station.call(read_sync_state).joined:
            none: dict[str, Any] = {"pushed": 0, "pulled": 0, "waiting": 0, "rejected": 0, "failure": None}
            asked.emit(none, "独立网点，没有上级，不需要同步。", NOTHING)
        done = synchronise_fully(station, extras=usual_extras(take_in))
        station.run_aside(finish_erasure)
        station.run_aside(retire_all)
    document = {
        "pushed": done.pushed,
        "pulled": done.pulled,
        "waiting": done.waiting,
        "rejected": done.rejected,
        "failure": done.failure or None,
    }
    text = f"上报 {done.pushed} 条，接收 {done.pulled} 条，等待 {done.waiting} 条，退回 {done.rejected} 条。"
    why = f"\n{failure_words(done.failure)}" if done.failure else ""
    asked.emit(document, text + why, WAITING if done.waiting or done.failure else DONE)


@station_command(app)
def status(asked: Asked) -> None:
    """与上级的同步情况；还有等待的退出码 4，独立网点退出码 3。"""
    from services.sync.documents import refused_documents
    from services.sync.state import Phase, read_sync_state

    with asked.opened() as station:
        state, zone = station.call(read_sync_state), zone_of(station)
        not_taken = station.run_aside(refused_documents)
    codes = {Phase.ALONE: NOTHING, Phase.SYNCED: DONE}
    document, text = state_document(state, zone, not_taken), state_text(state, zone, not_taken)
    asked.emit(document, text, codes.get(state.phase, WAITING))


@station_command(app)
def list_waiting(
    asked: Asked,
    top: Annotated[int | None, typer.Option("--top", metavar="N", min=1, help="最多列几件")] = None,
) -> None:
    """还没有到达上级的办件和其他记录，等得最久的在前。"""
    from services.sync.waiting import list_waiting as read_waiting

    with asked.opened() as station:
        found, zone = station.call(read_waiting, limit=top), zone_of(station)
    rows = [
        {**label_document(one.label), "events": one.events, "since": local_iso(one.since, zone)}
        for one in found.rows
    ]
    lines = [_waiting_line(one) for one in rows]
    asked.emit(rows, "\n".join(lines) or "没有等待同步的记录。")


@station_command(app)
def list_refused(asked: Asked, limit: Limit = None) -> None:
    """退回的记录（伪造或残缺）和原因，最近的在前；它们原样保留。"""
    from services.sync.waiting import list_refused as read_refused

    _held(asked, read_refused, "refused", limit, "没有退回的记录。")


@station_command(app)
def quarantined(asked: Asked, limit: Limit = None) -> None:
    """隔离的记录：设备停用之后才送来的，最近的在前。"""
    from services.sync.waiting import list_quarantined

    _held(asked, list_quarantined, "quarantined", limit, "没有隔离的记录。")


@station_command(app)
def release(
    asked: Asked,
    key: Annotated[str, typer.Argument(metavar="KEY", help="隔离记录的 key，见 quarantined")],
) -> None:
    """放行一条隔离的记录（督办、管理员）。"""
    from services.sync.quarantine import release as let_in

    with asked.opened() as station:
        station.call(let_in, key)
    asked.emit({"key": key, "state": "released"}, "已放行。")


@station_command(app)
def export(
    asked: Asked,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="写到哪个文件，如 U 盘上的 a.qfs；已有则接着写")
    ],
) -> None:
    """把还没到中心的记录写到 U 盘，只有中心能打开；联网后不会重复。没有要写的退出码 3。"""
    from services.stick_key import stick_key
    from sync.session import read_access, signs_with
    from sync.stick import export_to

    with asked.opened() as station:
        key, (_, seed, _) = station.call(stick_key), station.call(read_access)
        done = export_to(to, station, signs_with(seed), key)
    document = {"file": str(to), "events": done.events, "written": done.written}
    text = (
        f"文件里有 {done.events} 条，这次写入 {done.written} 条：{to}\n请在中心用 qifu-server import 导入。"
    )
    asked.emit(document, text if done.events else "没有要送的记录。", DONE if done.events else NOTHING)


@station_command(app)
def conflicts(asked: Asked) -> None:
    """要裁定的冲突：先到的、后到的，各是谁在什么时候、哪台设备上记的。"""
    from services.sync.conflicts import list_conflicts

    with asked.opened() as station:
        found, zone = station.call(list_conflicts), zone_of(station)
    rows = [conflict_document(one, zone) for one in found]
    lines = [f"{one['event']}  {one['number']}  {word(CONFLICTS, one['code'])}" for one in rows]
    asked.emit(rows, "\n".join(lines) or "没有要裁定的冲突。")


@station_command(app)
def decide(
    asked: Asked,
    event: EventId,
    choose: Annotated[str, typer.Option("--choose", metavar="CHOICE", help="kept other both")],
) -> None:
    """裁定一处冲突：以先到的为准、改用后到的、两份都保留。"""
    from domain.cases.decisions import ConflictChoice
    from services.sync.conflicts import decide_conflict

    choice = _code(ConflictChoice, choose)
    with asked.opened() as station:
        station.call(decide_conflict, event, choice)
    asked.emit({"event": event, "choice": choice.value}, f"已裁定：{word(CHOICES, choice.value)}。")


@station_command(app)
def reviews(asked: Asked) -> None:
    """要复核的步骤：记录的人当时没有这项权限。"""
    from services.sync.reviews import list_reviews

    with asked.opened() as station:
        found, zone = station.call(list_reviews), zone_of(station)
    rows = [review_document(one, zone) for one in found]
    lines = [
        f"{one['event']}  {one['number']}  {one['step']['kind']}  {one['step']['actor']}" for one in rows
    ]
    asked.emit(rows, "\n".join(lines) or "没有要复核的步骤。")


@station_command(app)
def review(
    asked: Asked,
    event: EventId,
    decision: Annotated[str, typer.Option("--decide", metavar="DECISION", help="kept undone")],
    why: Annotated[str, typer.Option("--text", "--reason", metavar="TEXT", help="理由，撤销时必填")] = "",
) -> None:
    """复核一步：认可或撤销（督办、管理员）。"""
    from domain.cases.decisions import ReviewDecision
    from services.sync.reviews import decide_review

    decided = _code(ReviewDecision, decision)
    with asked.opened() as station:
        station.call(decide_review, event, decided, why)
    asked.emit({"event": event, "decision": decided.value}, f"已复核：{word(DECISIONS, decided.value)}。")


@station_command(app)
def day_end(
    asked: Asked,
    day: Day = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="核对单存成的 PDF 文件")] = None,
    paper: Annotated[str, typer.Option("--paper", metavar="SIZE", help="a5 80mm")] = "a5",
) -> None:
    """日终核对：当日受理、中心已确认、等待；还有等待的退出码 4，独立网点退出码 3。"""
    from services.sync.day_end import day_end as read_day
    from services.sync.day_end import day_end_slip, keep_slip

    wanted = _day(day)
    with asked.opened() as station:
        told, zone = station.call(read_day, wanted), zone_of(station)
        slip = station.call(day_end_slip, wanted) if out is not None else None
    file = None if out is None or slip is None else str(keep_slip(slip, paper, out))
    code = NOTHING if not told.joined else WAITING if told.waiting else DONE
    asked.emit({**day_document(told, zone), "file": file}, day_text(told, file), code)


def _held(asked: Asked, service: Any, count: str, limit: int | None, nothing: str) -> None:
    from services.sync.state import read_sync_state

    most = limit or (None if asked.as_json else LISTED)
    with asked.opened() as station:
        found, zone = station.call(service, limit=most), zone_of(station)
        more = getattr(station.call(read_sync_state), count) - len(found)
    rows = [held_document(one, zone) for one in found]
    lines = [_held_line(one) for one in rows]
    if more > 0:
        lines.append(f"还有 {more:,} 条没有列出，用 --limit {len(rows) + more} 列出全部。")
    asked.emit(rows, "\n".join(lines) or nothing)


def _held_line(row: dict[str, Any]) -> str:
    what = row["number"] or row["kind"] or ""
    return f"{row['key']}  {held_reason(row['reason'])}  {what}".rstrip()


def _code(codes: type[Code], typed: str) -> Code:
    try:
        return codes(typed)
    except ValueError:
        raise AppError("sync.choice_unknown", choice=typed[:20], known=" ".join(codes)) from None


def _day(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise AppError("sync.day_format", day=typed[:20]) from None


def _waiting_line(row: dict[str, Any]) -> str:
    since = row["since"][:16].replace("T", " ")
    return f"{row['number'] or row['area']}  {row['name']}  {row['events']} 条  自 {since}"
