"""What a supervisor does about a group and those who wait in it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.queue.live.columns import LINE_COLUMNS, group_word
from desktop.queue.live.meant import Meant, replaced
from desktop.queue.live.model import LiveTable
from desktop.queue.live.window_panel import SIDE, beside, renew, window_choices
from desktop.theme.theme import Theme
from desktop.widgets import ActionButton, Choice, ChoiceField, ConfirmButton, LineField, label
from domain.queue.desk import HallView, TicketLine

ALL = ""
MAX_REASON = 60


class LinePanel(QWidget):
    """``asked`` carries the name of a decision and its arguments; ``group_chosen`` whose line is wanted (ALL).

    ``held_back`` says in a sentence why a press was not taken for a decision.
    """

    asked = Signal(str, object)
    held_back = Signal(str)
    group_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HallView | None = None
        self._meant = Meant()
        self._is_renewing = False
        self.group = ChoiceField("队列", [Choice(ALL, "全部队列")], side=SIDE)
        self.reason = LineField(
            "停取号因", side=SIDE, max_length=MAX_REASON, placeholder="写给来访者看的原因"
        )
        self.pause = ActionButton("暂停取号")
        self.nobody = label("没有人在等。", "muted")
        self.table = LiveTable("等候的人", LINE_COLUMNS, lambda one: one.id, theme)
        self.to_window = ChoiceField("窗口", [], side=SIDE)
        self.call = ActionButton("叫到")
        self.send = ActionButton("转到")
        self.to_group = ChoiceField("转到队列", [], side=SIDE)
        self.transfer = ActionButton("转队列")
        self.leave = ConfirmButton("标记离开…", "确认：这位已经离开")
        self._lay_out()
        self._connect()

    def show_view(self, view: HallView) -> None:
        """Groups and windows as they are now."""
        self._view = view
        groups = [Choice(one.code, group_word(one)) for one in view.groups]
        renew(self.group, [Choice(ALL, "全部队列"), *groups])
        renew(self.to_window, window_choices(view))
        renew(self.to_group, groups)
        self._show_pause()

    def choose_group(self, code: str) -> None:
        """Look at one group."""
        if code != self.group.value():
            self.group.set_value(code)
            self._on_group()

    def show_line(self, line: Sequence[TicketLine], now_ms: int) -> None:
        """Show those who wait."""
        self._is_renewing = True
        self.table.show_rows(line, now_ms)
        self.nobody.setVisible(not line)
        self.table.setVisible(bool(line))
        if line and not self.table.currentIndex().isValid():
            self.table.choose(line[0].id)
        self._is_renewing = False
        if line:
            self._meant.follow(self.table.row().id)
        else:
            self._meant.choose(None)
        for part in (self.to_window, self.call, self.send, self.to_group, self.transfer, self.leave):
            part.setVisible(bool(line))

    def tick(self, now_ms: int) -> None:
        """The times go on."""
        self.table.rows.tick(now_ms)

    def set_allowed(self, on: bool) -> None:
        """Whether the one who works here may decide."""
        for part in (self.pause, self.call, self.send, self.transfer, self.leave):
            part.setEnabled(on)

    def _connect(self) -> None:
        self.group.chosen.connect(lambda _: self._on_group())
        self.pause.clicked.connect(self._on_pause_clicked)
        self.reason.entered.connect(self.pause.click)
        self.call.clicked.connect(lambda: self._ask("call_to", self.to_window.value()))
        self.send.clicked.connect(lambda: self._ask("transfer", "", self.to_window.value()))
        self.transfer.clicked.connect(lambda: self._ask("transfer", self.to_group.value()))
        self.table.chosen.connect(self._on_chosen)
        self.leave.confirmed.connect(lambda: self._ask("leave"))

    def _ask(self, name: str, *args: Any) -> None:
        ticket = self.table.row()
        if ticket is None or None in args:
            return
        if self._meant.takes(ticket.id):
            self.asked.emit(name, (ticket.id, *args))
        else:
            self.held_back.emit(replaced(ticket.number))

    def _on_chosen(self, ticket: TicketLine | None) -> None:
        if not self._is_renewing and ticket is not None:
            self._meant.choose(ticket.id)
        # Somebody else under the same button is another question.
        self.leave.set_question(f"确认：{ticket.number} 已离开" if ticket else "确认：已离开")

    def _on_group(self) -> None:
        self._meant.choose(None)
        self._show_pause()
        self.group_chosen.emit(self.group.value())

    def _on_pause_clicked(self) -> None:
        group = self.group.value()
        if self._paused():
            self.asked.emit("resume_group", (group,))
        else:
            self.asked.emit("pause_group", (group, self.reason.text()))

    def _paused(self) -> str:
        groups = self._view.groups if self._view else ()
        return next((one.paused for one in groups if one.code == self.group.value()), "")

    def _show_pause(self) -> None:
        paused = self._paused()
        for part in (self.reason, self.pause):
            part.setVisible(self.group.value() != ALL)
        self.pause.set_label("恢复取号" if paused else "暂停取号")
        self.reason.set_read_only(bool(paused))
        if paused:
            self.reason.set_text(paused)
        elif self.reason.text() and not self.reason.editor.isModified():
            self.reason.set_text("")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.group)
        column.addLayout(beside(self.reason, self.pause))
        column.addWidget(self.nobody)
        column.addWidget(self.table, 1)
        column.addLayout(beside(self.to_window, self.call, self.send))
        column.addLayout(beside(self.to_group, self.transfer, self.leave))
        column.addStretch(0)
