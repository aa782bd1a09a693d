"""How sync is put into words: in the header, at the head of its page, and in its lists."""

import re
from collections.abc import Sequence
from typing import Any

from desktop import words
from desktop.messages.documents import refused_words
from desktop.messages.sync import failure_words
from desktop.shell.header import LinkState
from desktop.sync.runner import Run
from desktop.widgets import Tone

MINUTE_MS = 60_000
DAY_MS = 86_400_000
JUST_NOW = "刚刚"
STAGES = {
    "push": "上报记录",
    "pull": "接收记录",
    "fold": "整理记录",
    "documents": "更新资料",
    "files": "传送附件",
}
AREAS = {
    "case": "办件",
    "ticket": "排队号",
    "enterprise": "企业档案",
    "rating": "评价",
    "problem": "共性问题",
    "hall": "大厅日志",
    "node": "设备",
    "other": "其他记录",
}
BELOW = 3
"""So many sites below are named, the others counted."""
DOCUMENTS = 3
"""So many documents that were not taken in are named, the others counted."""
AGE = re.compile("，最早 [^·]*?(?= ·|$)")
SHORTER = (
    ("等待同步 ", "等待 "),
    ("正在同步 ", "同步 "),
    ("等待传送附件 ", "附件 "),
    (" · 待裁定 ", " · 裁定 "),
)
PHASES = {
    "alone": ("独立网点", Tone.QUIET),
    "synced": ("已同步", Tone.OK),
    "waiting": ("等待同步", Tone.INFO),
    "offline": ("离线", Tone.WARN),
    "revoked": ("已被停用", Tone.DANGER),
}


def header_link(state: Any, run: Run | None, warn_days: int) -> LinkState:
    """What the header says of ``state`` (None: not known yet)."""
    if state is None:
        return LinkState()
    tip = "\n".join(sentence_ for sentence_, _ in remarks(state, warn_days)) or "打开同步页"
    name, text, tone = _worded(state, run, warn_days)
    if state.to_decide and state.phase != "revoked":
        text, tone = f"{text} · 待裁定 {state.to_decide}", tone or Tone.WARN
    return LinkState(name, text, tone, tip, shorter_words(text))


def shorter_words(text: str) -> tuple[str, str]:
    """``text`` for a narrow header: in fewer words, then without the age of the oldest."""
    for long, short in SHORTER:
        text = text.replace(long, short)
    return text.replace("，最早 ", "，"), AGE.sub("", text)


def _worded(state: Any, run: Run | None, warn_days: int) -> tuple[str, str, Tone | None]:
    if not state.joined:
        return "desktop", "独立网点", None
    if state.phase == "revoked":
        return "prohibit", "已被停用", Tone.DANGER
    if run is not None and run.total:
        return "arrows-clockwise", f"正在同步 {min(run.done, run.total):,}/{run.total:,}", None
    waits = waiting_words(state)
    if state.phase == "offline":
        return "cloud-slash", f"离线 · {waits}" if waits else "离线", Tone.WARN
    if state.clock_is_off:
        return "clock", f"时钟差 {clock_minutes(state)} 分钟{_and_waiting(state)}", Tone.WARN
    if is_silent(state, warn_days):
        return "warning", f"{state.silent_ms // DAY_MS} 天没有同步{_and_waiting(state)}", Tone.WARN
    if waits:
        return "cloud-arrow-up", waits, None
    return "cloud-check", "已同步", None


def waiting_words(state: Any) -> str:
    """``等待同步 12 件，最早 35 分钟``; empty where nothing waits."""
    if not state.waiting and not state.files:
        return ""
    if not state.waiting:
        return f"等待传送附件 {state.files} 个"
    since = age(state.now_ms, state.oldest_at)
    return f"等待同步 {_count(state)}" if since == JUST_NOW else f"等待同步 {_count(state)}，最早 {since}"


def _and_waiting(state: Any) -> str:
    return f" · 等待 {_count(state)}" if state.waiting else ""


