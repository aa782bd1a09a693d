"""The case list: saved lists, search, sorting, choosing columns, several rows at once, export."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.cases.columns import COLUMNS
from desktop.cases.list_view import LISTS, CaseListView
from desktop.cases.model import CaseModel
from desktop.messages import sentence
from desktop.printing.run import open_file
from desktop.shell.page import PageContext, Station
from desktop.widgets import Tone
from services.case_lists import count_lists, read_list, search_list
from services.desk import desk_facts
from services.spreadsheet import write_xlsx

SEARCH_MS = 150
SEARCH_LIMIT = 500


class CaseList(CaseListView):
    """``opened`` carries the id of a case; ``intake_asked`` when there is nothing and somebody wants to begin."""

    opened = Signal(str)
    intake_asked = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._facts: Any = None
        self._wanted = ""
        self._sort, self._descending = "accepted", True
        self.model = CaseModel(context.tasks, self)
        self.table.setModel(self.model)
        self.use_columns()
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._connect()
        self.refresh()
        self.reload()

    def refresh(self) -> None:
        """Names, counts and the rows that are looked at, anew."""
        run, submit = self._context.tasks.run, self._context.station.submit
        run(submit, desk_facts, on_done=self._on_facts)
        run(submit, count_lists, on_done=self._on_counts)
        self.model.refresh()

    def reload(self) -> None:
        """Show the chosen list, or what is searched for, from its top."""
        self.busy.start()
        self.model.show(self._fetch)

    def choose_list(self, name: str) -> None:
        """Show a list by its name, as soon as the lists are there."""
        self._wanted = name
        self.lists.choose(name)
        self.search.clear()

    def focus_search(self) -> None:
        """Go to the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def chosen_rows(self) -> list[Any]:
        """The rows that are selected, from the top."""
        chosen = self.table.selectionModel().selectedRows()
        rows = [self.model.row(index) for index in sorted(chosen, key=QModelIndex.row)]
        return [row for row in rows if row is not None]

    def export_to(self, target: Path) -> None:
        """Write what is selected (if more than one row), else the whole list, to an Excel file."""
        chosen = self.chosen_rows()
        self.busy.start()
        self.export.setEnabled(False)
        if len(chosen) > 1:
            self._write(target, tuple(chosen))
            return
        self._context.tasks.run(
            lambda: self._fetch(None, 0),
            on_done=lambda page: self._write(target, page.rows),
            on_error=self._on_not_written,
            receiver=self,
        )

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def _fetch(self, limit: int | None, offset: int) -> "Future[Any]":
        station: Station = self._context.station
        text = self.search.text().strip()
        if text:
            return station.submit(search_list, text, most=SEARCH_LIMIT, limit=limit, offset=offset)
        return station.submit(
            read_list,
            self.lists.chosen(),
            sort=self._sort,
            descending=self._descending,
            limit=limit,
            offset=offset,
        )

    def _connect(self) -> None:
        self.lists.currentRowChanged.connect(self._on_list_chosen)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._on_search_entered)
        self._pause.timeout.connect(self.reload)
        self.table.opened.connect(self._on_opened)
        self.open.clicked.connect(lambda: self._on_opened(self.table.currentIndex()))
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._on_sort_chosen)
        self.model.loaded.connect(self._on_loaded)
        self.columns.clicked.connect(self._on_columns_clicked)
        self.export.clicked.connect(self._on_export_clicked)
        self.nothing.acted.connect(self.intake_asked)
        self._context.theme.changed.connect(self.fit_text)
        find = QShortcut(QKeySequence("Ctrl+F"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.focus_search)

    def _on_facts(self, facts: Any) -> None:
        self._facts = facts
        self.model.set_facts(facts)

    def _on_counts(self, counted: Any) -> None:
        self.lists.show_counts(counted.counts)
        if self._wanted:
            wanted, self._wanted = self._wanted, ""
            self.lists.choose(wanted)

    def _on_list_chosen(self, _: int) -> None:
        if self.search.text():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self.reload()

    def _on_search_entered(self) -> None:
        self._pause.stop()
        self.reload()
        self.table.setFocus()

    def _on_sort_chosen(self, section: int, order: Qt.SortOrder) -> None:
        sort = COLUMNS[section].sort if section >= 0 else "accepted"
        if not sort:
            return
        self._sort, self._descending = sort, order == Qt.SortOrder.DescendingOrder
        self.reload()

    def _on_loaded(self, total: int) -> None:
        self.busy.stop()
        self.pages.setCurrentWidget(self.table if total else self.nothing)
        what = "找到" if self.search.text().strip() else LISTS[self.lists.chosen()]
        full = "（只显示最近的，请把词写得更具体）" if total >= SEARCH_LIMIT and self.search.text() else ""
        self.total.setText(f"{what} {total:,} 件{full}")
        self.open.setEnabled(bool(total))
        if total and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _on_opened(self, index: QModelIndex) -> None:
        row = self.model.row(index) if index.isValid() else None
        if row is not None:
            self.opened.emit(row.id)

    def _on_columns_clicked(self) -> None:
        self.column_menu().popup(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))

    def _on_export_clicked(self) -> None:
        dialog = QFileDialog(self, "导出办件", f"办件-{LISTS[self.lists.chosen()]}.xlsx", "Excel (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, target: Path, rows: tuple[Any, ...]) -> None:
        columns = [c for place, c in enumerate(COLUMNS) if not self.table.isColumnHidden(place)]
        facts = self._facts
        self._context.tasks.run(
            self._context.tasks.in_background,
            write_xlsx,
            target,
            "办件",
            [column.title for column in columns],
            ([column.text(row, facts) for column in columns] for row in rows),
            on_done=lambda file: self._on_written(file, len(rows)),
            on_error=self._on_not_written,
            receiver=self,
        )

    def _on_written(self, file: Path, count: int) -> None:
        self.busy.stop()
        self.export.setEnabled(True)
        text = f"已导出 {count:,} 件：{file}"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(file))

    def _on_not_written(self, error: Any) -> None:
        self.busy.stop()
        self.export.setEnabled(True)
        self._context.notices.say(sentence(error), Tone.DANGER)
