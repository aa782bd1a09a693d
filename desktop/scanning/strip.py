"""扫码条: where a keyboard-wedge gun types. F12 leads here, Enter ends, the focus goes back where it was."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from desktop.shell.focus import FocusKeeper
from desktop.theme.icons import icon
from domain.codes.profiles import MAX_TEXT_CHARS

QUIET_MS = 60
"""Guns that end with CR and LF press Enter twice; the second must not reach the field beneath."""
EMPTY_MS = 8_000
"""F12 without a scan: somebody pressed it by mistake, and goes on typing after a while."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SWALLOWED = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_LINE_FEED = (Qt.Key.Key_J, Qt.Key.Key_M)


class ScanStrip(QWidget):
    """``scanned`` carries what was typed; ``left`` when the focus is back where it was."""

    scanned = Signal(str)
    left = Signal()
    camera_asked = Signal()
    file_asked = Signal()
    paste_asked = Signal()

    def __init__(self, host: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._focus = FocusKeeper()
        self.line = QLineEdit()
        self.line.setAccessibleName("扫码条")
        self.line.setPlaceholderText("扫码 F12")
        self.line.setMaxLength(MAX_TEXT_CHARS + 1)
        self.line.setFixedWidth(118)
        # An input method would turn the gun's letters into candidates.
        self.line.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.line.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.line.installEventFilter(self)
        self.more = self._menu_button()
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._leave)
        self._empty = QTimer(self, singleShot=True, interval=EMPTY_MS)
        self._empty.timeout.connect(self._on_empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.line)
        row.addWidget(self.more)

    @property
    def is_busy(self) -> bool:
        """Whether a gun is typing, or the focus has not yet been given back."""
        return self.line.hasFocus()

    def begin(self) -> None:
        """F12: remember the focus and take what is typed next."""
        self._quiet.stop()
        if not self.line.hasFocus():
            self._focus.remember(self._host)
            QApplication.inputMethod().commit()
        self.line.clear()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._empty.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.line:
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # While a gun types, nothing it types is a command.
            if event.key() not in (Qt.Key.Key_F12, Qt.Key.Key_Escape):
                event.accept()
            return False
        if event.type() == QEvent.Type.MouseButtonPress and not self.line.hasFocus():
            self.begin()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        if self._quiet.isActive():
            return self._after_the_end(event)
        self._empty.stop()
        if event.key() in _ENTER or _is_line_feed(event):
            self._finish()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        return event.key() in _SWALLOWED

    def _after_the_end(self, event: QKeyEvent) -> bool:
        if event.key() in _ENTER or _is_line_feed(event):
            return True
        # Somebody types on: it belongs to the field beneath.
        self._leave()
        focused = QApplication.focusWidget()
        if focused is not None and focused is not self.line:
            QApplication.sendEvent(focused, event.clone())
        return True

    def _finish(self) -> None:
        text = self.line.text()
        self.line.clear()
        self._quiet.start()
        if text:
            self.scanned.emit(text)

    def _on_empty(self) -> None:
        if not self.line.text():
            self._leave()

    def _leave(self) -> None:
        self._quiet.stop()
        self._empty.stop()
        self.line.clear()
        if self.line.hasFocus():
            self._focus.give_back()
        if self.line.hasFocus():
            self.line.clearFocus()
        self.left.emit()

    def _menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("qr-code", QPalette.ColorRole.WindowText))
        button.setIconSize(QSize(17, 17))
        button.setAccessibleName("其他扫码方式")
        button.setToolTip("用摄像头、图片或剪贴板识码")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for text, slot in (
            ("扫码枪\tF12", self.begin),
            ("摄像头…\tCtrl+Shift+S", self.camera_asked.emit),
            ("图片文件…", self.file_asked.emit),
            ("剪贴板里的图片或文字\tCtrl+Shift+V", self.paste_asked.emit),
        ):
            menu.addAction(text).triggered.connect(lambda _=False, slot=slot: slot())
        button.setMenu(menu)
        return button


def _is_line_feed(event: QKeyEvent) -> bool:
    """Ctrl+J and Ctrl+M: how some guns type LF and CR."""
    held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(held) and event.key() in _LINE_FEED
