"""The columns of a work queue: how a board's share is put into words."""

from typing import Any

from desktop import words
from desktop.cases.columns import Column, Standing, badge_column, standing_of
from desktop.widgets import Tone

STATE_TONES = {"assigned": Tone.WARN, "answered": Tone.OK, "returned": Tone.DANGER}


def clock_badge(row: Any, facts: Any) -> tuple[Tone, str]:
    """How a share stands against the promise of its case, by shape, colour and word."""
    now_ms = facts.now_ms
    if row.waits == "suspended":
        return Tone.QUIET, "挂起"
    if row.due_at is None:
        return Tone.QUIET, "无期限"
    if row.red_at is not None and now_ms >= row.red_at:
        return Tone.DANGER, words.ALERTS["red"]
    standing = standing_of(row.due_at, now_ms, facts.zone)
    if standing is Standing.OVERDUE:
        return Tone.DANGER, words.ALERTS["yellow"]
    if standing is Standing.TODAY:
        return Tone.WARN, "今日到期"
    is_near = row.amber_at is not None and now_ms >= row.amber_at
    return (Tone.WARN, words.ALERTS["amber"]) if is_near else (Tone.INFO, words.ALERTS["none"])


def share_badge(row: Any, facts: Any) -> tuple[Tone, str]:
    """How far the board has come with its share, and what it waits for."""
    if row.waits:
        return Tone.QUIET, words.word(words.WAITS, row.waits)
    word = words.word(words.SHARE_STATES, row.state)
    if row.state in ("received", "handling") and row.partly:
        word = words.QUEUES["partial"]
    return STATE_TONES.get(row.state, Tone.INFO), word


def _others(row: Any, facts: Any) -> str:
    names = [facts.board_name(code).removesuffix("板块").removesuffix("服务") for code in row.boards]
    role = words.word(words.SHARE_ROLES, row.role)
    if len(names) < 2:
        return role
    others = names[1:] if row.role == "lead" else names[:1]
    return f"{role} · {'协办' if row.role == 'lead' else '牵头'}{words.joined(others)}"


def _handler(row: Any, facts: Any) -> str:
    return words.person(row.handler, facts.staff_names) if row.handler else ""


COLUMNS = (
    badge_column("clock", "时限", clock_badge, 6),
    Column(
        "due", "期限", lambda row, facts: words.moment(row.due_at, facts.zone)[5:] if row.due_at else "", 6
    ),
    badge_column("state", "进度", share_badge, 7),
    Column("number", "编号", lambda row, _: row.number, 10),
    Column("applicant", "企业", lambda row, _: ("■ 敏感 " if row.sensitive else "") + row.applicant, 13),
    Column("excerpt", "诉求", lambda row, _: " ".join(row.excerpt.split()), 18),
    Column("role", "分工", _others, 8),
    Column("handler", "经办", _handler, 5),
)
BADGES = tuple(place for place, column in enumerate(COLUMNS) if column.badge is not None)
STRETCHED = next(place for place, column in enumerate(COLUMNS) if column.id == "excerpt")
