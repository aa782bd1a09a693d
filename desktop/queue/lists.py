"""The lists of the queue page: which tickets belong to each, and their columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop import words
from desktop.queue import wording
from desktop.queue.live.model import Badge, Column
from desktop.widgets import Tone
from desktop.window_words import short_window
from domain.queue.desk import HallView, TicketLine, WindowLine
from domain.queue.model import TicketState

LINE, WINDOWS, BACK, ENDED = "line", "windows", "back", "ended"
LISTS = ((LINE, "等候"), (WINDOWS, "窗口"), (BACK, "暂挂和过号"), (ENDED, "已结束"))
_BACK = frozenset({TicketState.HELD, TicketState.MISSED})
View = Callable[[], HallView | None]


@dataclass(frozen=True, slots=True)
class Nothing:
    """What is said of an empty list, and what to do."""

    headline: str
    advice: str


EMPTY = {
    LINE: Nothing("没有人等候", "来访者在取号机取号，或在右边替他取号。"),
    BACK: Nothing("没有暂挂和过号的号", "来访者要去取材料时按 F7 暂挂，叫了不来时按 F6 过号，都会列在这里。"),
    ENDED: Nothing("今天还没有结束的号", "办结（F8）和离开的号列在这里，可以补打小票、改记用时。"),
}


def belongs(ticket: TicketLine, name: str) -> bool:
    """Whether a ticket of today stands in the list called ``name``."""
    if name == LINE:
        return ticket.state.in_line
    return ticket.state in _BACK if name == BACK else not ticket.state.is_open


def list_of(ticket: TicketLine) -> str:
    """The list that a ticket stands in; those at a window stand among the windows."""
    return next((name for name in (LINE, BACK, ENDED) if belongs(ticket, name)), WINDOWS)


def matching(tickets: Iterable[TicketLine], group: str, text: str) -> list[TicketLine]:
    """Those of ``group`` (all where empty) whose number, enterprise or code holds ``text``."""
    wanted = text.strip().upper()
    return [
        one
        for one in tickets
        if (not group or one.group == group)
        and (not wanted or wanted in one.number or wanted in one.name.upper() or wanted in one.uscc)
    ]


def line_columns(view: View) -> tuple[Column, ...]:
    """Of those who wait, in the order they will be called."""
    return (
        _NUMBER,
        _group(view),
        Column("等候", 6, lambda one, now: wording.waited(now - one.issued_at), is_fixed=True),
        Column("优先、预约", 9, lambda one, now: wording.marks(one, view())),
        _WHO,
        Column("指定窗口", 5, lambda one, now: one.target),
        _taken(view),
    )


def ticket_columns(view: View) -> tuple[Column, ...]:
    """Of those who may come back, and of those who are through."""
    return (
        _NUMBER,
        Column("状态", 9, lambda one, now: wording.state_of(one)[1], badge=_ticket_badge),
        _group(view),
        Column("窗口", 4, lambda one, now: one.window),
        Column("自", 3, lambda one, now: _clock_time(one.ended_at or one.since, view()), is_fixed=True),
        _WHO,
        Column("办件", 2, lambda one, now: f"{len(one.cases)} 件" if one.cases else "", is_fixed=True),
        Column("用时", 3, lambda one, now: "不准" if one.time_wrong else "", is_fixed=True),
        _taken(view),
    )


def window_columns(view: View) -> tuple[Column, ...]:
    """Of the windows."""
    return (
        Column("窗口", 9, lambda one, now: f"{short_window(one.code)} {one.name}".strip()),
        Column("状态", 9, lambda one, now: _window_state(one)[1], badge=lambda one, now: _window_state(one)),
        Column("号码", 4, lambda one, now: one.ticket.number if one.ticket else "", is_fixed=True),
        Column(
            "时长",
            4,
            lambda one, now: wording.clock(now - one.ticket.since) if one.ticket else "",
            is_fixed=True,
        ),
        Column("企业", 14, lambda one, now: wording.who(one.ticket) if one.ticket else ""),
        Column("暂挂", 2, lambda one, now: str(len(one.held) or ""), is_fixed=True),
        Column(
            "人员", 6, lambda one, now: one.staff_name or words.person(one.staff, {}) if one.staff else ""
        ),
    )


_NUMBER = Column("号码", 4, lambda one, now: one.number, is_fixed=True)
_WHO = Column("企业", 14, lambda one, now: one.name or one.uscc)


def _group(view: View) -> Column:
    return Column("队列", 9, lambda one, now: wording.group_name(view(), one.group))


def _taken(view: View) -> Column:
    return Column("取号", 3, lambda one, now: _clock_time(one.issued_at, view()), is_fixed=True)


def _clock_time(at_ms: int, view: HallView | None) -> str:
    return f"{words.local(at_ms, view.zone):%H:%M}" if view is not None else ""


def _ticket_badge(ticket: TicketLine, now_ms: int) -> Badge:
    tone, word = wording.state_of(ticket)
    return str(tone), word


def _window_state(window: WindowLine) -> Badge:
    if window.since is None:
        return str(Tone.QUIET), "没有开"
    if not window.open:
        return str(Tone.WARN), window.reason or "暂停"
    if window.ticket is None:
        return str(Tone.INFO), "空闲"
    tone, word = wording.STATES[window.ticket.state]
    return str(tone), word
