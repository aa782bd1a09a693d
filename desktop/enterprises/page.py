"""企业: the list, one enterprise opened from it, and taking in a park's own list."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.enterprises.detail import Enterprise
from desktop.enterprises.importing import Import
from desktop.enterprises.list_page import EnterpriseList
from desktop.enterprises.pending import Pending
from desktop.shell.page import Command, Page, PageContext

AREAS = frozenset({"cases", "enterprises", "reference"})
IMPORT, PENDING = "import:", "pending:"


class EnterprisesPage(Page):
    """The list keeps its place while one enterprise is shown."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._stale = False
        self.list = EnterpriseList(context)
        self.enterprise = Enterprise(context)
        self.importing = Import(context)
        self.pending = Pending(context)
        self._stack = QStackedWidget()
        for part in (self.list, self.enterprise, self.importing, self.pending):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()

    def on_shown(self) -> None:
        if self._stale:
            self._refresh()
        if self._stack.currentWidget() is self.list:
            self.list.focus_search()

    def on_changes(self, changes: Any) -> None:
        if not (changes.elsewhere or changes.areas & AREAS):
            return
        if self.isVisible():
            self._refresh()
        else:
            self._stale = True

    def open_item(self, argument: Any) -> None:
        """Show the enterprise of this credit code or name, the import (``import:``), what waits (``pending:``)."""
        if argument in (IMPORT, PENDING):
            self.show_import() if argument == IMPORT else self.show_pending()
            return
        self.enterprise.show_enterprise(str(argument))
        self._stack.setCurrentWidget(self.enterprise)
        self.enterprise.focus_first()

    def show_list(self) -> None:
        """Back to the list, where it was."""
        self._stack.setCurrentWidget(self.list)
        self.list.table.setFocus()

    def show_import(self) -> None:
        """Take in a list."""
        self._stack.setCurrentWidget(self.importing)
        self.importing.focus_first()

    def show_pending(self) -> None:
        """Verdicts that wait for newer lists."""
        self._stack.setCurrentWidget(self.pending)
        self.pending.reload()
        self.pending.again.setFocus()

    def commands(self) -> list[Command]:
        return [
            Command("企业：搜索", self._search, "magnifying-glass", words="qiye qy sousuo ss"),
            Command("企业：导入名单", self._import, "upload-simple", words="qiye qy daoru dr mingdan md"),
            Command("企业：核验待复核", self._pending, "shield-check", words="qiye qy heyan hy fuhe fh"),
        ]

    def _connect(self) -> None:
        self.list.opened.connect(self.open_item)
        self.list.import_asked.connect(self.show_import)
        self.list.intake_asked.connect(lambda code: self._on_begun((code, "") if code else None))
        self.enterprise.back_asked.connect(self.show_list)
        self.enterprise.missing.connect(self._on_missing)
        self.enterprise.begun.connect(self._on_begun)
        self.enterprise.case_opened.connect(lambda case: self._context.navigator.open("cases", case))
        self.list.pending_asked.connect(self.show_pending)
        self.pending.back_asked.connect(self.show_list)
        self.pending.opened.connect(self.open_item)
        self.importing.back_asked.connect(self.show_list)

    def _refresh(self) -> None:
        self._stale = False
        if self._stack.currentWidget() is not self.importing:
            self.list.reload()
        else:
            self._stale = True
        if self._stack.currentWidget() is self.enterprise:
            self.enterprise.refresh()
        elif self._stack.currentWidget() is self.pending:
            self.pending.reload()

    def _on_missing(self, key: str) -> None:
        """Show that nothing is found, with the way on to intake."""
        self.show_list()
        self.list.search.setText(key)

    def _on_begun(self, who: Any) -> None:
        self._context.navigator.open("intake", who)

    def _search(self) -> None:
        self._context.navigator.open("enterprises")
        self.show_list()
        self.list.focus_search()

    def _import(self) -> None:
        self._context.navigator.open("enterprises", IMPORT)

    def _pending(self) -> None:
        self._context.navigator.open("enterprises", PENDING)