def _count(state: Any) -> str:
    return f"{state.waiting:,} 条" if state.records is None else f"{state.records:,} 件"


def age(now_ms: int, since: int | None) -> str:
    """How long ago, in its largest unit."""
    minutes = max(0, now_ms - (since or now_ms)) // MINUTE_MS
    if minutes >= 1440:
        return f"{minutes // 1440} 天"
    if minutes >= 60:
        return f"{minutes // 60} 小时"
    return f"{minutes} 分钟" if minutes else JUST_NOW


def clock_minutes(state: Any) -> int:
    """By how many minutes this machine's clock differs, at least one."""
    return max(1, round(abs(int(state.offset_ms)) / MINUTE_MS))


def is_silent(state: Any, warn_days: int) -> bool:
    """Whether nothing was heard from above for so long that people are warned."""
    return bool(state.joined) and state.silent_ms >= warn_days * DAY_MS


def remarks(state: Any, warn_days: int) -> list[tuple[str, Tone]]:
    """What people should know of ``state``, the most pressing first."""
    found = []
    if state.failure:
        found.append((failure_words(state.failure), Tone.DANGER if state.phase == "revoked" else Tone.WARN))
    if state.clock_is_off:
        slow = "慢" if state.offset_ms > 0 else "快"
        found.append(
            (
                f"本机时钟比上级{slow} {clock_minutes(state)} 分钟。办件照常受理，记录的先后以上级收到的时间为准；"
                "请校准这台电脑的时钟。",
                Tone.WARN,
            )
        )
    if is_silent(state, warn_days):
        found.append(
            (
                f"已有 {state.silent_ms // DAY_MS} 天没有和上级同步。受理不受影响，记录都在本机；"
                "请检查网络，或联系中心管理员。",
                Tone.WARN,
            )
        )
    return found


def document_remarks(refused: Sequence[Any]) -> list[tuple[str, Tone]]:
    """Which documents from above are not in force here, and why; the first of many by name."""
    found = [(refused_words(one.kind, one.reason, one.field), Tone.WARN) for one in refused[:DOCUMENTS]]
    if len(refused) > DOCUMENTS:
        more = f"还有 {len(refused) - DOCUMENTS} 份上级的资料没有采用，用命令 qifu sync status 看全部。"
        found.append((more, Tone.WARN))
    return found


def stage_words(run: Run | None) -> str:
    """What a run is doing."""
    if run is None:
        return ""
    stage = STAGES.get(run.stage, "正在连接上级…")
    return f"{stage} {min(run.done, run.total):,}/{run.total:,}" if run.total else stage


def outcome_words(outcome: Any) -> tuple[str, Tone]:
    """What became of a run that somebody asked for."""
    if outcome.failure == "sync.cancelled":
        return "已停下；下次接着传。", Tone.INFO
    if outcome.failure:
        return failure_words(outcome.failure), Tone.WARN
    moved = f"上报 {outcome.pushed:,} 条，接收 {outcome.pulled:,} 条"
    if outcome.waiting:
        return f"{moved}，还有 {outcome.waiting:,} 条等待。", Tone.INFO
    return f"{moved}，全部同步。", Tone.OK


def record_words(label: Any) -> str:
    """Number and name of a record."""
    return " ".join(part for part in (label.number, label.name) if part) or AREAS[label.area]


def device_words(side: Any) -> str:
    """Where something was recorded."""
    if getattr(side, "is_here", False):
        return "本机"
    return side.device_name or f"设备 {side.device[:6]}"


def below_words(membership: Any) -> str:
    """That this station sees the sites below its own, which somebody may not have meant."""
    named = words.joined(membership.below[:BELOW])
    more = f"等 {len(membership.below)} 个" if len(membership.below) > BELOW else ""
    return (
        f"“{membership.site_name}”下面还有{named}{more}，本机看得到它们的办件和企业档案。"
        f"只办一个网点的业务，请向中心要那个网点的入网码，重新加入。"
    )
