"""The layout of the case list: lists with counts at the left, search and table at the right."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.cases.columns import COLUMNS, STRETCHED
from desktop.theme.icons import icon
from desktop.theme.theme import Theme
from desktop.widgets import ActionButton, BadgeDelegate, BusyBar, DataTable, EmptyState, label

LISTS = {
    "open": "在办",
    "mine": "我受理的",
    "board": "我的板块",
    "accepted_today": "今日受理",
    "due_today": "今日到期",
    "amber": "临期",
    "overdue": "已超期",
    "red": "红牌",
    "to_assign": "待交办",
    "to_feed_back": "待反馈",
    "extensions": "待批延期",
    "returns": "待裁定退回",
    "suspended": "已挂起",
    "sensitive": "敏感",
    "answered": "已办结",
    "ended": "已终止",
    "waiting": "等待同步",
    "conflicts": "有冲突",
    "all": "全部",
}
NAME_ROLE = int(Qt.ItemDataRole.UserRole)


class ListChoice(QListWidget):
    """Saved lists with how many cases each holds. ``names`` are code → word, the first one is chosen at first."""

    def __init__(
        self, names: Mapping[str, str], name: str = "办件列表", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._names = names
        self.setAccessibleName(name)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fit()

    def fit(self) -> None:
        """Wide enough for the longest name and a count of six digits in the text size in use."""
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("国") * 9 + 40)

    def show_counts(self, counts: dict[str, int]) -> None:
        """Show the lists in ``counts``, keeping the one that is chosen."""
        if [self.item(row).data(NAME_ROLE) for row in range(self.count())] != list(counts):
            chosen = self.chosen()
            self.blockSignals(True)
            self.clear()
            for name in counts:
                item = QListWidgetItem(icon("tray" if name != "overdue" else "warning"), "")
                item.setData(NAME_ROLE, name)
                self.addItem(item)
            self.choose(chosen)
            self.blockSignals(False)
        for row, (name, count) in enumerate(counts.items()):
            self.item(row).setText(f"{self._names[name]}  {count:,}")

    def chosen(self) -> str:
        """The name of the chosen list."""
        item = self.currentItem()
        return str(item.data(NAME_ROLE)) if item else next(iter(self._names))

    def choose(self, name: str) -> None:
        """Choose a list by name."""
        for row in range(self.count()):
            if self.item(row).data(NAME_ROLE) == name:
                self.setCurrentRow(row)


class CaseListView(QWidget):
    """办件列表: what stands where."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lists = ListChoice(LISTS)
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setAccessibleName("搜索办件")
        self.search.setPlaceholderText("编号、企业、拼音首字母、经办人或诉求里的词（Ctrl+F）")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.table = DataTable("办件")
        self.table.setSortingEnabled(True)
        self.table.setItemDelegateForColumn(_place("state"), BadgeDelegate(theme, self.table))
        self.total = label("", "muted")
        self.columns = ActionButton("列", kind="quiet", icon_name="list")
        self.export = ActionButton("导出 Excel", kind="secondary", icon_name="download-simple")
        self.open = ActionButton("打开", kind="primary")
        self.busy = BusyBar()
        self.nothing = EmptyState(
            "tray", "这里没有办件", "换一个列表或搜索词；新的诉求在“受理”页录入。", action="去受理"
        )
        self.pages = QStackedWidget()
        self._lay_out()

    def use_columns(self) -> None:
        """Set widths and hide what is not shown at first; once the model is there."""
        self.fit_text()
        for place, column in enumerate(COLUMNS):
            self.table.setColumnHidden(place, not column.shown)

    def fit_text(self) -> None:
        """Set widths and heights for the text size in use."""
        self.lists.fit()
        self.table.tune_columns([column.width for column in COLUMNS], _place(STRETCHED))
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 12)

    def column_menu(self) -> QMenu:
        """Which columns are shown."""
        menu = QMenu(self)
        for place, column in enumerate(COLUMNS):
            action = QAction(column.title, menu, checkable=True)
            action.setChecked(not self.table.isColumnHidden(place))
            action.setEnabled(column.id not in ("number", STRETCHED))
            action.toggled.connect(lambda on, place=place: self.table.setColumnHidden(place, not on))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self.columns)
        head.addWidget(self.export)
        foot = QHBoxLayout()
        foot.addWidget(self.total, 1)
        foot.addWidget(self.open)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.nothing)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(head)
        right.addWidget(self.busy)
        right.addWidget(self.pages, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(10)
        row.addWidget(self.lists)
        row.addLayout(right, 1)


def _place(column_id: str) -> int:
    return next(place for place, column in enumerate(COLUMNS) if column.id == column_id)
