"""Boxes, bars and what is shown when there is nothing to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from desktop.theme.icons import icon
from desktop.widgets.badges import SHAPES, Tone, set_tone
from desktop.widgets.buttons import ActionButton
from desktop.widgets.labels import label


def line() -> QFrame:
    """A thin horizontal line."""
    frame = QFrame()
    frame.setProperty("role", "line")
    return frame


class Card(QFrame):
    """A box with a title; add to ``body``, and to ``head`` what belongs right of the title."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 10, 12, 12)
        outer.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        if title:
            self.head.addWidget(label(title, "strong"))
            self.head.addStretch(1)
            outer.addLayout(self.head)
        outer.addLayout(self.body, 1)
        self._outer = outer

    def roomy(self) -> None:
        """With wide margins, for a card that stands alone."""
        self._outer.setContentsMargins(28, 22, 28, 22)


class NoticeBar(QFrame):
    """提示条: a sentence above the work, hidden until ``say``; ``acted`` is its button."""

    acted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._mark = label("", "mark")
        self._text = label("", wrap=True)
        self._action = ActionButton("", kind="quiet")
        self._action.clicked.connect(self.acted)
        self._close = close_button(self)
        self._close.clicked.connect(self.hide_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text()

    def say(self, sentence: str, tone: Tone = Tone.INFO, action: str = "") -> None:
        """Show ``sentence``; ``action`` names the button, none without it."""
        self._mark.setText(SHAPES[tone])
        self._text.setText(sentence)
        self._action.set_label(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(sentence)
        set_tone(self, tone)
        for part in (self._mark, self._text):
            part.style().polish(part)
        self.show()

    def hide_bar(self) -> None:
        """Take the bar away."""
        self.hide()
        self.closed.emit()


class EmptyState(QWidget):
    """What is not there yet, and what to do about it."""

    acted = Signal()

    def __init__(
        self, icon_name: str, headline: str, advice: str, *, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{headline}。{advice}")
        column = QVBoxLayout(self)
        column.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(icon(icon_name, QPalette.ColorRole.Mid).pixmap(44, 44))
        self._advice = label(advice, "muted", wrap=True)
        self._advice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        for widget in (picture, label(headline, "strong")):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addWidget(self._advice)
        if action:
            self.button = ActionButton(action, kind="primary")
            self.button.clicked.connect(self.acted)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


class BusyBar(QProgressBar):
    """A thin moving line while something runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setAccessibleName("处理进度")
        self.stop()

    def start(self) -> None:
        """Show that something runs, without an end in sight."""
        self.setRange(0, 0)
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """Show ``done`` of ``total``."""
        self.setRange(0, max(1, total))
        self.setValue(done)
        self.show()

    def stop(self) -> None:
        """Nothing runs any more."""
        self.setRange(0, 1)
        self.hide()


def close_button(parent: QWidget | None = None) -> QToolButton:
    """A small cross that is no stop for Tab."""
    button = QToolButton(parent)
    button.setIcon(icon("x", QPalette.ColorRole.Mid))
    button.setAccessibleName("关闭")
    button.setToolTip("关闭")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def centred(card: QWidget, host: QWidget) -> None:
    """Lay ``card`` into the middle of ``host``, as high as its wrapped texts need.

    An alignment in the layout would ask only for the size hint, and cut the last line of a wrapped text.
    """
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    column = QVBoxLayout(host)
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
