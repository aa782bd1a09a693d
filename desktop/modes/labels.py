"""Labels for screens that nobody scrolls: text is made smaller until it fits, and then it ends in …, never clipped."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextLine, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

STEP = 0.92
LINE, BASE = 1.26, 1.02
"""Height of a line and place of its base line, in sizes of the font: Chinese without the typeface's own air."""


class FitLabel(QLabel):
    """Shows its text on at most ``lines`` lines, in the font of its role or a smaller one, down to ``least`` of it.

    It is as high as ``high`` lines of that font, ``lines`` unless given: two small lines may stand in place of a large
    one. What does not fit even then ends in …; the accessible name has all of it.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "",
        *,
        lines: int = 1,
        high: float = 0,
        least: float = 0.6,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines, self._high, self.least = lines, high or lines, least
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(round(width) + 2, round(self.font().pixelSize() * LINE * self._high) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.sizeHint().height())

    def fitted(self) -> QFont:
        """The font that the text is shown in now."""
        font = QFont(self.font())
        most = font.pixelSize()
        size = float(most)
        while size > most * self.least and not self._fits(font):
            size *= STEP
            font.setPixelSize(max(1, round(max(size, most * self.least))))
        return font

    def is_cut(self) -> bool:
        """Whether some of the text is left out."""
        return not self._fits(self.fitted())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.fitted()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        rows = self._rows(font)
        room = self.contentsRect()
        size = font.pixelSize()
        top = room.top() + (room.height() - size * LINE * len(rows)) / 2
        for row in rows:
            left = room.left() + self._indent(room.width() - metrics.horizontalAdvance(row))
            painter.drawText(QPointF(left, top + size * BASE), row)
            top += size * LINE
        painter.end()

    def _indent(self, free: float) -> float:
        if self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            return max(0.0, free / 2)
        return max(0.0, free) if self.alignment() & Qt.AlignmentFlag.AlignRight else 0.0

    def _fits(self, font: QFont) -> bool:
        count = len(self._broken(font))
        return count <= self._lines and (
            count == 1 or self._height_of(count, font) <= self.contentsRect().height()
        )

    def _height_of(self, count: int, font: QFont) -> float:
        return count * font.pixelSize() * LINE - 1

    def _rows(self, font: QFont) -> list[str]:
        rows = self._broken(font)
        count = self._lines
        while count > 1 and self._height_of(count, font) > self.contentsRect().height():
            count -= 1
        if len(rows) <= count:
            return rows
        rest = "".join(rows[count - 1 :])
        last = QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        return [*rows[: count - 1], last]

    def _broken(self, font: QFont) -> list[str]:
        """The text as the lines it takes at this width."""
        text = " ".join(self.text().split("\n"))
        width = self.contentsRect().width()
        if self._lines == 1:
            return [text] if QFontMetricsF(font).horizontalAdvance(text) <= width else [text[:1], text[1:]]
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        rows: list[str] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            rows.append(_text_of(line, text))
        layout.endLayout()
        return rows


def _text_of(line: QTextLine, text: str) -> str:
    return text[line.textStart() : line.textStart() + line.textLength()].rstrip()
