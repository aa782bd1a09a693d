"""Known enterprises found while somebody types, as a list that the keys of the field above move through."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

MOST = 6
ROW = int(Qt.ItemDataRole.UserRole)


class FoundEnterprises(QListWidget):
    """找到的企业. The focus stays in the field; ``take_key`` is given its arrows and Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("找到的企业")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.hide()

    def show_found(self, rows: Sequence[Any]) -> None:
        """Show ``EnterpriseRow``s, the first chosen; none hides the list."""
        self.clear()
        for row in rows:
            item = QListWidgetItem(f"{row.name}    {row.uscc or ''}")
            item.setToolTip(f"{row.name}\n{row.uscc or '没有代码'}\n来办过 {row.cases} 件")
            item.setData(ROW, row)
            self.addItem(item)
        self.setVisible(bool(rows))
        self.setCurrentRow(0 if rows else -1)
        height = self.sizeHintForRow(0) if rows else 0
        self.setFixedHeight(height * min(len(rows), MOST) + 4)

    def chosen(self) -> Any:
        """The enterprise that Enter takes, or None."""
        item = None if self.isHidden() else self.currentItem()
        return item.data(ROW) if item is not None else None

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key of the field was for the list."""
        if self.isHidden():
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step:
            self.setCurrentRow(max(0, min(self.currentRow() + step, self.count() - 1)))
        elif event.key() == Qt.Key.Key_Escape:
            self.show_found(())
        else:
            return False
        return True
