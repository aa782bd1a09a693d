"""A list of cases beside the one that is chosen, and the step that is taken with it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.cases.step_form import Step, StepForm
from desktop.messages import sentence
from desktop.printing.run import Printing
from desktop.queue.live.model import Column, LiveTable
from desktop.shell.page import PageContext
from desktop.supervision.case_panel import CasePanel
from desktop.widgets import ElidedLabel, EmptyState, Segments, Tone
from services.case_view import view_case
from services.desk import desk_facts


class CasesBoard(QWidget):
    """What the boards of supervision share; ``read`` asks for the rows of the list that is chosen."""

    def __init__(
        self,
        context: PageContext,
        lists: Sequence[tuple[str, str]],
        columns: Sequence[Column],
        make_form: Callable[[], StepForm],
        word: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.facts: Any = None
        self._shown = ""
        self.which = Segments(lists, name="列表")
        self.summary = ElidedLabel("", "muted")
        self.table = LiveTable("办件", columns, self.key_of, context.theme)
        self.nothing = EmptyState("check-circle", "这里没有办件", "换一个列表或筛选条件。")
        self.stack = QStackedWidget()
        self.panel = CasePanel(make_form, word)
        self.printing = Printing(context, self)
        self.head = QHBoxLayout()
        self._lay_out()
        self.which.chosen.connect(self._on_list_chosen)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda _: self.panel.focus_form())
        self.panel.taken.connect(self._take)
        self.panel.case_asked.connect(lambda case: context.navigator.open("cases", case))

    def key_of(self, row: Any) -> str:
        """The id of the case of a row."""
        raise NotImplementedError

    def read(self, name: str) -> None:
        """Ask for the list ``name`` and hand it to ``show_rows``."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Facts, list and the case that is looked at, anew."""
        run, submit = self.context.tasks.run, self.context.station.submit
        run(submit, desk_facts, on_done=self._on_facts)
        self.read(self.which.value())

    def choose_list(self, name: str) -> None:
        """Show one of the lists."""
        self.which.set_value(name)
        self._on_list_chosen(name)

    def show_rows(self, name: str, rows: Sequence[Any], now_ms: int) -> None:
        """What was read of the list ``name``."""
        if name != self.which.value():
            return
        self.table.show_rows(rows, now_ms)
        self.stack.setCurrentWidget(self.table if rows else self.nothing)
        if not rows:
            self._shown = ""
            self.panel.clear()
        elif not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))

    def on_refused(self, error: Any) -> None:
        """A list or a case could not be read."""
        self.context.notices.say(sentence(error), Tone.WARN)

    def on_list(self, name: str) -> None:
        """Another list is looked at."""

    def _on_facts(self, facts: Any) -> None:
        self.facts = facts

    def _on_list_chosen(self, name: Any) -> None:
        self.on_list(name)
        self.refresh()

    def _on_chosen(self, row: Any) -> None:
        if row is None:
            return
        self._shown = self.key_of(row)
        self.context.tasks.run(
            self.context.station.submit,
            view_case,
            self._shown,
            on_done=self._on_view,
            on_error=self.on_refused,
        )

    def _on_view(self, view: Any) -> None:
        if view.case.id == self._shown:
            self.panel.show_case(view)

    def _take(self, step: Step) -> None:
        self.context.tasks.run(
            self.context.station.submit,
            step.service,
            self._shown,
            *step.arguments,
            **(step.named or {}),
            on_done=lambda case: self._on_taken(case, step),
            on_error=self.panel.refuse,
            receiver=self,
        )

    def _on_taken(self, case: Any, step: Step) -> None:
        self.context.notices.say(f"{case.number} 已记下", Tone.OK)
        self.panel.done()
        if step.paper:
            self.printing.print_paper(case.id, step.paper)
        self.refresh()

    def _lay_out(self) -> None:
        self.head.setSpacing(12)
        self.head.addWidget(self.which)
        self.head.addWidget(self.summary, 1)
        for part in (self.table, self.nothing):
            self.stack.addWidget(part)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self.stack, 1)
        body.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self.head)
        column.addLayout(body, 1)
        self.setFocusProxy(self.table)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
