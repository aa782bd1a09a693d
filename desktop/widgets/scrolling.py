"""Contents that may be longer than their place."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.widgets.flow import empty
from desktop.widgets.labels import label


class Scrolled(QScrollArea):
    """Contents with a scroll bar where the screen is too low; never narrower than what stands in them."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, 120)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), 400)


class ScrolledLines(QScrollArea):
    """Names and what is said of each, to be read and copied; a line without a name is an aside."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget()
        content.setProperty("role", "scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(10)
        self._lines.setVerticalSpacing(6)
        self._lines.setColumnStretch(1, 1)
        column.addLayout(self._lines)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.setWidget(content)

    def show_lines(self, lines: Iterable[tuple[str, str]]) -> None:
        """(name, what is said) of each line, in place of those before."""
        empty(self._lines)
        for place, (name, text) in enumerate(lines):
            said = label(text, "" if name else "muted", wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._lines.addWidget(label(name, "label"), place, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(said, place, 1, Qt.AlignmentFlag.AlignTop)


def held(layout: QVBoxLayout, spacing: int = 8) -> QWidget:
    """A widget that holds ``layout`` without margins, to be scrolled."""
    holder = QWidget()
    holder.setProperty("role", "scrolled")
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    holder.setLayout(layout)
    return holder
