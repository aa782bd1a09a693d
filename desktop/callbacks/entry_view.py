"""Big buttons with their keys."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets import ActionButton

HIGH_PX = 34


class Choices(QWidget):
    """A few buttons, each with a key of one character. ``chosen`` carries the value of the one that was pressed."""

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[str, str, Any]], *, columns: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.buttons: dict[str, ActionButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, (key, word, value) in enumerate(choices):
            # The key is no shortcut of the window: digits belong to whatever text has the focus.
            button = ActionButton(f"{key}  {word}", kind="secondary")
            button.setAccessibleName(word)
            button.setAccessibleDescription(f"按键 {key}")
            button.setMinimumHeight(HIGH_PX)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            grid.addWidget(button, place // columns, place % columns)
            self.buttons[key] = button

    def press(self, key: str) -> bool:
        """Press the button with ``key``; whether there is one."""
        button = self.buttons.get(key)
        if button is None or not button.isEnabled():
            return False
        button.click()
        return True

    def take_focus(self) -> None:
        """Go to the first button."""
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.OtherFocusReason)
