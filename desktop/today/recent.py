"""最近受理: the newest cases, opened by Enter or a double click."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop import words
from desktop.cases.columns import state_badge
from desktop.theme.theme import Theme
from desktop.widgets import BADGE_ROLE, BadgeDelegate, DataTable

ID_ROLE = int(Qt.ItemDataRole.UserRole)
TITLES = ("编号", "状态", "企业", "诉求", "受理")
WIDTHS = (10, 6, 10, 16, 4)
WIDEST_NUMBER = "WWWW261122WW00000W"
STATE, MATTER = 1, 3


class RecentCases(DataTable):
    """``picked`` carries the id of a case."""

    picked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("最近受理", parent)
        self._rows = QStandardItemModel(0, len(TITLES), self)
        self._rows.setHorizontalHeaderLabels(TITLES)
        self.setModel(self._rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(STATE, BadgeDelegate(theme, self))
        self.opened.connect(lambda index: self.picked.emit(index.siblingAtColumn(0).data(ID_ROLE)))
        self.fit()

    def fit(self) -> None:
        """Widths and heights for the text size in use."""
        self.tune_columns(WIDTHS, MATTER)
        # A number is never cut, whatever letters it has.
        self.horizontalHeader().resizeSection(0, self.fontMetrics().horizontalAdvance(WIDEST_NUMBER) + 28)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)

    def show_cases(self, rows: Sequence[Any], now_ms: int, zone: str) -> None:
        """Show ``CaseRow``s; the one that is chosen stays chosen."""
        chosen = (
            self.currentIndex().siblingAtColumn(0).data(ID_ROLE) if self.currentIndex().isValid() else None
        )
        self._rows.setRowCount(0)
        for row in rows:
            self._rows.appendRow(_items(row, now_ms, zone))
            if row.id == chosen:
                self.setCurrentIndex(self._rows.index(self._rows.rowCount() - 1, 0))


def _items(row: Any, now_ms: int, zone: str) -> list[QStandardItem]:
    matter = " ".join(row.excerpt.split())
    badge = state_badge(row, now_ms, zone)
    accepted, now = words.local(row.accepted_at, zone), words.local(now_ms, zone)
    at = f"{accepted:%H:%M}" if accepted.date() == now.date() else f"{accepted:%m-%d}"
    texts = (row.number, badge[1], row.applicant, matter, at)
    items = [QStandardItem(text) for text in texts]
    items[0].setData(row.id, ID_ROLE)
    items[STATE].setData(badge, BADGE_ROLE)
    for item, text in zip(items, texts, strict=True):
        item.setToolTip(text)
    return items
