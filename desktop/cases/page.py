"""办件: the list, and the case that was opened from it."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.cases.case_list import CaseList
from desktop.cases.case_view import CaseView
from desktop.shell.page import Command, Page, PageContext

AREAS = frozenset({"cases", "reference"})
LIST = "list:"


class CasesPage(Page):
    """The list keeps its place while a case is shown."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stale = False
        self.list = CaseList(context)
        self.case = CaseView(context)
        self._stack = QStackedWidget()
        for part in (self.list, self.case):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.list.opened.connect(self.open_item)
        self.list.intake_asked.connect(lambda: context.navigator.open("intake"))
        self.case.opened.connect(self.open_item)
        self.case.back_asked.connect(self.show_list)

    def on_shown(self) -> None:
        if self._stale:
            self._stale = False
            self.list.refresh()
        if self._stack.currentWidget() is self.list:
            self.list.table.setFocus()
        else:
            self.case.refresh()

    def on_changes(self, changes: Any) -> None:
        if not (changes.elsewhere or changes.areas & AREAS):
            return
        if self.case.concerns(changes):
            self.case.refresh()
        if self.isVisible():
            self.list.refresh()
        else:
            self._stale = True

    def open_item(self, argument: Any) -> None:
        """Show the case with this id or number, or the list named by ``list:…``."""
        if str(argument).startswith(LIST):
            self.show_list()
            self.list.choose_list(str(argument).removeprefix(LIST))
            return
        self.case.show_case(str(argument))
        self._stack.setCurrentWidget(self.case)
        self.case.focus_first()

    def on_scan(self, scan: Any) -> bool:
        """On the list an enterprise finds its cases."""
        if scan.uscc is None or self._stack.currentWidget() is not self.list:
            return False
        self.list.search.setText(scan.uscc)
        return True

    def show_list(self) -> None:
        """Back to the list, where it was."""
        self._stack.setCurrentWidget(self.list)
        self.list.table.setFocus()

    def commands(self) -> list[Command]:
        return [
            Command(
                "办件：搜索", self._search, "magnifying-glass", key="Ctrl+F", words="banjian bj sousuo ss"
            )
        ]

    def _search(self) -> None:
        self.show_list()
        self.list.focus_search()
