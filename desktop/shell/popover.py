"""A small sheet hanging below a button; a click elsewhere or Esc closes it."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from desktop.shell.focus import FocusKeeper


class Popover(QFrame):
    """Hangs below ``anchor`` inside ``host``; gives the focus back where it was."""

    def __init__(self, host: QWidget, anchor: QWidget, content: QWidget, width: int = 380) -> None:
        super().__init__(host)
        self.setProperty("role", "pop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focus = FocusKeeper()
        self._focus.remember(host)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        box.addWidget(content)
        height = max(box.sizeHint().height(), box.heightForWidth(width))
        corner = anchor.mapTo(host, QPoint(anchor.width() - width, anchor.height() + 4))
        self.setGeometry(max(8, corner.x()), corner.y(), width, min(height, host.height() - corner.y() - 8))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application
        application.installEventFilter(self)
        application.focusChanged.connect(self._on_focus_changed)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Take the sheet away."""
        self._application.removeEventFilter(self)
        self._application.focusChanged.disconnect(self._on_focus_changed)
        if self.hasFocus():
            self._focus.give_back()
        self.hide()
        self.deleteLater()

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self and not self.isAncestorOf(now):
            self.close_sheet()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            inside = watched is self or self.isAncestorOf(watched)
            if not inside:
                self.close_sheet()
        return False
