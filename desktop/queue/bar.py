"""排队栏: on every page, who is served and since when, who waits, and the next step as the big button."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.queue import wording
from desktop.queue.bar_view import QueueBarView
from desktop.queue.controls import queue_button
from desktop.queue.hall_line import LineState
from desktop.queue.menus import Ways, back_menu, drop_down, more_menu, transfer_menu
from desktop.queue.serving import Serving
from desktop.theme.icons import icon
from desktop.widgets import Tone, empty, set_tone
from desktop.widgets.badges import SHAPES
from desktop.window_words import window_words
from domain.cases.numbers import parse_number

CASES_SHOWN = 3


class QueueBar(QueueBarView):
    """``settings_asked`` where no window number is set, ``move_asked`` where the hub is gone, ``strip_asked`` and
    ``fold_asked`` (whether to fold), ``case_clicked`` carries the id of a case of this visit.
    """

    settings_asked = Signal()
    strip_asked = Signal()
    move_asked = Signal()
    fold_asked = Signal(bool)
    case_clicked = Signal(str)

    def __init__(self, serving: Serving, parent: QWidget | None = None) -> None:
        super().__init__(serving, parent)
        self._folded = False
        self._line_told = ""
        self._cases: tuple[tuple[str, str], ...] = ()
        for button, name in (
            (self.fold, "caret-up"),
            (self.unfold, "caret-down"),
            (self.strip, "arrow-square-out"),
        ):
            button.setIcon(icon(name, QPalette.ColorRole.Link))
            button.setIconSize(QSize(16, 16))
        self.strip.setText("")
        self._connect()
        self._show()

    def show_folded(self, folded: bool) -> None:
        """Keep the bar down to one line, or not."""
        self._folded = folded
        self._show()

    def show_cases(self, cases: Sequence[tuple[str, str]]) -> None:
        """The cases of this visit, (id, number), as links."""
        if tuple(cases) == self._cases:
            return
        self._cases = tuple(cases)
        empty(self._visit_cases)
        for case_id, number in self._cases[-CASES_SHOWN:]:
            parsed = parse_number(number)
            link = queue_button(parsed.short if parsed is not None else number, "", "link")
            link.setAccessibleName(f"本次受理 {number}")
            link.setToolTip(f"打开办件 {number}")
            link.clicked.connect(partial(self.case_clicked.emit, case_id))
            self._visit_cases.addWidget(link)

    def transfer(self) -> None:
        """Ask where to."""
        ticket = self.serving.ticket
        if ticket is not None and not self.serving.is_busy:
            anchor = self.controls.transfer if self.controls.transfer.isVisible() else self.controls.more
            drop_down(transfer_menu(self.serving, self, ticket.group, self.serving.transfer), anchor)

    def bring_back(self) -> None:
        """Show who was held or missed."""
        self.serving.ask("tickets", on_done=self._on_tickets)

    def show_more(self) -> None:
        """Show all that can be done."""
        ways = Ways(self.transfer, self.bring_back, self.ask_number)
        drop_down(more_menu(self.serving, self, ways), self.controls.more)

    def ask_number(self) -> None:
        """Show the line for a number to call out of turn."""
        if self._folded:
            self.fold_asked.emit(False)
        self.controls.ask_number()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controls.show_state()

    def hideEvent(self, event: QHideEvent) -> None:
        self.controls.stop()
        super().hideEvent(event)

    def _connect(self) -> None:
        self.serving.changed.connect(self._show)
        self.controls.transfer.clicked.connect(self.transfer)
        self.controls.more.clicked.connect(self.show_more)
        self.strip.clicked.connect(self.strip_asked)
        self.fold.clicked.connect(lambda: self.fold_asked.emit(True))
        self.unfold.clicked.connect(lambda: self.fold_asked.emit(False))
        self.link.clicked.connect(self.settings_asked)
        self.shut.clicked.connect(self.serving.forget)
        self.away.acted.connect(self.move_asked)

    def _on_tickets(self, tickets: Any) -> None:
        drop_down(back_menu(self.serving, self, tickets), self.controls.more)

    def _show(self) -> None:
        serving = self.serving
        usable = serving.window is not None
        self.set_folded(self._folded or not usable)
        self.link.setVisible(not usable and (not serving.place or serving.view is not None))
        self.unfold.setVisible(usable)
        self._show_line()
        self.line.setText(self._slim_text())
        message = serving.message
        self.middle.setCurrentIndex(1 if message else 0)
        set_tone(self.said, message.tone if message else Tone.INFO)
        if serving.ticket is None:
            self.show_cases(())
        self.fit()

    def _show_line(self) -> None:
        line = self.serving.line
        told = wording.LINES.get(line, "")
        if told == self._line_told:
            return
        self._line_told = told
        if not told:
            self.away.hide()
        elif line is LineState.UNHEARD:
            self.away.say(told)
        else:
            self.away.say(told, Tone.WARN, wording.MOVE)

    def _slim_text(self) -> str:
        serving = self.serving
        if not serving.place:
            return wording.NO_WINDOW
        if serving.view is None:
            return "正在读取排队情况…"
        window = serving.window
        if window is None:
            return f"排队里没有“{window_words(serving.place)}”，请改窗口号，或由主任在排队设置里加上。"
        if serving.message is not None:
            return serving.message.text
        count, _ = wording.waiting_words(serving.view, window.groups, serving.now_ms)
        ticket = serving.ticket
        if ticket is None:
            return f"{window_words(serving.place)} · {'暂停' if serving.is_paused else '空闲'} · {count}"
        tone, word = wording.STATES[ticket.state]
        return f"{ticket.number} {SHAPES[tone]} {word} · {count} · {wording.who(ticket)}"
