"""What a supervisor does about one window: end what is stuck, hand it over, send it on."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.queue.live.columns import group_word, running, visitor, who, window_word
from desktop.queue.live.meant import Meant, replaced
from desktop.widgets import ActionButton, Choice, ChoiceField, ConfirmButton, label
from domain.queue.desk import HallView, WindowLine

SIDE = 76


class WindowPanel(QWidget):
    """``asked`` carries the name of a decision and its arguments.

    ``held_back`` says in a sentence why a press was not taken for a decision.
    """

    asked = Signal(str, object)
    held_back = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HallView | None = None
        self._window: WindowLine | None = None
        self._meant = Meant()
        self._numbers: dict[str, str] = {}
        self.about = label("", "strong", wrap=True)
        self.detail = label("", "muted", wrap=True)
        self.ticket = ChoiceField("号码", [], side=SIDE)
        self.end = ConfirmButton("结束这个号…", "确认结束：用时记为不准")
        self.to_window = ChoiceField("交给窗口", [], side=SIDE)
        self.hand_over = ActionButton("交接")
        self.to_group = ChoiceField("转到队列", [], side=SIDE)
        self.transfer = ActionButton("转队列")
        self._lay_out()
        self.ticket.chosen.connect(self._on_ticket)
        self.end.confirmed.connect(lambda: self._ask("end"))
        self.hand_over.clicked.connect(lambda: self._ask("hand_over", self.to_window.value()))
        self.transfer.clicked.connect(lambda: self._ask("transfer", self.to_group.value()))
        self.show_window(None, None, 0)

    def show_window(self, window: WindowLine | None, view: HallView | None, now_ms: int) -> None:
        """Show ``window``; None asks to choose one."""
        is_same = window is not None and self._window is not None and window.code == self._window.code
        self._window, self._view = window, view
        tickets = [] if window is None else [*([window.ticket] if window.ticket else []), *window.held]
        self.about.setText(window_word(window) if window else "请在左边的表里选一个窗口")
        self.tick(now_ms)
        self._numbers = {one.id: one.number for one in tickets}
        renew(self.ticket, [Choice(one.id, _ticket_word(one)) for one in tickets])
        if is_same and tickets:
            self._meant.follow(self.ticket.value())
        else:
            self._meant.choose(self.ticket.value())
        if window is not None and view is not None:
            renew(self.to_window, window_choices(view, without=window.code))
            renew(self.to_group, [Choice(one.code, group_word(one)) for one in view.groups])
        self._show_question()
        for part in (self.ticket, self.end, self.to_window, self.hand_over, self.to_group, self.transfer):
            part.setVisible(bool(tickets))

    def tick(self, now_ms: int) -> None:
        """The times go on."""
        self.detail.setText(_about(self._window, now_ms) if self._window else "")

    def set_allowed(self, on: bool) -> None:
        """Whether the one who works here may decide."""
        for part in (self.end, self.hand_over, self.transfer):
            part.setEnabled(on)

    def _on_ticket(self, ticket: str) -> None:
        self._meant.choose(ticket)
        self._show_question()

    def _show_question(self) -> None:
        # Another ticket under the same button is another question.
        number = self._numbers.get(self.ticket.value(), "")
        self.end.set_question(f"确认结束 {number}：用时记为不准")

    def _ask(self, name: str, *args: Any) -> None:
        ticket = self.ticket.value()
        if ticket is None or None in args:
            return
        if self._meant.takes(ticket):
            self.asked.emit(name, (ticket, *args))
        else:
            self.held_back.emit(replaced(self._numbers.get(ticket, "")))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        for part in (self.about, self.detail, self.ticket):
            column.addWidget(part)
        column.addWidget(self.end, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(beside(self.to_window, self.hand_over))
        column.addLayout(beside(self.to_group, self.transfer))
        column.addStretch(1)


def beside(field: QWidget, *buttons: QWidget) -> QHBoxLayout:
    """A field with what is done with it at its right."""
    row = QHBoxLayout()
    row.addWidget(field, 1)
    for button in buttons:
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return row


def renew(field: ChoiceField, choices: list[Choice]) -> None:
    """Offer ``choices``; a list that is the same, or that somebody has open, is left alone."""
    editor = field.editor
    shown = [Choice(editor.itemData(place), editor.itemText(place)) for place in range(editor.count())]
    if shown != choices and not editor.view().isVisible():
        field.set_choices(choices)


def window_choices(view: HallView, *, without: str = "") -> list[Choice]:
    """The windows, those that are open and free first."""
    others = [one for one in view.windows if one.code != without]
    return [Choice(one.code, _choice_word(one)) for one in sorted(others, key=_rank)]


def _rank(window: WindowLine) -> int:
    if window.ticket is not None:
        return 1
    return 0 if window.open else 2 if window.staff else 3


def _choice_word(window: WindowLine) -> str:
    return f"{window_word(window)}（{('空闲', '办理中', '暂停', '未开')[_rank(window)]}）"


def _ticket_word(ticket: Any) -> str:
    state = {"called": "叫号中", "serving": "办理中", "held": "暂挂"}.get(ticket.state.value, "")
    return f"{ticket.number} {state} {visitor(ticket)}"


def _about(window: WindowLine, now_ms: int) -> str:
    duty = (
        f"{who(window)}，{running(window.since, now_ms)} 前开始"
        if window.since is not None
        else "今天还没有开"
    )
    if not window.open and window.staff:
        duty = f"{who(window)}，暂停 {running(window.since, now_ms)}"
        duty += f"：{window.reason}" if window.reason else ""
    if window.ticket is not None:
        return f"{duty}\n{window.ticket.number} 号，{running(window.ticket.since, now_ms)}"
    return f"{duty}\n现在没有办理。" if not window.held else duty
