"""Rows of a screen that nobody scrolls: as many as fit, and after a while the next ones."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

FLIP_MS = 8_000


class PagedRows(QWidget):
    """Shows ``size`` items at a time and turns over every 8 s. A row of ``make_row`` has ``fill(item)``."""

    def __init__(self, make_row: Callable[[], Any], size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_row, self._size = make_row, size
        self._items: tuple[Any, ...] = ()
        self._first = 0
        self.rows: list[Any] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._flip = QTimer(self, interval=FLIP_MS)
        self._flip.timeout.connect(self.turn_over)

    def show_items(self, items: Sequence[Any]) -> None:
        """Show these; the part that was shown stays where it still exists."""
        self._items = tuple(items)
        if self._first >= len(self._items):
            self._first = 0
        if len(self._items) > self._size:
            if not self._flip.isActive():
                self._flip.start()
        else:
            self._flip.stop()
        self._fill()

    def turn_over(self) -> None:
        """Show the next part."""
        self._first += self._size
        if self._first >= len(self._items):
            self._first = 0
        self._fill()

    def _fill(self) -> None:
        shown = self._items[self._first : self._first + self._size]
        while len(self.rows) < len(shown):
            row = self._make_row()
            self.rows.append(row)
            self._column.addWidget(row)
        for row, item in zip(self.rows, shown, strict=False):
            row.fill(item)
            row.show()
        for row in self.rows[len(shown) :]:
            row.hide()
