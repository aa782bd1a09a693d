"""The table model of enterprises: rows come in stretches as somebody scrolls."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop import words
from desktop.shell.tasks import Task, TaskRunner
from desktop.widgets import BADGE_ROLE, Tone

STRETCH = 200
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[int, int], "Future[Any]"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how many full-width characters it takes, its text."""

    title: str
    width: int
    text: Callable[[Any, str], str]


COLUMNS = (
    Column("企业名称", 20, lambda row, zone: row.name or "（没有名称）"),
    Column("来源", 6, lambda row, zone: ""),
    Column("统一社会信用代码", 11, lambda row, zone: row.uscc or "—"),
    Column("标签", 8, lambda row, zone: words.joined(row.tags)),
    Column("联系人", 4, lambda row, zone: row.contact_name),
    Column("电话", 7, lambda row, zone: row.contact_phone),
    Column("办件", 3, lambda row, zone: str(row.cases or "")),
    Column("最近", 6, lambda row, zone: f"{words.local(row.last_at, zone):%Y-%m-%d}"),
)
NAME, SOURCE = 0, 1
SPARE = (7, 5, 3)
"""Columns that go first where the screen is narrow for the text size: the day, the telephone, the tags."""


class EnterpriseModel(QAbstractTableModel):
    """``loaded`` carries how many enterprises there are. ``fetch(limit, offset)`` gives an ``EnterprisePage``."""

    loaded = Signal(int)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._fetch: Fetch | None = None
        self._task: Task | None = None
        self._rows: list[Any] = []
        self._total = 0
        self._now_ms = 0
        self.zone = "Asia/Shanghai"

    def show(self, fetch: Fetch) -> None:
        """Show what ``fetch`` gives, from the top."""
        self._fetch = fetch
        self._ask(0, max(STRETCH, len(self._rows)))

    def row(self, index: Index) -> Any:
        """The enterprise at ``index``, or None."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row = self.row(index)
        if row is None:
            return None
        if role == BADGE_ROLE and index.column() == SOURCE:
            return _badge(row, self._now_ms)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == SOURCE:
            return _badge(row, self._now_ms)[1]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return COLUMNS[index.column()].text(row, self.zone)
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._rows) < self._total

    def fetchMore(self, parent: Index) -> None:
        if self._task is None:
            self._ask(len(self._rows), STRETCH)

    def _ask(self, offset: int, limit: int) -> None:
        if self._task is not None:
            self._task.cancel()
        fetch = self._fetch
        if fetch is None:
            return
        self._task = self._tasks.run(
            lambda: fetch(limit, offset), on_done=lambda page: self._take(page, offset), receiver=self
        )

    def _take(self, page: Any, offset: int) -> None:
        self._task = None
        self._now_ms = page.now_ms
        if offset == 0:
            self.beginResetModel()
            self._rows = list(page.rows)
            self.endResetModel()
        elif page.rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page.rows) - 1)
            self._rows += page.rows
            self.endInsertRows()
        self._total = page.total
        self.loaded.emit(page.total)


def _badge(row: Any, now_ms: int) -> tuple[Tone, str]:
    if row.proved_at(now_ms):
        return Tone.OK, "企业码证明"
    return (Tone.INFO, "有档案") if row.profiled else (Tone.QUIET, "来过窗口")
