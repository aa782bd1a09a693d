"""What lists and panels say of a rating; of a hidden one only what its clerk may know."""

from typing import Any

from desktop import words
from desktop.messages.ratings import RATING_STATES
from desktop.queue.live.model import Badge, Column
from desktop.widgets import Tone
from domain.callbacks.model import DISSATISFIED
from domain.ratings.model import AppealState

OPEN, MINE = "open", "mine"
LISTS = (
    (OPEN, "在办差评"),
    ("overdue", "超期"),
    ("to_verify", "待核实"),
    ("to_answer", "待整改"),
    ("to_call", "待回访"),
    ("appeals", "申诉"),
    ("bad", "全部差评"),
)
"""Name of ``services.ratings.views`` → word."""
HIDDEN = "不显示"
MOST = 500


def level_badge(item: Any, now_ms: int) -> Badge:
    """The level that was given."""
    tone = Tone.DANGER if item.level == 1 else Tone.WARN if item.level <= DISSATISFIED else Tone.OK
    return tone, words.word(words.LEVELS, str(item.level))


def state_badge(item: Any, now_ms: int) -> Badge:
    """How far its loop is."""
    state = words.word(RATING_STATES, item.state)
    if item.overdue:
        return Tone.DANGER, f"{state}·超期"
    return (Tone.INFO if item.state.startswith("to_") else Tone.QUIET), state


def appeal_words(item: Any) -> str:
    """Where the appeal stands; empty without one."""
    return "" if item.appeal == AppealState.NONE.value else words.word(words.APPEALS, item.appeal)


def tag_words(tags: Any) -> str:
    """What was ticked."""
    return words.joined(words.word(words.RATING_TAGS, str(tag)) for tag in tags)


def supervisor_columns(zone: Any) -> tuple[Column, ...]:
    """``zone`` gives the site's time zone."""
    return (
        Column("评价", 6, lambda one, now: level_badge(one, now)[1], badge=level_badge),
        Column("进度", 8, lambda one, now: state_badge(one, now)[1], badge=state_badge),
        Column("本步期限", 7, lambda one, now: _moment(one.due_at, zone()), is_fixed=True),
        Column("企业", 8, lambda one, now: HIDDEN if one.hidden else one.applicant or "未登记企业"),
        Column("申诉", 5, lambda one, now: appeal_words(one)),
    )


def own_columns() -> tuple[Column, ...]:
    """For the clerk concerned."""
    return (
        Column("月份", 4, lambda one, now: one.month, is_fixed=True),
        Column("评价", 6, lambda one, now: level_badge(one, now)[1], badge=level_badge),
        Column("勾选", 8, lambda one, now: tag_words(one.tags)),
        Column("进度", 8, lambda one, now: state_badge(one, now)[1], badge=state_badge),
        Column("申诉", 6, lambda one, now: appeal_words(one)),
    )


def _moment(at: int | None, zone: str) -> str:
    return words.moment(at, zone)[5:] if at else ""
