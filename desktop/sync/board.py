"""What the tabs of the sync page share: a table, what stands there when it is empty, and how a list is asked for."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.queue.live.model import Column, LiveTable
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, EmptyState, NoticeBar, Tone
from services.desk import desk_facts

CASE = "case"


class SyncBoard(QWidget):
    """A list over ``body``, where what is chosen is shown. ``read`` asks, ``show_rows`` takes the answer."""

    def __init__(
        self,
        context: PageContext,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], str],
        nothing: EmptyState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.facts: Any = None
        self.bar = NoticeBar()
        self.table = LiveTable(name, columns, key, context.theme)
        self.nothing = nothing
        self.stack = QStackedWidget()
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        for part in (self.table, self.nothing):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        column.addLayout(self.body)
        self.setFocusProxy(self.table)

    def refresh(self) -> None:
        """The names in force, and the list."""
        self.ask(desk_facts, on_done=self._on_facts)

    def read(self) -> None:
        """Ask for the list."""
        raise NotImplementedError

    def ask(self, service: Callable[..., Any], *args: Any, on_done: Any, **kwargs: Any) -> None:
        """Run a service; what it refuses is said above the list."""
        self.context.tasks.run(
            self.context.station.submit,
            service,
            *args,
            on_done=on_done,
            on_error=self.refuse,
            receiver=self,
            **kwargs,
        )

    def show_rows(self, rows: Sequence[Any], now_ms: int) -> None:
        """What was read."""
        focused = QApplication.focusWidget()
        self.table.show_rows(rows, now_ms)
        self.stack.setCurrentWidget(self.table if rows else self.nothing)
        if not rows and focused is not None and self.isAncestorOf(focused):
            # The list goes with the button that was pressed: keys stay on this tab.
            self.nothing.setFocus()
        if rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))

    def refuse(self, error: Any) -> None:
        """Say why something was not done, and look again: somebody else may have been quicker."""
        self.bar.say(sentence(error), Tone.WARN)
        self.read()

    @property
    def zone(self) -> str:
        """The site's time zone; known by the time a list is."""
        return str(self.facts.zone)

    def _on_facts(self, facts: Any) -> None:
        self.facts = facts
        self.read()


class RecordBoard(SyncBoard):
    """A list of records, each with a ``label``: Enter opens a case. ``show_chosen`` takes the row that is chosen."""

    def __init__(
        self,
        context: PageContext,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], str],
        nothing: EmptyState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, name, columns, key, nothing, parent)
        self.open = ActionButton("打开办件", kind="quiet")
        self._below: list[QWidget] = []
        self.open.clicked.connect(self._open)
        self.table.opened.connect(lambda _: self._open())
        self.table.chosen.connect(self.show_chosen)

    def stand_below(self, *parts: QWidget) -> None:
        """Put ``parts`` under the list; they are there while it has rows."""
        for part in parts:
            self.body.addWidget(part)
            self._below.append(part)

    def show_rows(self, rows: Sequence[Any], now_ms: int) -> None:
        super().show_rows(rows, now_ms)
        for part in self._below:
            part.setVisible(bool(rows))
        self.show_chosen(self.table.row())

    def show_chosen(self, row: Any) -> None:
        """What is chosen, None without a row."""
        self.open.setEnabled(row is not None and row.label.area == CASE)

    def tell_decided(self, text: str) -> None:
        """Somebody has decided: say so, and look again."""
        self.bar.hide()
        self.context.notices.say(text, Tone.OK)
        self.read()

    def _open(self) -> None:
        row = self.table.row()
        if row is not None and row.label.area == CASE:
            self.context.navigator.open("cases", row.label.stream)


def foot_of(first: QWidget, *buttons: QWidget) -> QWidget:
    """A row with ``first`` as wide as it can be, and ``buttons`` at its right."""
    foot = QWidget()
    row = QHBoxLayout(foot)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(first, 1)
    for button in buttons:
        row.addWidget(button)
    return foot
