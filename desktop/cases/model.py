"""The rows of a list, fetched block by block while one scrolls; 100,000 rows cost no more than the ones looked at."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktop.cases.columns import COLUMNS, Column
from desktop.shell.tasks import Task, TaskRunner
from desktop.widgets import BADGE_ROLE

BLOCK = 200
KEPT_BLOCKS = 60
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[int, int], "Future[Any]"]
"""(limit, offset) → a future of ``CasePage``."""


class CaseModel(QAbstractTableModel):
    """``loaded`` carries the total after the first answer and after each refresh."""

    loaded = Signal(int)

    def __init__(
        self, tasks: TaskRunner, parent: QObject | None = None, columns: Sequence[Column] = COLUMNS
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._tasks = tasks
        self._fetch: Fetch | None = None
        self._facts: Any = None
        self._total = 0
        self._blocks: dict[int, tuple[Any, ...]] = {}
        self._running: dict[int, Task] = {}
        self._wanted: set[int] = set()
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._on_ask)

    def set_facts(self, facts: Any) -> None:
        """Names and time that rows are put into words with."""
        self._facts = facts
        if self._total:
            self.dataChanged.emit(self.index(0, 0), self.index(self._total - 1, len(self._columns) - 1))

    def show(self, fetch: Fetch) -> None:
        """Another list: begins at its top. The old rows stay until the first answer."""
        self._forget_running()
        self._fetch = fetch
        self._request(0, fresh=True)

    def refresh(self) -> None:
        """Something changed: ask again for what is looked at, keeping the place."""
        if self._fetch is None:
            return
        seen = sorted(self._blocks)[-3:] or [0]
        self._forget_running()
        self._blocks = {block: self._blocks[block] for block in seen if block in self._blocks}
        for block in seen:
            self._request(block)

    def row(self, index: Index) -> Any:
        """The ``CaseRow`` of a table row, None while it is on its way."""
        block = self._blocks.get(index.row() // BLOCK)
        place = index.row() % BLOCK
        return block[place] if block is not None and place < len(block) else None

    def loaded_rows(self) -> Iterator[tuple[int, Any]]:
        """(place, row) of every row that is there."""
        for block, rows in sorted(self._blocks.items()):
            yield from enumerate(rows, start=block * BLOCK)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row = self.row(index)
        if row is None:
            self._want(index.row() // BLOCK)
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 else None
        column = self._columns[index.column()]
        if role == ROW_ROLE:
            return row
        if self._facts is None:
            return None
        if role == BADGE_ROLE:
            return column.badge(row, self._facts) if column.badge is not None else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(row, self._facts)
        return None

    def _want(self, block: int) -> None:
        if block not in self._running:
            self._wanted.add(block)
            self._ask.start()

    def _on_ask(self) -> None:
        # While somebody drags the bar, only the last few blocks asked for are still looked at.
        for block in sorted(self._wanted)[-4:]:
            self._request(block)
        self._wanted.clear()

    def _request(self, block: int, *, fresh: bool = False) -> None:
        if self._fetch is None or block in self._running:
            return
        future = self._fetch(BLOCK, block * BLOCK)
        self._running[block] = self._tasks.run(
            lambda: future,
            on_done=lambda page: self._on_page(block, page, fresh),
            on_error=lambda error: self._on_error(block, error),
            receiver=self,
        )

    def _on_page(self, block: int, page: Any, fresh: bool) -> None:
        self._running.pop(block, None)
        if fresh:
            self.beginResetModel()
            self._blocks, self._total = {block: page.rows}, page.total
            self.endResetModel()
        else:
            self._resize(page.total)
            self._blocks[block] = page.rows
            self._drop_far(block)
            last = min(self._total, (block + 1) * BLOCK) - 1
            if last >= block * BLOCK:
                self.dataChanged.emit(self.index(block * BLOCK, 0), self.index(last, len(self._columns) - 1))
        self.loaded.emit(self._total)

    def _on_error(self, block: int, error: Any) -> None:
        self._running.pop(block, None)
        self._tasks.refused.emit(error)

    def _resize(self, total: int) -> None:
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()

    def _drop_far(self, block: int) -> None:
        while len(self._blocks) > KEPT_BLOCKS:
            farthest = max(self._blocks, key=lambda other: abs(other - block))
            del self._blocks[farthest]

    def _forget_running(self) -> None:
        for task in self._running.values():
            task.cancel()
        self._running.clear()
        self._wanted.clear()
