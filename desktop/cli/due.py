"""``qifu due``: when a limit ends, with the count shown day by day. Needs no store and makes none."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from desktop.cli.output import emit
from desktop.messages.deadlines import why
from domain.cases.model import LimitClass
from domain.deadlines.due import DueTime, due_time
from domain.deadlines.hours import SiteHours, to_ms
from domain.deadlines.rules import MAX_DAYS, Rules
from domain.errors import AppError
from resources import path

app = typer.Typer(add_completion=False)


@app.command()
def due(
    at: Annotated[str, typer.Option(metavar="ISO", help="起算时间；不带时区即网点当地时间")] = "",
    limit: Annotated[str, typer.Option(metavar="CLASS", help="时限类别：simple、standard、hard、item")] = "",
    days: Annotated[str, typer.Option(metavar="N", help="item 的承诺工作日数")] = "",
    profile: Annotated[str, typer.Option(metavar="P", help="时限标准，如 provincial、qiantang")] = "",
    home: Annotated[Path | None, typer.Option(metavar="DIR", help="用这个网点的日历和服务时间")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """推算办理期限，并逐日说明怎样计算。"""
    rules = load_rules(home)
    answer = due_time(
        _start(at, rules.hours),
        _limit(limit),
        _days(days),
        rules.profile(profile or None),
        rules.calendar,
        rules.hours,
    )
    emit(_document(answer, rules.hours), as_json=as_json, text=_as_text(answer, rules.hours))


def load_rules(home: Path | None) -> Rules:
    """The calendar, hours and profiles that count: those shipped, or a station's own."""
    if home is None:
        return Rules.from_documents(_shipped("calendar"), _shipped("limits"))
    from desktop.cli.station import opened
    from services.rulebook import current

    with opened(home) as station:
        return station.call(current).rules


def _shipped(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path(f"reference/{name}.json").read_text("utf-8"))
    return document


def _start(at: str, hours: SiteHours) -> int:
    if not at.strip():
        raise AppError("deadlines.at_missing")
    try:
        moment = datetime.fromisoformat(at.strip())
        local = moment if moment.tzinfo else moment.replace(tzinfo=hours.zone)
        return to_ms(local)
    except (ValueError, OverflowError) as error:
        raise AppError("deadlines.at_invalid", at=at) from error


def _limit(code: str) -> LimitClass:
    if not code:
        raise AppError("deadlines.limit_missing")
    if code not in set(LimitClass):
        raise AppError("deadlines.limit_unknown", limit=code)
    return LimitClass(code)


def _days(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise AppError("deadlines.days_range", days=text, most=MAX_DAYS)
    return int(text)


def _document(answer: DueTime, hours: SiteHours) -> dict[str, Any]:
    return {
        "due": hours.local(answer.due_ms).isoformat(),
        "provisional": answer.provisional,
        "days": [
            {"date": day.date.isoformat(), "counts": day.counts, "why": why(day), "why_code": str(day.why)}
            for day in answer.days
        ],
    }


def _as_text(answer: DueTime, hours: SiteHours) -> str:
    moment = hours.local(answer.due_ms)
    head = f"办结期限：{moment:%Y-%m-%d}（周{_weekday(moment.weekday())}）{moment:%H:%M}"
    if answer.provisional:
        head += "  暂定：途经年份的放假安排尚未公布，公布后重新计算"
    return "\n".join([head, *_lines(answer)])


def _lines(answer: DueTime) -> list[str]:
    lines, counted = [], 0
    for day in answer.days:
        counted += day.counts
        mark = f"第 {counted} 日" if day.counts else "　—　"
        lines.append(f"  {day.date.isoformat()} 周{_weekday(day.date.weekday())}  {mark}  {why(day)}")
    return lines


def _weekday(number: int) -> str:
    return "一二三四五六日"[number]
