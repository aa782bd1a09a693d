"""The columns of the case list: how a row is put into words, and what each is sorted by."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop import words
from desktop.widgets import Tone

Text = Callable[[Any, Any], str]
State = Callable[[Any, Any], tuple[Tone, str]]


class Standing(StrEnum):
    """How an open case stands against its promise."""

    FINE = "fine"
    TODAY = "today"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Column:
    """``text(row, facts)``; ``sort`` is a name of ``db`` sorts or empty; ``width`` in full-width characters.

    ``badge(row, facts)`` is what a column of states shows by shape and colour as well.
    """

    id: str
    title: str
    text: Text
    width: int
    sort: str = ""
    shown: bool = True
    badge: State | None = None


def _day(at: int | None, facts: Any) -> str:
    return words.moment(at, facts.zone)[5:] if at else ""


def _boards(row: Any, facts: Any) -> str:
    return words.joined(
        facts.board_name(code).removesuffix("服务板块").removesuffix("板块") for code in row.boards
    )


def _due(row: Any, facts: Any) -> str:
    if row.due_at is None:
        return ""
    return _day(row.due_at, facts) + ("（暂定）" if row.provisional else "")


def state_badge(row: Any, now_ms: int, zone: str) -> tuple[Tone, str]:
    """The state of a row as shape, colour and word; an open case past its promise says so."""
    state = words.word(words.STATES, row.state)
    if row.newer:
        return Tone.WARN, f"{state}·需更新"
    if row.closed_at is not None:
        return (Tone.OK if row.state == "resolved" else Tone.QUIET), state
    standing = standing_of(row.due_at, now_ms, zone)
    if standing is Standing.OVERDUE:
        return Tone.DANGER, "已超期"
    return (Tone.WARN, "今日到期") if standing is Standing.TODAY else (Tone.INFO, state)


def standing_of(due_at: int | None, now_ms: int, zone: str) -> Standing:
    """Against the promise at ``now_ms``."""
    if due_at is None:
        return Standing.FINE
    if due_at < now_ms:
        return Standing.OVERDUE
    same_day = words.local(due_at, zone).date() == words.local(now_ms, zone).date()
    return Standing.TODAY if same_day else Standing.FINE


def badge_column(id: str, title: str, badge: State, width: int, sort: str = "") -> Column:
    """A column of states."""
    return Column(id, title, lambda row, facts: badge(row, facts)[1], width, sort, badge=badge)


COLUMNS = (
    Column("number", "编号", lambda row, _: row.number, 10, "number"),
    badge_column("state", "状态", lambda row, facts: state_badge(row, facts.now_ms, facts.zone), 6, "state"),
    Column("applicant", "企业", lambda row, _: row.applicant, 14, "applicant"),
    Column("excerpt", "诉求", lambda row, _: " ".join(row.excerpt.split()), 20),
    Column("kind", "类型", lambda row, _: words.word(words.KINDS, row.kind), 4, "kind"),
    Column("boards", "板块", _boards, 6, "board"),
    Column("accepted", "受理", lambda row, facts: _day(row.accepted_at, facts), 6, "accepted"),
    Column("due", "期限", _due, 6, "due"),
    Column("closed", "办结", lambda row, facts: _day(row.closed_at, facts), 6, shown=False),
    Column("channel", "来源", lambda row, _: words.word(words.CHANNELS, row.channel), 5, shown=False),
    Column("scope", "范围", lambda row, _: words.word(words.SCOPES, row.scope), 3, shown=False),
    Column("limit", "时限", lambda row, _: words.word(words.LIMITS, row.limit_class), 4, shown=False),
    Column("uscc", "信用代码", lambda row, _: row.uscc or "", 11, shown=False),
    Column("package", "一类事", lambda row, _: row.package or "", 10, shown=False),
    Column("actor", "受理人", lambda row, facts: words.person(row.actor, facts.staff_names), 5, shown=False),
)
STRETCHED = "excerpt"
