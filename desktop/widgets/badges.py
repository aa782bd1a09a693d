"""States shown by shape, word and colour, so that none of the three is needed alone."""

from enum import StrEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QLabel, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme.theme import Theme

BADGE_ROLE = int(Qt.ItemDataRole.UserRole) + 40


class Tone(StrEnum):
    """How something stands."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    DANGER = "danger"
    QUIET = "quiet"


# Shapes are characters of the bundled font.
SHAPES = {Tone.OK: "●", Tone.INFO: "◆", Tone.WARN: "▲", Tone.DANGER: "■", Tone.QUIET: "○"}


def set_tone(widget: QWidget, tone: Tone | str | None) -> None:
    """Give ``widget`` the tone and renew its look."""
    if widget.property("tone") == (tone and str(tone)):
        return
    widget.setProperty("tone", str(tone) if tone else None)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Badge(QLabel):
    """状态标记: shape, word, colour."""

    def __init__(self, text: str = "", tone: Tone = Tone.QUIET, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "badge")
        self.show_state(text, tone)

    def show_state(self, text: str, tone: Tone) -> None:
        """Show ``text`` with the shape and colour of ``tone``."""
        self.setText(f"{SHAPES[tone]} {text}")
        self.setAccessibleName(text)
        set_tone(self, tone)


class KeyHint(QLabel):
    """键帽: shows which key does it."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(key, parent)
        self.setProperty("role", "key")
        self.setAccessibleName(f"快捷键 {key}")


class BadgeDelegate(QStyledItemDelegate):
    """Paints a table cell whose ``BADGE_ROLE`` data is ``(Tone, text)`` as a badge."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state = index.data(BADGE_ROLE)
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget
        )
        if state:
            self._paint_badge(painter, option.rect, Tone(state[0]), state[1])

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        state = index.data(BADGE_ROLE)
        if state:
            size.setWidth(QFontMetrics(self._font()).horizontalAdvance(_worded(state)) + 30)
        return size

    def _font(self) -> QFont:
        font = QFont(self._theme_font())
        font.setPixelSize(self._theme.tokens.text["small"])
        font.setBold(True)
        return font

    def _theme_font(self) -> Any:
        parent = self.parent()
        return parent.font() if isinstance(parent, QWidget) else QFont()

    def _paint_badge(self, painter: QPainter, cell: QRect, tone: Tone, text: str) -> None:
        font = self._font()
        metrics = QFontMetrics(font)
        words = _worded((tone, text))
        width = min(metrics.horizontalAdvance(words) + 14, cell.width() - 12)
        height = metrics.height() + 4
        box = QRect(cell.left() + 6, cell.center().y() - height // 2 + 1, width, height)
        edge = "edge" if tone is Tone.QUIET else str(tone)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.colour(f"{tone}_soft"))
        painter.setPen(self._theme.colour(edge))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font)
        painter.setPen(self._theme.colour(str(tone)))
        elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width() - 12)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, elided)
        painter.restore()


def _worded(state: tuple[str, str]) -> str:
    return f"{SHAPES[Tone(state[0])]} {state[1]}"
