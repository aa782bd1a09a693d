"""The list of enterprises: found by name, pinyin initials, code or tag."""

from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop.enterprises.model import COLUMNS, NAME, SOURCE, SPARE, EnterpriseModel
from desktop.intake.verdict import judge
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, BadgeDelegate, BusyBar, DataTable, EmptyState, label, title
from services.enterprises import list_enterprises

SEARCH_MS = 150
SEARCH_LIMIT = 200
MARGINS = 40
NAME_WIDTH = 14
"""Characters of a name that must have room."""


class EnterpriseList(QWidget):
    """``opened`` carries the credit code, or the name where there is none.

    ``intake_asked`` carries the credit code that was looked for in vain, or an empty text.
    """

    opened = Signal(str)
    import_asked = Signal()
    pending_asked = Signal()
    intake_asked = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText("名称、拼音首字母、信用代码或标签")
        self.search.setAccessibleName("搜索企业")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(80)
        self.total = label("", "muted")
        self.bring = ActionButton("导入名单…", key="Ctrl+I", icon_name="upload-simple")
        self.pending = ActionButton("待复核", icon_name="shield-check")
        self.table = DataTable("企业")
        self.busy = BusyBar()
        self.nothing = EmptyState(
            "buildings",
            "还没有企业",
            "受理过的企业会自动列在这里；也可以导入园区自己的名单。",
            action="导入名单…",
        )
        self.not_found = EmptyState(
            "magnifying-glass",
            "没有找到",
            "换一个词试试：名称中的两个字、拼音首字母、代码前几位。初次来办的企业直接受理即可。",
            action="去受理",
        )
        self.model = EnterpriseModel(context.tasks, self)
        self.stack = QStackedWidget()
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._lay_out()
        self._connect()
        self.reload()

    def reload(self) -> None:
        """Show what is searched for, or all, from the top."""
        self._pause.stop()
        self.busy.start()
        self.model.show(self._fetch)

    def focus_search(self) -> None:
        """Go to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def _fetch(self, limit: int, offset: int) -> "Future[Any]":
        text = self.search.text().strip()
        stretch = {"limit": SEARCH_LIMIT} if text else {"limit": limit, "offset": offset}
        found: Future[Any] = self._context.station.submit(list_enterprises, text, **stretch)
        return found

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._on_entered)
        self._pause.timeout.connect(self.reload)
        self.table.opened.connect(self._on_opened)
        self.model.loaded.connect(self._on_loaded)
        self.pending.clicked.connect(self.pending_asked)
        self.bring.clicked.connect(self.import_asked)
        self.nothing.acted.connect(self.import_asked)
        self.not_found.acted.connect(lambda: self.intake_asked.emit(judge(self.search.text()).code))
        self._context.theme.changed.connect(self._fit)

    def _on_entered(self) -> None:
        self.reload()
        self.table.setFocus()

    def _on_opened(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.opened.emit(row.uscc or row.name)

    def _on_loaded(self, total: int) -> None:
        self.busy.stop()
        searched = bool(self.search.text().strip())
        empty = self.not_found if searched else self.nothing
        self.stack.setCurrentWidget(self.table if total else empty)
        full = "（只显示最近的，请把词写得更具体）" if searched and total >= SEARCH_LIMIT else ""
        self.total.setText(f"{'找到' if searched else '共'} {total:,} 家{full}")
        if total and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Let spare columns go until there is room for a name."""
        em = self.table.fontMetrics().horizontalAdvance("国")
        wanted = {place: column.width * em + 20 for place, column in enumerate(COLUMNS)}
        wanted[NAME] = NAME_WIDTH * em
        # The table itself learns of a new size only after this.
        room = self.width() - MARGINS
        for place in SPARE:
            narrow = sum(wanted.values()) > room
            self.table.setColumnHidden(place, narrow)
            if narrow:
                del wanted[place]
        self.table.tune_columns([column.width for column in COLUMNS], NAME)

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(SOURCE, BadgeDelegate(self._context.theme, self.table))
        self._fit()
        for page in (self.table, self.nothing, self.not_found):
            self.stack.addWidget(page)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(title("企业"))
        head.addWidget(self.search, 1)
        head.addWidget(self.total)
        head.addWidget(self.pending)
        head.addWidget(self.bring)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.stack, 1)
