"""The queue in words: states by shape, word and colour; spans; who somebody is."""

from collections.abc import Mapping, Sequence

from desktop import words
from desktop.queue.hall_line import LineState
from desktop.widgets import Tone
from domain.queue.desk import GroupLine, HallView, TicketLine
from domain.queue.model import EndReason, TicketState
from domain.queue.rules import APPOINTMENT, NORMAL

STATES: Mapping[TicketState, tuple[Tone, str]] = {
    TicketState.WAITING: (Tone.QUIET, "等候"),
    TicketState.TRANSFERRED: (Tone.INFO, "转来"),
    TicketState.CALLED: (Tone.WARN, "已叫，等来人"),
    TicketState.SERVING: (Tone.OK, "办理中"),
    TicketState.HELD: (Tone.INFO, "暂挂"),
    TicketState.MISSED: (Tone.WARN, "过号"),
    TicketState.LEFT: (Tone.QUIET, "已离开"),
    TicketState.FINISHED: (Tone.OK, "已办结"),
}
END_REASONS: Mapping[EndReason, str] = {
    EndReason.DAY_CLOSED: "日结时关闭",
    EndReason.EMERGENCY: "紧急关闭",
    EndReason.SUPERVISOR: "主任结束",
}
PAUSES = ("午休", "暂时离开", "开会", "系统维护", "交接班")
NOBODY = "窗口现在没有来访者。按 F4 叫下一个。"
NOBODY_WAITS = "现在没有人等候。"
NO_WINDOW = "没有设本机窗口号，不能叫号。"
SHORT_NAME = 24
LINES: Mapping[LineState, str] = {
    LineState.AWAY: "大厅主机联系不上。本窗口现在只发、只叫自己的号，主机回来后自动接上。",
    LineState.MOVED: "大厅主机已经换到另一台电脑。请用新主机的入网码把本机接过去；接好前只叫自己发的号。",
    LineState.UNHEARD: "上级还没有应答，不知道本大厅的排队由谁管。接上之前，本窗口只发、只叫自己的号。",
}
LINES_FOR_VISITORS: Mapping[LineState, str] = {
    LineState.AWAY: "叫号系统正在恢复，请留意窗口叫号",
    LineState.MOVED: "叫号系统正在恢复，请留意窗口叫号",
    LineState.UNHEARD: "请留意窗口叫号",
}
MOVE = "接管大厅主机…"


def clock(milliseconds: int) -> str:
    """A running time: ``03:25``, ``1:02:07``."""
    seconds = max(0, milliseconds) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes:02d}:{seconds % 60:02d}"


def waited(milliseconds: int) -> str:
    """A span as lists show it: ``不到 1 分钟``, ``12 分钟``, ``1 小时 5 分``."""
    return words.span(milliseconds) if milliseconds >= 60_000 else "不到 1 分钟"


def state_of(ticket: TicketLine) -> tuple[Tone, str]:
    """The state of a ticket, with why it ended where that is not usual."""
    tone, word = STATES[ticket.state]
    reason = END_REASONS.get(ticket.end_reason) if ticket.end_reason else None
    return (tone, f"{word}·{reason}") if reason else (tone, word)


def who(ticket: TicketLine) -> str:
    """The enterprise a number was taken for."""
    return ticket.name or ticket.uscc or "没有登记企业"


def short(text: str) -> str:
    """``text`` in a few characters, for menus."""
    return text if len(text) <= SHORT_NAME else text[: SHORT_NAME - 1] + "…"


def group_name(view: HallView | None, code: str) -> str:
    """The name of a group; its code where the hall does not know it."""
    groups: Sequence[GroupLine] = view.groups if view is not None else ()
    return next((group.name for group in groups if group.code == code), code)


def priority_name(view: HallView | None, code: str) -> str:
    """优先 in a word, without its explanation; empty for everybody else."""
    if code == NORMAL:
        return ""
    known = view.priorities if view is not None else ()
    name = next((priority.name for priority in known if priority.code == code), code)
    return name.split("（")[0]


def marks(ticket: TicketLine, view: HallView | None) -> str:
    """What is particular about a visit: priority, appointment, transfer, recalls."""
    found = []
    priority = priority_name(view, ticket.priority)
    if ticket.appointment_at is not None and view is not None:
        found.append(f"★ 预约 {words.local(ticket.appointment_at, view.zone):%H:%M}")
    if priority and not (ticket.priority == APPOINTMENT and found):
        found.append(f"★ {priority}")
    if ticket.recalls and ticket.state is TicketState.CALLED:
        most = f"/{view.recall_limit}" if view is not None else ""
        found.append(f"重呼 {ticket.recalls}{most}")
    if ticket.time_wrong:
        found.append("用时不准")
    return "  ".join(found)


def waiting_words(view: HallView, groups: Sequence[str], now_ms: int) -> tuple[str, str]:
    """How many wait for a window of ``groups`` and how long the longest has; then every group by itself."""
    own = [group for group in view.groups if group.code in groups] or list(view.groups)
    count = sum(group.waiting for group in own)
    since = [group.oldest_since for group in own if group.oldest_since is not None]
    longest = f" · 最久 {waited(now_ms - min(since))}" if since else ""
    return f"等候 {count} 人{longest}", "  ".join(f"{group.code} {group.waiting}" for group in own)
