"""What the tables of the hall say of a window, a group, somebody who waits and a day's figures."""

from typing import Any

from desktop.queue.live.model import Badge, Column
from desktop.widgets import Tone
from desktop.window_words import short_window

NONE = "—"


def running(since: int | None, now_ms: int) -> str:
    """How long something lasts: ``05:12``, ``1:05:12``; NONE without a beginning."""
    return NONE if since is None else spent(max(0, now_ms - since))


def spent(duration_ms: int | None) -> str:
    """A duration: ``05:12``, ``1:05:12``."""
    if duration_ms is None:
        return NONE
    minutes, seconds = divmod(duration_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def about(seconds: int) -> str:
    """An estimate in whole minutes."""
    return f"约 {-(-seconds // 60)} 分" if seconds else "不用等"


def window_word(window: Any) -> str:
    """``3 号 · 综合窗口``."""
    number = short_window(window.code)
    return f"{number} · {window.name}" if window.name else number


def who(window: Any) -> str:
    """Who sits at a window."""
    if not window.staff:
        return NONE
    return window.staff_name or ("本机" if window.staff.startswith("device:") else window.staff)


def visitor(ticket: Any) -> str:
    """For whom a ticket was taken."""
    return (ticket.name or ticket.uscc or "未登记企业") if ticket is not None else ""


def window_columns(limits: Any) -> tuple[Column, ...]:
    """``limits`` gives the ``HallView`` in use, whose limits the bars are measured by."""

    def share(window: Any, now_ms: int) -> float | None:
        return _window_share(window, limits(), now_ms)

    return (
        Column("窗口", 10, lambda one, now: window_word(one)),
        Column("人员", 7, lambda one, now: who(one)),
        Column(
            "状态", 7, lambda one, now: one.reason, badge=lambda one, now: window_badge(one, limits(), now)
        ),
        Column("号码", 4, lambda one, now: one.ticket.number if one.ticket else "", is_fixed=True),
        Column("企业", 13, lambda one, now: visitor(one.ticket)),
        Column("已用时", 5, _window_time, share=share, is_right=True),
        Column("暂挂", 2, lambda one, now: str(len(one.held)) if one.held else "", is_right=True),
    )


def window_badge(window: Any, view: Any, now_ms: int) -> Badge:
    """How a window stands."""
    if window.ticket is not None:
        if now_ms - window.ticket.since > view.long_service_s * 1000:
            return Tone.DANGER, "办理过久"
        return Tone.INFO, "叫号中" if window.ticket.state.value == "called" else "办理中"
    if window.open:
        return Tone.OK, "空闲"
    if not window.staff:
        return Tone.QUIET, "未开"
    return Tone.WARN, f"暂停：{window.reason}" if window.reason else "暂停"


def _window_time(window: Any, now_ms: int) -> str:
    since = _busy_since(window)
    return "" if since is None else running(since, now_ms)


def _window_share(window: Any, view: Any, now_ms: int) -> float | None:
    since = _busy_since(window)
    limit_s = view.long_service_s if window.ticket is not None else view.alarm_pause_s
    return None if since is None else _share(since, limit_s, now_ms)


def _busy_since(window: Any) -> int | None:
    if window.ticket is not None:
        since: int = window.ticket.since
        return since
    return window.since if window.staff and not window.open else None


def group_columns(limits: Any) -> tuple[Column, ...]:
    """As ``window_columns``, for groups."""

    def share(group: Any, now_ms: int) -> float | None:
        return _wait_share(group, limits(), now_ms)

    return (
        Column("队列", 10, lambda one, now: group_word(one)),
        Column("取号", 7, lambda one, now: one.paused, badge=lambda one, now: group_badge(one, limits())),
        Column("等候", 2, lambda one, now: str(one.waiting), is_right=True),
        Column(
            "最久",
            5,
            lambda one, now: _wait(one, now),
            share=lambda one, now: _wait_share(one, limits(), now),
            is_right=True,
        ),
        Column("新来预计", 4, lambda one, now: about(one.wait_s), is_right=True),
        Column("开窗", 2, lambda one, now: str(one.open_windows), is_right=True),
        Column("已取", 2, lambda one, now: str(one.issued), is_right=True),
        Column(
            "余号", 2, lambda one, now: NONE if one.quota_left is None else str(one.quota_left), is_right=True
        ),
    )


def group_word(group: Any) -> str:
    """``A 综合受理``."""
    return f"{group.code} {group.name}"


def group_badge(group: Any, view: Any) -> Badge:
    """Whether numbers are given, and whether anybody calls them."""
    if view.closed:
        return Tone.DANGER, "大厅关闭"
    if group.paused:
        return Tone.WARN, f"停：{group.paused}"
    if group.quota_left == 0:
        return Tone.WARN, "限额已满"
    if group.waiting and not group.open_windows:
        return Tone.DANGER, "无窗口办理"
    return (Tone.QUIET, "非服务时间") if view.outside_hours else (Tone.OK, "取号中")


def _wait(group: Any, now_ms: int) -> str:
    return running(group.oldest_since, now_ms) if group.waiting else ""


def _wait_share(group: Any, view: Any, now_ms: int) -> float | None:
    if not group.waiting or group.oldest_since is None:
        return None
    return _share(group.oldest_since, view.alarm_wait_s, now_ms)


def _share(since: int, limit_s: int, now_ms: int) -> float:
    return max(0.0, (now_ms - since) / (limit_s * 1000))


LINE_COLUMNS = (
    Column("号码", 4, lambda one, now: one.number, is_fixed=True),
    Column("企业", 8, lambda one, now: visitor(one)),
    Column("已等", 4, lambda one, now: running(one.since, now), is_right=True),
    Column("备注", 5, lambda one, now: line_note(one)),
)


def line_note(ticket: Any) -> str:
    """What is special about somebody who waits."""
    notes = [
        f"只到 {ticket.target} 号" if ticket.target else "",
        "预约"
        if ticket.appointment_at
        else "优先"
        if ticket.priority not in ("normal", "appointment")
        else "",
        "转来" if ticket.state.value == "transferred" else "",
    ]
    return "，".join(note for note in notes if note)
