"""What waits for a hand: lines of a mark, a sentence and what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, Card, Tone, label, set_tone
from desktop.widgets.badges import SHAPES


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do about a line."""

    words: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits. ``detail`` stands below, smaller."""

    text: str
    tone: Tone = Tone.INFO
    detail: str = ""
    acts: tuple[Act, ...] = ()


class LineView(QWidget):
    """A ``Line`` on the screen."""

    def __init__(self, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        mark = label(SHAPES[line.tone], "mark")
        set_tone(mark, line.tone)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(line.text, wrap=True))
        if line.detail:
            words.addWidget(label(line.detail, "small", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.buttons = [self._button(act) for act in line.acts]
        for button in self.buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def _button(self, act: Act) -> ActionButton:
        button = ActionButton(act.words, kind="quiet")
        button.setAccessibleDescription(self.line.text)
        button.clicked.connect(act.run)
        return button


class LinesCard(Card):
    """A card of lines; ``nothing`` is said where there are none."""

    def __init__(self, title: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._nothing = label(nothing, "muted", wrap=True)
        self._lines: list[LineView] = []
        self.body.setSpacing(2)
        self.body.addWidget(self._nothing)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show ``lines``; what looks the same stays where it is, so that the focus is not lost."""
        if [_look(view.line) for view in self._lines] == [_look(line) for line in lines]:
            return
        for view in self._lines:
            view.hide()
            view.deleteLater()
        self._lines = [LineView(line) for line in lines]
        for view in self._lines:
            self.body.addWidget(view)
        self._nothing.setVisible(not lines)

    def lines(self) -> list[LineView]:
        """What is shown."""
        return self._lines


def _look(line: Line) -> tuple[object, ...]:
    return line.text, line.tone, line.detail, tuple(act.words for act in line.acts)
