"""Small tables whose times run: a model over frozen rows, and the view that keeps what is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop.queue.live.bars import SHARE_ROLE, BarDelegate
from desktop.theme.theme import Theme
from desktop.widgets import BADGE_ROLE, BadgeDelegate, DataTable

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CELL_PX = 20
Badge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``text``, ``badge`` and ``share`` take a row and now (UTC ms); ``width`` in full-width characters."""

    title: str
    width: int
    text: Callable[[Any, int], str]
    badge: Callable[[Any, int], Badge] | None = None
    share: Callable[[Any, int], float | None] | None = None
    is_right: bool = False
    is_fixed: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it may be narrower, ending in …, and wider than its width says."""
        return not self.is_right and not self.is_fixed and self.badge is None


class LiveModel(QAbstractTableModel):
    """Rows told apart by ``key``. As long as their keys stay, showing them anew changes no selection."""

    def __init__(
        self, columns: Sequence[Column], key: Callable[[Any], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._columns, self._key = columns, key
        self._rows: tuple[Any, ...] = ()
        self._now_ms = 0

    def show(self, rows: Sequence[Any], now_ms: int) -> None:
        """Show ``rows`` as of ``now_ms``."""
        fresh, self._now_ms = tuple(rows), now_ms
        if list(map(self._key, fresh)) != list(map(self._key, self._rows)):
            self.beginResetModel()
            self._rows = fresh
            self.endResetModel()
            return
        self._rows = fresh
        self._tell()

    def tick(self, now_ms: int) -> None:
        """The times go on."""
        self._now_ms = now_ms
        self._tell()

    def row_at(self, index: Index) -> Any:
        """The row of a table row, None outside."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def place_of(self, key: str) -> int | None:
        """Where the row called ``key`` stands."""
        return next((place for place, row in enumerate(self._rows) if self._key(row) == key), None)

    def key_of(self, row: Any) -> str:
        """What a row is called."""
        return self._key(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        return (
            _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[section].is_right else None
        )

    def data(self, index: Index, role: int = 0) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        column = self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(row, self._now_ms)
        if role == BADGE_ROLE and column.badge is not None:
            return column.badge(row, self._now_ms)
        if role == SHARE_ROLE and column.share is not None:
            return column.share(row, self._now_ms)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_right:
            return _RIGHT
        return None

    def _tell(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class LiveTable(DataTable):
    """One row at a time is chosen, and stays so while it is there. ``chosen`` carries it, None without one.

    The columns of text share what room the others leave.
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], str],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self.rows = LiveModel(columns, key, self)
        self._columns, self._kept = columns, ""
        self.setModel(self.rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        # The columns fit by themselves; a bar that comes and goes would ask them to again and again.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setMinimumSectionSize(CELL_PX)
        self._set_delegates(theme)
        self.rows.modelAboutToBeReset.connect(self._remember)
        self.rows.modelReset.connect(self._choose_again)
        self.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        theme.changed.connect(self.fit)
        self.fit()

    def show_rows(self, rows: Sequence[Any], now_ms: int) -> None:
        """Show ``rows``; what is chosen is told anew, since it may have changed."""
        self.rows.show(rows, now_ms)
        self._on_current()

    def choose(self, key: str) -> None:
        """Choose the row called ``key``."""
        place = self.rows.place_of(key)
        if place is not None:
            self.setCurrentIndex(self.rows.index(place, 0))

    def row(self) -> Any:
        """The row that is chosen, or None."""
        return self.rows.row_at(self.currentIndex())

    def fit(self) -> None:
        """Widths and heights for the text size and the room there is."""
        self._share_room()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)

    def _share_room(self) -> None:
        em = self.fontMetrics().horizontalAdvance("国")
        wished = [column.width * em + CELL_PX for column in self._columns]
        texts = [place for place, column in enumerate(self._columns) if column.is_text]
        left = self.viewport().width() - sum(wished) + sum(wished[place] for place in texts)
        whole = sum(self._columns[place].width for place in texts)
        # The narrowest first, so that what it needs at least is taken from the wide ones.
        for place in sorted(texts, key=lambda place: self._columns[place].width):
            share = self._columns[place].width
            wished[place] = max(3 * em, left * share // whole)
            left, whole = left - wished[place], whole - share
        for place, width in enumerate(wished):
            self.horizontalHeader().resizeSection(place, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def _set_delegates(self, theme: Theme) -> None:
        for place, column in enumerate(self._columns):
            if column.badge is not None:
                self.setItemDelegateForColumn(place, BadgeDelegate(theme, self))
            elif column.share is not None:
                self.setItemDelegateForColumn(place, BarDelegate(theme, self))

    def _remember(self) -> None:
        row = self.row()
        self._kept = "" if row is None else self.rows.key_of(row)

    def _choose_again(self) -> None:
        if self._kept:
            self.choose(self._kept)

    def _on_current(self) -> None:
        self.chosen.emit(self.row())
