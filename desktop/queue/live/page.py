"""大厅: the supervisor's page. It follows the board; its times run by one timer."""

from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop import words
from desktop.queue.live.alarms import AlarmBell
from desktop.queue.live.columns import running
from desktop.queue.live.decisions import Decisions
from desktop.queue.live.figures import FiguresView
from desktop.queue.live.live_view import HALL, LINE, WINDOW, LiveView
from desktop.shell.page import Command, Page, PageContext
from desktop.widgets import Badge, ElidedLabel, NoticeBar, Segments, Tone, title
from desktop.window_words import short_window
from domain.queue.alarms import Alarm, alarms_of
from domain.queue.desk import HallView

SECOND_MS = 1_000
LIVE, FIGURES = "live", "figures"
CALLS_SHOWN = 6


class HallPage(Page):
    """大厅."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context, self._board = context, context.queue
        self.section = Segments([(LIVE, "实时"), (FIGURES, "当天数据")], name="看什么")
        self.closed = Badge("大厅已关闭", Tone.DANGER)
        self.summary = ElidedLabel("", "muted")
        self.bar = NoticeBar()
        self.live = LiveView(context.theme)
        self.figures = FiguresView(context)
        self.decisions = Decisions(context, self.live, self.bar, self)
        self.stack = QStackedWidget()
        self._bell = AlarmBell(self)
        self._since = QElapsedTimer()
        self._second = QTimer(self, interval=SECOND_MS)
        self._lay_out()
        self._connect()
        if self._board.view is not None:
            self._on_view(self._board.view)

    def on_shown(self) -> None:
        self.decisions.ask_rights()
        self._board.refresh()
        self._reload()
        self.live.windows.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if "reference" in changes.areas or changes.elsewhere:
            self.decisions.ask_rights()

    def open_item(self, argument: Any) -> None:
        """``figures``, or an alarm to look at."""
        if argument == FIGURES:
            self._show_section(FIGURES)
        elif isinstance(argument, Alarm):
            self.show_alarm(argument)

    def commands(self) -> list[Command]:
        return [
            Command("大厅：紧急关闭、通知、日结", self._show_hall, "warning", words="jjgb rj dtgl"),
            Command("大厅：当天排队数据", lambda: self._go(FIGURES), "chart-bar", words="pdsj drsj"),
        ]

    def now_ms(self) -> int:
        """Now by the hall's clock."""
        view = self.live.view
        return 0 if view is None else view.now_ms + int(self._since.elapsed())

    def show_alarm(self, alarm: Alarm) -> None:
        """Bring what an alarm is about to the front."""
        self._show_section(LIVE)
        if alarm.is_about_window:
            self.live.windows.choose(alarm.place)
            self._show_panel(WINDOW)
        else:
            self.live.groups.choose(alarm.place)
            self._show_panel(LINE)

    def showEvent(self, event: QShowEvent) -> None:
        self._second.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._second.stop()
        super().hideEvent(event)

    def _connect(self) -> None:
        live = self.live
        self._board.changed.connect(self._on_view)
        self._second.timeout.connect(self._on_second)
        self._bell.rung.connect(self._on_rung)
        self.section.chosen.connect(self._show_section)
        live.windows.chosen.connect(self._on_window_chosen)
        live.windows.clicked.connect(lambda _: self._show_panel(WINDOW))
        live.groups.clicked.connect(lambda _: self._show_panel(LINE))
        live.windows.opened.connect(lambda _: self._go_to_panel(WINDOW))
        live.groups.opened.connect(lambda _: self._go_to_panel(LINE))
        live.groups.chosen.connect(self._on_group_chosen)
        live.alarms.picked.connect(self.show_alarm)
        live.line_panel.group_chosen.connect(lambda _: self._ask_line())
        live.panel.chosen.connect(self._show_panel)

    def _on_view(self, view: HallView) -> None:
        live = self.live
        live.view = view
        self._since.start()
        alarms = alarms_of(view, view.now_ms)
        live.windows.show_rows(view.windows, view.now_ms)
        live.groups.show_rows(view.groups, view.now_ms)
        live.alarms.show_alarms(alarms, view, view.now_ms)
        live.line_panel.show_view(view)
        live.hall_panel.show_view(view)
        live.calls.setText(_calls(view))
        self.closed.setVisible(bool(view.closed))
        self.summary.setText(_summary(view, view.now_ms))
        self._bell.hear(alarms, view)
        self._reload()

    def _reload(self) -> None:
        """What the board's view does not hold is read only while somebody looks at it."""
        if not self.isVisible():
            return
        if self.section.value() == FIGURES and self.live.view is not None:
            self.figures.show_today(self.live.view.day)
        else:
            self._ask_line()

    def _on_second(self) -> None:
        view, now_ms = self.live.view, self.now_ms()
        if view is None:
            return
        alarms = alarms_of(view, now_ms)
        for table in (self.live.windows, self.live.groups):
            table.rows.tick(now_ms)
        self.live.alarms.show_alarms(alarms, view, now_ms)
        self.live.line_panel.tick(now_ms)
        self.live.window_panel.tick(now_ms)
        self.summary.setText(_summary(view, now_ms))
        self._bell.hear(alarms, view)

    def _on_rung(self, text: str) -> None:
        # Where the list of alarms is looked at, a notice would only cover the buttons below it.
        if not self.live.isVisible():
            self._context.notices.say(text, Tone.WARN, action="查看", act=lambda: self._go(LIVE))

    def _on_window_chosen(self, window: Any) -> None:
        self.live.window_panel.show_window(window, self.live.view, self.now_ms())

    def _on_group_chosen(self, group: Any) -> None:
        if group is not None:
            self.live.line_panel.choose_group(group.code)

    def _ask_line(self) -> None:
        if self.live.panel.value() == LINE:
            self._board.ask("line", self.live.line_panel.group.value(), on_done=self._on_line)

    def _on_line(self, line: Any) -> None:
        self.live.line_panel.show_line(line, self.now_ms())

    def _show_section(self, name: str) -> None:
        self.section.set_value(name)
        self.stack.setCurrentIndex((LIVE, FIGURES).index(name))
        self._reload()

    def _show_hall(self) -> None:
        self._go(LIVE)
        self._go_to_panel(HALL)

    def _go(self, section: str) -> None:
        self._context.navigator.open("hall")
        self._show_section(section)

    def _show_panel(self, name: str) -> None:
        self.live.show_panel(name)
        self._ask_line()

    def _go_to_panel(self, name: str) -> None:
        self._show_panel(name)
        self.live.panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(title("大厅"))
        head.addWidget(self.section)
        head.addWidget(self.closed)
        head.addWidget(self.summary, 1)
        self.closed.hide()
        for part in (self.live, self.figures):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)


def _summary(view: HallView, now_ms: int) -> str:
    waiting = sum(one.waiting for one in view.groups)
    oldest = min((one.oldest_since for one in view.groups if one.oldest_since is not None), default=None)
    opened = sum(one.open for one in view.windows)
    busy = sum(one.ticket is not None for one in view.windows)
    parts = [
        view.closed,
        "不在服务时间" if view.outside_hours else "",
        f"开窗 {opened}/{len(view.windows)}，办理中 {busy}",
        f"等候 {waiting} 人，最久 {running(oldest, now_ms)}" if waiting else "没有人在等",
    ]
    return "    ".join(part for part in parts if part)


def _calls(view: HallView) -> str:
    said = [
        f"{words.local(one.at, view.zone):%H:%M} {one.number} → {short_window(one.window)}"
        for one in view.calls[:CALLS_SHOWN]
    ]
    return f"最近叫号：{'    '.join(said)}" if said else "今天还没有叫过号。"
