"""What a supervisor does about the whole hall: emergency, notice, the end of the day."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.queue.live.line_panel import MAX_REASON
from desktop.queue.live.window_panel import SIDE, beside
from desktop.widgets import ActionButton, ConfirmButton, LineField, Segments, label, line
from domain.queue.desk import HallView, TicketLine

MAX_NOTICE = 120
LISTED = 8
KEEP, SEND_AWAY = False, True


class HallPanel(QWidget):
    """``asked`` carries the name of a decision and its arguments; ``open_wanted`` asks what a day's end would end."""

    asked = Signal(str, object)
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HallView | None = None
        self.state = label("", wrap=True)
        self.reason = LineField(
            "关闭原因", side=SIDE, max_length=MAX_REASON, placeholder="例如：消防演练，10 点恢复"
        )
        self.line = Segments([(KEEP, "等候的保留"), (SEND_AWAY, "等候的请回")], name="等候的人")
        self.close_hall = ConfirmButton("紧急关闭…", "确认关闭：停止取号和叫号")
        self.open_hall = ActionButton("恢复开放", kind="primary")
        self.notice = LineField("显示通知", side=SIDE, max_length=MAX_NOTICE, placeholder="空着就不显示")
        self.publish = ActionButton("发布")
        self.look = ActionButton("日结…")
        self.open_list = label("日结把还没结束的号都结束掉，当天的数据保留。", "small", wrap=True)
        self.end_day = ConfirmButton("日结", "再按一次：现在日结")
        self._lay_out()
        self._connect()
        self.end_day.hide()

    def show_view(self, view: HallView) -> None:
        """Show how the hall stands."""
        if self._view is None or self.notice.text() == self._view.notice:
            self.notice.set_text(view.notice)
            self.notice.editor.setCursorPosition(0)
        self._view = view
        closed = bool(view.closed)
        hours = "现在不在服务时间，取号机不发号。" if view.outside_hours else "现在是服务时间。"
        self.state.setText(f"大厅已紧急关闭：{view.closed}" if closed else hours)
        self.open_hall.setVisible(closed)
        for part in (self.reason, self.line, self.close_hall):
            part.setVisible(not closed)

    def show_open(self, tickets: Sequence[TicketLine]) -> None:
        """What a day's end would end: shown before it can be decided."""
        named = "，".join(
            f"{one.number} {words.word(words.TICKET_STATES, one.state.value)}" for one in tickets[:LISTED]
        )
        more = "…" if len(tickets) > LISTED else "。"
        count = len(tickets)
        self.open_list.setText(
            f"还有 {count} 个号没有结束：{named}{more}" if count else "所有的号都结束了，可以日结。"
        )
        self.end_day.set_question(f"确认日结：结束 {count} 个号" if count else "确认日结")
        self.end_day.show()
        self.end_day.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_ended(self, count: int) -> None:
        """The day was ended."""
        self.end_day.hide()
        self.open_list.setText(f"已日结，结束了 {count} 个号。" if count else "已日结，没有未结束的号。")

    def set_allowed(self, on: bool) -> None:
        """Whether the one who works here may decide."""
        for part in (self.close_hall, self.open_hall, self.publish, self.look, self.end_day):
            part.setEnabled(on)

    def _connect(self) -> None:
        self.close_hall.confirmed.connect(self._on_close_confirmed)
        self.open_hall.clicked.connect(lambda: self.asked.emit("open_hall", ()))
        self.publish.clicked.connect(lambda: self.asked.emit("set_notice", (self.notice.text(),)))
        self.notice.entered.connect(self.publish.click)
        self.look.clicked.connect(self.open_wanted)
        self.end_day.confirmed.connect(lambda: self.asked.emit("end_day", ()))

    def _on_close_confirmed(self) -> None:
        self.asked.emit("close_hall", (self.reason.text(), self.line.value()))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        for part in (self.state, self.reason, self.line):
            column.addWidget(part)
        for button in (self.close_hall, self.open_hall):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(line())
        column.addLayout(beside(self.notice, self.publish))
        column.addWidget(line())
        column.addWidget(self.open_list)
        row = QHBoxLayout()
        for button in (self.look, self.end_day):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)


def _ticket_word(ticket: TicketLine) -> str:
    return f"{ticket.number} {words.word(words.TICKET_STATES, ticket.state.value)}"
