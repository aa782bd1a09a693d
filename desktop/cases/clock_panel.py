"""时限: the promise, how it was counted, and how much of the time each board has had."""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.intake.explain import DayByDay
from desktop.shell.popover import Popover
from desktop.widgets import ActionButton, Card, Scrolled, Tone, empty, label, set_tone
from domain.deadlines.clock import Alert

BAR_HEIGHT = 6
TONES = {Alert.AMBER: Tone.WARN, Alert.YELLOW: Tone.DANGER, Alert.RED: Tone.DANGER}


class ShareBar(QWidget):
    """How much of the whole one part is, as a bar; the figure stands beside it."""

    def __init__(self, part: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self.setAccessibleName(f"{part:.0%}")

    def sizeHint(self) -> QSize:
        return QSize(60, BAR_HEIGHT + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRect(0, (self.height() - BAR_HEIGHT) // 2, self.width(), BAR_HEIGHT)
        painter.fillRect(room, self.palette().color(QPalette.ColorRole.AlternateBase).darker(112))
        room.setWidth(round(room.width() * self.part))
        painter.fillRect(room, self.palette().color(QPalette.ColorRole.Accent))
        painter.end()


class ClockPanel(Card):
    """时限. ``days_shown`` after the count of days was opened."""

    days_shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("时限", parent)
        self._view: Any = None
        self.why = ActionButton("怎么算出来的", kind="quiet")
        self.why.clicked.connect(self._on_why_clicked)
        self.head.addWidget(self.why)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        self._shares = QGridLayout()
        self._shares.setHorizontalSpacing(8)
        self._shares.setVerticalSpacing(2)
        self._shares.setColumnStretch(1, 1)
        self.body.addLayout(self._lines)
        self.body.addLayout(self._shares)

    def show_clock(self, view: Any) -> None:
        """Show the clock of ``view`` at the moment it was read."""
        self._view = view
        self.why.setEnabled(bool(view.clock.days))
        empty(self._lines)
        for text, tone in clock_lines(view):
            line = label(text, "mark" if tone else "", wrap=True)
            set_tone(line, tone)
            self._lines.addWidget(line)
        self._show_shares(view)

    def _show_shares(self, view: Any) -> None:
        empty(self._shares)
        total = sum(share.elapsed_ms for share in view.clock.shares)
        for place, share in enumerate(view.clock.shares):
            name = view.facts.board_name(share.board).removesuffix("服务板块").removesuffix("板块")
            part = share.elapsed_ms / total if total else 0.0
            said = label(f"{words.open_span(share.elapsed_ms)} · {part:.0%}", "small")
            said.setAlignment(Qt.AlignmentFlag.AlignRight)
            bar = ShareBar(part)
            bar.setAccessibleName(f"{name} {said.text()}")
            for column, widget in enumerate((label(name), bar, said)):
                self._shares.addWidget(widget, place, column)

    def _on_why_clicked(self) -> None:
        # A long count scrolls: the sheet hangs low on the page.
        days = DayByDay(self._view.clock)
        days.setProperty("role", "scrolled")
        sheet = Scrolled(days)
        sheet.setMaximumHeight(days.sizeHint().height() + 8)
        Popover(self.window(), self.why, sheet, width=400)
        self.days_shown.emit()


def head_clock(view: Any) -> tuple[str, Tone]:
    """The promise against now in a few words, for the head of the page."""
    case, clock, facts = view.case, view.clock, view.facts
    if clock.due_ms is None:
        return "没有期限", Tone.QUIET
    due = words.due_words(clock.due_ms, facts.zone) + ("（暂定）" if clock.provisional else "")
    if not case.is_open:
        took = words.span((case.closed_at or facts.now_ms) - case.accepted_at)
        return (
            f"用时 {took} · {'超过' if clock.is_overdue else '在'}期限 {due}{'' if clock.is_overdue else ' 内'}",
            Tone.QUIET,
        )
    if clock.paused_since_ms is not None:
        return f"挂起，不计时 · 现在恢复则 {due} 到期", Tone.QUIET
    alert = f"{words.ALERTS[clock.alert.value]} · " if clock.alert is not Alert.NONE else ""
    if clock.is_overdue:
        return f"{alert}期限 {due} · 已超 {words.span(facts.now_ms - clock.due_ms)}", Tone.DANGER
    tone = TONES.get(clock.alert, Tone.INFO)
    return f"{alert}期限 {due} · 还有 {words.span(clock.due_ms - facts.now_ms)}", tone


def clock_lines(view: Any) -> list[tuple[str, Tone | None]]:
    """What there is to say of a case's time, line by line."""
    return [*_promise(view), *_pauses(view), *_agreed(view)]


def _promise(view: Any) -> list[tuple[str, Tone | None]]:
    case, clock, zone = view.case, view.clock, view.facts.zone
    lines: list[tuple[str, Tone | None]] = []
    begun = {True: "升级兜底", False: "重办" if case.reopened else "受理"}[
        case.escalated_at == case.limit_from
    ]
    used = words.open_span(clock.elapsed_ms)
    lines.append(
        (f"从{begun}（{words.moment(clock.limit_from_ms, zone)[5:]}）起算，已用服务时间 {used}", None)
    )
    if clock.limit_from_ms != clock.start_ms:
        lines.append((f"从最初受理起，连同挂起共 {words.open_span(clock.age_ms)}", None))
    if clock.alert is not Alert.NONE:
        lines.append((f"▲ {_ALERTED[clock.alert]}", TONES[clock.alert]))
    if case.is_open and clock.alert is Alert.NONE and clock.amber_ms is not None:
        lines.append((f"{words.moment(clock.amber_ms, zone)[5:]} 起提醒临期", None))
    if clock.provisional:
        lines.append(("期限是暂定的：涉及的年份还没有公布放假安排，公布后自动重算。", Tone.WARN))
    return lines


_ALERTED = {
    Alert.AMBER: "临期：离期限不到一个工作日",
    Alert.YELLOW: "黄牌：已超过期限",
    Alert.RED: "红牌：超过期限两个工作日以上",
}


def _pauses(view: Any) -> list[tuple[str, Tone | None]]:
    zone = view.facts.zone
    lines: list[tuple[str, Tone | None]] = []
    for pause in view.case.suspensions:
        end = words.moment(pause.end, zone)[5:] if pause.end is not None else "现在"
        tone = None if pause.end is not None else Tone.WARN
        lines.append((f"挂起 {words.moment(pause.start, zone)[5:]} 至 {end}：{pause.reason}", tone))
    return lines


def _agreed(view: Any) -> list[tuple[str, Tone | None]]:
    case, zone = view.case, view.facts.zone
    lines: list[tuple[str, Tone | None]] = []
    if case.extension is not None:
        who = words.person(case.extension.actor, view.facts.staff_names)
        lines.append((f"{who} 申请延期到 {words.due_words(case.extension.until, zone)}，等待审批", Tone.WARN))
    if case.extended:
        lines.append(("已批准延期", None))
    if case.plan is not None:
        lines.append((f"方案：{words.due_words(case.plan.until, zone)} 前完成", None))
    if case.consultations:
        met, count = case.consultations[-1], len(case.consultations)
        until = f"，{words.due_words(met.until, zone)} 前落实" if met.until else ""
        which = f"会商 {count} 次，最近" if count > 1 else "会商"
        lines.append((f"{which}（{words.moment(met.at, zone)[5:]}）：{met.agreed}{until}", None))
    return lines


def owner_words(view: Any) -> str:
    """Whose turn it is: ``政策服务板块 · 李敏``, ``窗口``."""
    owner, facts = view.owner, view.facts
    away = f"{facts.site_name(owner.site)} " if owner.site != facts.book.site.code else ""
    if owner.board is None:
        return f"{away}窗口"
    board = facts.board_name(owner.board)
    if owner.role.value == "chief":
        return f"{away}{board}首席服务专员"
    return f"{away}{board}" + (
        f" · {words.person(owner.handler, facts.staff_names)}" if owner.handler else ""
    )
