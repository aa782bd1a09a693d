"""Big buttons with their keys."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets import ActionButton

HIGH_PX = 34


class Choices(QWidget):
    """A few buttons, each with a key of one character. ``chosen`` carries the value of the one that was pressed.

    ``checkable``: what was pressed stays so, and is the ``value``.
    """

    chosen = Signal(object)

    def __init__(
        self,
        choices: Sequence[tuple[str, str, Any]],
        *,
        columns: int,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.buttons: dict[str, ActionButton] = {}
        self._values = {key: value for key, _, value in choices}
        self._checkable = checkable
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, (key, word, _) in enumerate(choices):
            # The key is no shortcut of the window: digits belong to whatever text has the focus.
            button = ActionButton(f"{key}  {word}", kind="choice" if checkable else "secondary")
            button.setAccessibleName(word)
            button.setAccessibleDescription(f"按键 {key}")
            button.setMinimumHeight(HIGH_PX)
            button.setCheckable(checkable)
            button.clicked.connect(lambda _=False, key=key: self._on_clicked(key))
            grid.addWidget(button, place // columns, place % columns)
            self.buttons[key] = button

    def value(self) -> Any:
        """What stays pressed, or None."""
        return next((self._values[key] for key, one in self.buttons.items() if one.isChecked()), None)

    def choose(self, value: Any) -> None:
        """Let only the button of ``value`` stay pressed; none for None."""
        for key, button in self.buttons.items():
            button.setChecked(value is not None and self._values[key] == value)

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

    def _on_clicked(self, key: str) -> None:
        if self._checkable:
            self.choose(self._values[key])
        self.chosen.emit(self._values[key])
