"""The layout of taking in a list: choose, preview with problems by row, progress, result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.shell.page import PageContext
from desktop.widgets import (
    BADGE_ROLE,
    ActionButton,
    BadgeDelegate,
    BusyBar,
    DataTable,
    EmptyState,
    NoticeBar,
    Segments,
    Tone,
    label,
    title,
)

Index = QModelIndex | QPersistentModelIndex
TITLES = ("行", "状态", "企业名称", "统一社会信用代码", "说明")
ROW, STATE, NAME, CODE, WHY = range(5)
KINDS = (
    ("all", "全部"),
    ("problem", "有问题"),
    ("new", "新增"),
    ("updated", "更新"),
    ("unchanged", "无变化"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the preview; ``kinds`` are the filters it belongs to."""

    row: int
    tone: Tone
    word: str
    name: str
    code: str
    why: str
    kinds: frozenset[str]


class PreviewModel(QAbstractTableModel):
    """Entries, filtered by kind."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[Entry] = ()
        self._shown: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry], kind: str = "all") -> None:
        """Show those of ``kind``."""
        self.beginResetModel()
        self._all = entries
        self._shown = [one for one in entries if kind == "all" or kind in one.kinds]
        self.endResetModel()

    def choose(self, kind: str) -> None:
        """Filter anew."""
        self.show(self._all, kind)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        one = self._shown[index.row()]
        if index.column() == STATE:
            if role == BADGE_ROLE:
                return one.tone, one.word
            return one.word if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return {ROW: str(one.row), NAME: one.name, CODE: one.code, WHY: one.why}[index.column()]
        return None


class ImportView(QWidget):
    """What stands where."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = ActionButton("返回名录", kind="quiet", key="Esc", icon_name="arrow-left")
        self.file = label("", "strong")
        self.choose = ActionButton("选择文件…", key="Ctrl+O", icon_name="folder-open")
        self.bar = NoticeBar()
        self.busy = BusyBar()
        self.doing = label("", "muted")
        self.stop = ActionButton("停止", kind="danger")
        self.summary = label("", wrap=True)
        self.columns = label("", "small", wrap=True)
        self.kinds = Segments(KINDS, name="显示哪些行")
        self.model = PreviewModel(self)
        self.table = DataTable("名单预览")
        self.go = ActionButton("导入", kind="big", key="F9", icon_name="download-simple")
        self.empty = EmptyState(
            "upload-simple",
            "选择园区自己的企业名单",
            "Excel（.xlsx）或 CSV 文件，需有“企业名称”和“统一社会信用代码”两列；"
            "地址、联系人、电话、标签等列有就一并导入。"
            "先预览，再导入；同一份名单可以反复导入。也可以把文件拖到这里。",
            action="选择文件…",
        )
        self.preview = QWidget()
        self.stack = QStackedWidget()
        self._lay_out(context)

    def fit(self) -> None:
        """Columns for the text size in use."""
        self.table.tune_columns([3, 5, 14, 11, 20], WHY)

    def show_busy(self, what: str) -> None:
        """Something runs that may be stopped."""
        self.doing.setText(what)
        self.doing.show()
        self.stop.setEnabled(True)
        self.stop.show()
        self.busy.start()
        for button in (self.go, self.choose, self.empty.button):
            button.setEnabled(False)

    def show_idle(self) -> None:
        """Nothing runs any more."""
        self.doing.hide()
        self.stop.hide()
        self.busy.stop()
        for button in (self.choose, self.empty.button):
            button.setEnabled(True)

    def _lay_out(self, context: PageContext) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(STATE, BadgeDelegate(context.theme, self.table))
        self.fit()
        inner = QVBoxLayout(self.preview)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.kinds)
        row.addStretch(1)
        row.addWidget(self.go)
        for part in (self.summary, self.columns):
            inner.addWidget(part)
        inner.addLayout(row)
        inner.addWidget(self.table, 1)
        for page in (self.empty, self.preview):
            self.stack.addWidget(page)
        working = QHBoxLayout()
        working.addWidget(self.doing, 1)
        working.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addWidget(self.bar)
        column.addWidget(self.busy)
        column.addLayout(working)
        column.addWidget(self.stack, 1)
        self.show_idle()
        self.go.setEnabled(False)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.back)
        head.addWidget(title("导入企业名单"))
        head.addWidget(self.file, 1)
        head.addWidget(self.choose)
        return head
