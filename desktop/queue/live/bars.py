"""A time, and below it how much of its limit it has used up."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme.theme import Theme
from desktop.widgets import BADGE_ROLE

SHARE_ROLE = BADGE_ROLE + 1
"""How much of its limit a time has used up: 0 … 1 and beyond; None without a limit."""
HEIGHT = 3
NEAR = 0.75
"""From here on a bar warns."""


class BarDelegate(QStyledItemDelegate):
    """Paints a cell whose ``SHARE_ROLE`` data is a share of a limit; without one it is plain text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE_ROLE)
        if share is None:
            return
        room = option.rect.adjusted(8, 0, -8, 0)
        track = QRect(room.left(), room.bottom() - HEIGHT - 1, room.width(), HEIGHT)
        painter.fillRect(track, self._theme.colour("sunken"))
        track.setWidth(round(track.width() * min(1.0, share)))
        painter.fillRect(track, self._colour(share))

    def _colour(self, share: float) -> QColor:
        return self._theme.colour("danger" if share > 1 else "warn" if share >= NEAR else "accent")
