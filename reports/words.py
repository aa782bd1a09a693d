"""Chinese words for the codes a snapshot holds: those of ``resources/words.json`` and the papers' own.

A code not listed prints as it stands.
"""

from collections.abc import Mapping
from datetime import datetime

from domain.printing.papers import LinkState
from resources.words import table

KINDS = table("kinds")
CHANNELS = table("channels")
SCOPES = table("scopes")
APPLICANTS = table("applicants")
CAPACITIES = table("capacities")
STATES = table("states")
SHARE_STATES = table("share_states")
ROLES = table("share_roles")
TOLD_BY = table("told_by")
ALERTS: Mapping[str, str] = {**table("alerts"), "none": "期内", "amber": "临期提醒"}
CALL_RESULTS = table("call_results")
LEVELS = {int(level): word for level, word in table("levels").items()}
PAPERS = table("papers")
CHOICES = table("conflict_choices")
DECISIONS = table("review_decisions")
LIMITS = {"simple": "简单事项", "standard": "一般事项", "hard": "疑难事项", "item": "按事项承诺"}
LINKS = {LinkState.SYNCED: "已同步", LinkState.LOCAL: "本机暂存"}
ORIGINS = {"assigned": "交办", "transferred": "转办", "escalated": "升级兜底", "reopened": "重办"}
HANDOVERS = {
    "assignment_returned": "退回",
    "return_decided": "退回裁定",
    "case_transferred": "转办",
    "case_escalated": "升级兜底",
    "case_passed_up": "上报",
    "case_handed_over": "移交网点",
}
NOT_SHOWN = {
    "missing": "附件库里没有这个文件的内容，或内容已损坏，未能并入卷宗。请按上面的 SHA-256 向中心核对原件。",
    "kind": "这种文件不能按页显示，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "unreadable": "文件打不开（损坏、加密或不符合格式），未能并入卷宗。原件按上面的 SHA-256 保存在附件库。",
    "too_many_pages": "文件页数太多，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "too_much": "本件的附件合计过多，这个文件未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "too_large": "图片尺寸过大，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
}
VOICES = {"rating": "评价", "callback": "回访"}

_WEEKDAYS = "一二三四五六日"


def word(words: Mapping[str, str], code: str) -> str:
    """Return the word of ``code``, or the code itself."""
    return words.get(code, code)


def limit_words(limit: str, days: int | None) -> str:
    """Return the limit class and its working days, ``一般事项 · 3 个工作日``."""
    name = word(LIMITS, limit)
    return name if days is None else f"{name} · {days} 个工作日"


def with_weekday(local: str) -> str:
    """Return ``2026-11-25 17:00`` as ``2026-11-25（周三）17:00``; other text as it stands."""
    try:
        moment = datetime.strptime(local, "%Y-%m-%d %H:%M")  # noqa: DTZ007 — local text, no zone to keep
    except ValueError:
        return local
    return f"{local[:10]}（周{_WEEKDAYS[moment.weekday()]}）{local[11:]}"


def span_words(minutes: int) -> str:
    """Return minutes of opening time as ``5 小时 20 分``."""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
