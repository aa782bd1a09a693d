"""Tags and ticks that wrap like words."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.widgets.flow import FlowLayout


class Chip(QPushButton):
    """标签: shows a word; ``checkable`` makes it a tick, said by a leading ✓ as well as by colour."""

    def __init__(
        self, text: str, *, checkable: bool = False, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._word = text
        self.setProperty("role", "chip")
        self.setAccessibleName(text)
        self.setCheckable(checkable)
        self.toggled.connect(self._show_state)
        self.setChecked(checked)
        self._show_state(checked)

    def _show_state(self, checked: bool) -> None:
        self.setText(f"✓ {self._word}" if self.isCheckable() and checked else self._word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)


class ChipRow(QWidget):
    """A wrapping row of chips."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._flow = FlowLayout(self)

    def set_chips(self, chips: Iterable[QWidget]) -> None:
        """Put ``chips`` in place of what is shown."""
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for chip in chips:
            self._flow.addWidget(chip)
        self.updateGeometry()

    def chips(self) -> list[QWidget]:
        """The chips in order."""
        items = (self._flow.itemAt(index) for index in range(self._flow.count()))
        return [widget for item in items if item and (widget := item.widget())]
