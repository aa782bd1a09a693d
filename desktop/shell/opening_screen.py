"""What stands on the screen while the store opens."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.shell.held_keys import HeldKeys
from desktop.widgets import BusyBar, label


class OpeningScreen(QWidget):
    """正在打开. Who types ahead finds it in the page that comes: ``typed`` holds it."""

    def __init__(self, typed: HeldKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typed = typed
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        bar = BusyBar(self)
        bar.setFixedWidth(320)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(label("正在打开本站数据…", "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        bar.start()

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab is held like any other key; a screen that goes passes the focus on.
        return not self.isVisible() and super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.typed.hold_key(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.typed.hold_text(event.commitString())
