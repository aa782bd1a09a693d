"""What the supervision lists say of a case."""

from typing import Any

from desktop import words
from desktop.queue.live.model import Badge, Column
from desktop.widgets import Tone
from domain.deadlines.clock import Alert

LISTS = (
    ("all", "全部"),
    ("amber", "临期"),
    ("yellow", "黄牌"),
    ("red", "红牌"),
    ("sensitive", "敏感"),
    ("unanswered", "催办未回复"),
)
"""Name of ``services.supervision.lists`` → word."""
PENDING = (("extensions", "待批延期"), ("returns", "待裁定退回"))
"""Name of ``services.case_lists`` → word."""
MOST = 500
HOUR_MS = 3_600_000
ALERT_TONES = {
    Alert.NONE: Tone.QUIET,
    Alert.AMBER: Tone.WARN,
    Alert.YELLOW: Tone.WARN,
    Alert.RED: Tone.DANGER,
}
_CUT = ("服务板块", "板块")


def alert_badge(item: Any, now_ms: int = 0) -> Badge:
    """Its card or warning; a sensitive one within its limit says so."""
    if item.alert is Alert.NONE:
        return (Tone.INFO, "敏感") if item.row.sensitive else (Tone.QUIET, words.ALERTS[Alert.NONE.value])
    return ALERT_TONES[item.alert], words.ALERTS[item.alert.value]


def short_board(facts: Any, code: str) -> str:
    """The name of a board without what all of them are called."""
    name: str = facts.board_name(code) if facts is not None else code
    for end in _CUT:
        name = name.removesuffix(end)
    return name


def owner_words(owner: Any, facts: Any) -> str:
    """Whose turn it is."""
    place = short_board(facts, owner.board) if owner.board else "前台"
    person = words.person(owner.handler, facts.staff_names) if owner.handler and facts else ""
    return f"{place} {person}".rstrip()


def shares_words(shares: Any, facts: Any) -> str:
    """How long each board has had it, in hours: ``政策 12.5、金融 0.7``."""
    return words.joined(f"{short_board(facts, one.board)} {one.elapsed_ms / HOUR_MS:.1f}" for one in shares)


def over_words(over_ms: int | None) -> str:
    """How far over its limit, or how much is left, in opening time."""
    if over_ms is None:
        return ""
    return f"超 {words.open_span(over_ms)}" if over_ms > 0 else f"余 {words.open_span(-over_ms)}"


def watch_columns(facts: Any) -> tuple[Column, ...]:
    """``facts`` gives the desk's facts."""
    return (
        Column("状态", 4, lambda one, now: alert_badge(one)[1], badge=alert_badge),
        Column("企业", 8, lambda one, now: one.row.applicant),
        Column("诉求", 7, lambda one, now: " ".join(one.row.excerpt.split())),
        Column("该谁办", 5, lambda one, now: owner_words(one.owner, facts())),
        Column("超期或剩余", 8, lambda one, now: over_words(one.over_ms), is_fixed=True),
        Column("板块用时（小时）", 9, lambda one, now: shares_words(one.shares, facts())),
        Column("催督", 2, lambda one, now: str(one.row.urged + one.row.carded or ""), is_right=True),
    )


def pending_columns(facts: Any) -> tuple[Column, ...]:
    """Cases that wait for a decision."""
    return (
        Column("编号", 10, lambda one, now: one.number, is_fixed=True),
        Column("企业", 9, lambda one, now: one.applicant),
        Column("诉求", 12, lambda one, now: " ".join(one.excerpt.split())),
        Column("板块", 6, lambda one, now: words.joined(short_board(facts(), code) for code in one.boards)),
        Column("期限", 6, lambda one, now: _moment(one.due_at, facts()), is_fixed=True),
    )


def _moment(at: int | None, facts: Any) -> str:
    return words.moment(at, facts.zone)[5:] if at and facts else ""
