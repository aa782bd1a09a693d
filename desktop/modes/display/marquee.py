"""通知栏: one line that stands still where it fits, and runs where it does not."""

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.modes.labels import BASE, LINE

FRAME_MS = 33
WIDTHS_PER_S = 0.08
"""How much of the screen's width runs by in a second: slow enough to be read from the back of the hall."""


class Marquee(QLabel):
    """``is_running`` only while the text is longer than the line."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._at = 0.0
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.timeout.connect(self._step)

    @property
    def is_running(self) -> bool:
        """Whether the text runs."""
        return self._frames.isActive()

    def tell(self, text: str) -> None:
        """Show ``text`` from its beginning; the same text runs on."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self._at = 0.0
        self._settle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._frames.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self.font().pixelSize()
        base = (self.height() - size * LINE) / 2 + size * BASE
        text, width = self.text(), self._text_width()
        if not self.is_running:
            painter.drawText(QPointF(max(0.0, (self.width() - width) / 2), base), text)
        else:
            gap = self.width() / 3
            for left in (-self._at, -self._at + width + gap):
                painter.drawText(QPointF(left, base), text)
        painter.end()

    def _text_width(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(self.text())

    def _settle(self) -> None:
        self.setFixedHeight(round(self.font().pixelSize() * LINE) + 2)
        if not self.isVisible() or self._text_width() <= self.width():
            self._frames.stop()
            self._at = 0.0
        elif not self._frames.isActive():
            self._frames.start()
        self.update()

    def _step(self) -> None:
        self._at += self.width() * WIDTHS_PER_S * FRAME_MS / 1000
        if self._at >= self._text_width() + self.width() / 3:
            self._at = 0.0
        self.update()
