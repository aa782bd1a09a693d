"""今日数字: figures that lead to the list they count."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets import Tone, label, set_tone

# Name of the figure, words, the case list behind it, and how it stands once it is not 0.
FIGURES = (
    ("accepted", "今日受理", "accepted_today", None),
    ("answered", "其中已办结", "answered", None),
    ("open", "在办", "open", None),
    ("due", "今日到期", "due_today", Tone.WARN),
    ("overdue", "已超期", "overdue", Tone.DANGER),
)


class Figure(QPushButton):
    """One figure; Enter or a click opens its list."""

    def __init__(self, words: str, tone: Tone | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "figure")
        self._words, self._tone = words, tone
        self._count = label("–", "figure")
        self._name = label(words, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(0)
        for part in (self._count, self._name):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)

    def show_count(self, count: int) -> None:
        """Show ``count`` with the tone that it calls for."""
        self._count.setText(f"{count:,}")
        self.setAccessibleName(f"{self._words} {count:,} 件")
        set_tone(self, self._tone if count else None)
        for part in (self._count, self._name):
            part.style().polish(part)

    def count(self) -> str:
        """What stands there."""
        return self._count.text()

    def sizeHint(self) -> QSize:
        # A button asks only for its own text, of which there is none.
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)


class Figures(QWidget):
    """The row of figures. ``picked`` carries the name of a case list."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.figures: dict[str, Figure] = {}
        for name, words, case_list, tone in FIGURES:
            figure = self.figures[name] = Figure(words, tone)
            figure.clicked.connect(lambda _=False, case_list=case_list: self.picked.emit(case_list))
            row.addWidget(figure, 1)

    def show_counts(self, counts: dict[str, int]) -> None:
        """Show every figure."""
        for name, figure in self.figures.items():
            figure.show_count(counts[name])
