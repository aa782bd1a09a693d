"""Drawn faces: no font of every system has them, and their colour follows the theme."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.theme.theme import Theme

COLOURS = {5: "ok", 4: "ok", 3: "info", 2: "warn", 1: "danger"}
BENDS = {5: 0.62, 4: 0.34, 3: 0.0, 2: -0.34, 1: -0.62}
"""How far the mouth of each level bends, in shares of the face's radius; a smile is positive."""
LEAST_PX, MOST_PX = 72, 260


class Face(QWidget):
    """One face: eyes, and a mouth that says the level."""

    def __init__(self, level: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level, self._theme = level, theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(LEAST_PX, LEAST_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        side = min(self.width(), self.height(), MOST_PX)
        radius = side / 2 * 0.88
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour(COLOURS[self._level]), max(3.0, radius * 0.09)))
        painter.setBrush(self._theme.colour(f"{COLOURS[self._level]}_soft"))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(self._theme.colour(COLOURS[self._level]))
        for way in (-1, 1):
            painter.drawEllipse(
                centre + QPointF(way * radius * 0.36, -radius * 0.26), radius * 0.04, radius * 0.07
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_mouth(centre, radius, BENDS[self._level]))
        painter.end()


def _mouth(centre: QPointF, radius: float, bend: float) -> QPainterPath:
    room = QRectF(centre.x() - radius * 0.46, centre.y() + radius * 0.36, radius * 0.92, 0)
    path = QPainterPath(QPointF(room.left(), room.top() - bend * radius * 0.35))
    path.quadTo(
        QPointF(centre.x(), room.top() + bend * radius * 0.65),
        QPointF(room.right(), room.top() - bend * radius * 0.35),
    )
    return path


class FaceButton(TouchButton):
    """One of the five levels: the face and its word."""

    def __init__(self, level: int, word: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "hall-group", parent)
        self.level = level
        self.setAccessibleName(word)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        name = FitLabel(word, "hall-strong", least=0.5, align=Qt.AlignmentFlag.AlignHCenter)
        name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(10, 14, 10, 14)
        column.addWidget(Face(level, theme), 1)
        column.addWidget(name)

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()
