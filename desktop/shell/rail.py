"""The rail at the left: the pages that exist, Ctrl+1 … Ctrl+9."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.shell.page import PageSpec
from desktop.theme.icons import icon


class Rail(QWidget):
    """导航栏: ``picked`` carries the id of the page that was asked for."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("导航")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._shortcuts: list[QShortcut] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 10, 6, 10)
        self._column.setSpacing(4)
        self._column.addStretch(1)

    def set_pages(self, specs: Sequence[PageSpec]) -> None:
        """Show these pages; the last one (settings) stands at the foot."""
        self._clear()
        for place, spec in enumerate(specs):
            button = self._button(place, spec)
            foot = place == len(specs) - 1 and place > 0
            self._column.insertWidget(self._column.count() if foot else place, button)

    def page_ids(self) -> list[str]:
        """The pages that are offered, in order."""
        return list(self._buttons)

    def show_current(self, page_id: str) -> None:
        """Mark the page that is shown; none for one that has no place here."""
        button = self._buttons.get(page_id)
        if button is not None:
            button.setChecked(True)
        elif (marked := self._group.checkedButton()) is not None:
            self._group.setExclusive(False)
            marked.setChecked(False)
            self._group.setExclusive(True)

    def set_width(self, pixels: int) -> None:
        """As wide as the theme says."""
        self.setFixedWidth(pixels)

    def _clear(self) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self._buttons, self._shortcuts = {}, []

    def _button(self, place: int, spec: PageSpec) -> QToolButton:
        key = f"Ctrl+{place + 1}"
        button = QToolButton()
        button.setText(spec.title)
        button.setIcon(icon(spec.icon, QPalette.ColorRole.BrightText, QPalette.ColorRole.Dark))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(spec.title)
        button.setAccessibleDescription(f"快捷键 {key}")
        button.setToolTip(f"{spec.title}  {key}")
        button.clicked.connect(lambda: self.picked.emit(spec.id))
        self._group.addButton(button)
        self._buttons[spec.id] = button
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: self.picked.emit(spec.id))
        self._shortcuts.append(shortcut)
        return button
