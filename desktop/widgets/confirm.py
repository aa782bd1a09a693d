"""A button for what cannot be taken back."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.buttons import ActionButton


class ConfirmButton(ActionButton):
    """A button that asks in its own place: the first press shows the question, the second means it."""

    confirmed = Signal()

    def __init__(self, text: str, question: str, parent: QWidget | None = None) -> None:
        super().__init__(text, kind="danger", parent=parent)
        self._plain, self._question = text, question
        self._asked = False
        self.clicked.connect(self._on_clicked)

    def set_question(self, question: str) -> None:
        """Change what is asked; a question that stands is taken back, since it was another one."""
        if question != self._question:
            self._question = question
            self._show(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The second half of a double click was meant before the question could be read.
        event.accept()

    def focusOutEvent(self, event: Any) -> None:
        self._show(False)
        super().focusOutEvent(event)

    def _on_clicked(self) -> None:
        if self._asked:
            self._show(False)
            self.confirmed.emit()
        else:
            self._show(True)

    def _show(self, asked: bool) -> None:
        self._asked = asked
        self.set_label(self._question if asked else self._plain)
