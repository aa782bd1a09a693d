"""联办: the work queues of a board, and the case that was opened from one."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.backoffice.queues import Queues
from desktop.cases.case_view import CaseView
from desktop.shell.page import Command, Page, PageContext

AREAS = frozenset({"cases", "reference"})
MINUTE_MS = 60_000


class BackOfficePage(Page):
    """The queue keeps its place while a case is shown. Limits run out by themselves: looked at once a minute."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._person = context, context.station.actor.id
        self.queues = Queues(context)
        self.case = CaseView(context)
        self.case.back.set_label("返回队列")
        self._stack = QStackedWidget()
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._minute.timeout.connect(self.queues.refresh)
        for part in (self.queues, self.case):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.queues.opened.connect(self.open_item)
        self.queues.step_asked.connect(self._on_step_asked)
        self.case.opened.connect(self.open_item)
        self.case.back_asked.connect(self.show_queues)

    def on_shown(self) -> None:
        if self._person != self._context.station.actor.id:
            # Somebody else sits here now: the case of the one before is none of theirs.
            self._person = self._context.station.actor.id
            self._stack.setCurrentWidget(self.queues)
        self.queues.refresh()
        if self._stack.currentWidget() is self.queues:
            self.queues.table.setFocus()
        else:
            self.case.refresh()

    def on_changes(self, changes: Any) -> None:
        if not (changes.elsewhere or changes.areas & AREAS):
            return
        if self.case.concerns(changes):
            self.case.refresh()
        if self.isVisible():
            self.queues.refresh()

    def open_item(self, argument: Any) -> None:
        """Show the case with this id or number."""
        self._person = self._context.station.actor.id
        self.case.show_case(str(argument))
        self._show_case()

    def show_queues(self) -> None:
        """Back to the queue, where it was."""
        self._stack.setCurrentWidget(self.queues)
        self.queues.table.setFocus()

    def commands(self) -> list[Command]:
        return [Command("联办：我的队列", self._go_mine, "clipboard-text", words="lianban lb wode")]

    def showEvent(self, event: QShowEvent) -> None:
        self._minute.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._minute.stop()
        super().hideEvent(event)

    def _on_step_asked(self, key: str, code: str) -> None:
        self.case.begin_step(key, code)
        self._show_case()

    def _show_case(self) -> None:
        self._stack.setCurrentWidget(self.case)
        self.case.focus_first()

    def _go_mine(self) -> None:
        self.show_queues()
        self.queues.queues.choose("mine")
