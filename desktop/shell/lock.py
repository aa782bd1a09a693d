"""The idle lock: a sheet over everything. What lies beneath stays as it is, down to the caret."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputEvent, QInputMethodEvent, QKeyEvent, QPalette, QWindow
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from shiboken6 import isValid

from desktop.shell.focus import FocusKeeper
from desktop.theme.icons import icon
from desktop.widgets import ActionButton, Card, SecretField, label
from desktop.widgets.cards import centred

_INPUT = (QInputEvent, QInputMethodEvent)
_ACTIVITY = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.InputMethod,
}


VISITORS = "visitors"
"""Property of windows that visitors touch: who touches them does not keep the desk unlocked."""


class IdleWatch(QObject):
    """Sends ``idle`` when nobody touched the program for so many minutes; 0 never."""

    idle = Signal()

    def __init__(self, application: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.idle)
        application.installEventFilter(self)

    def set_minutes(self, minutes: int) -> None:
        """Lock after ``minutes``."""
        self._timer.setInterval(minutes * 60_000)
        self._timer.stop()
        if minutes:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Every event of the program passes here, and asking for its type costs most.
        active = isinstance(event, _INPUT) and event.type() in _ACTIVITY and self._timer.interval()
        if active and not _is_of_visitors(watched):
            self._timer.start()
        return False


class LockSheet(QWidget):
    """锁屏. ``unlock_asked`` carries the password; where nobody is signed in, Enter is enough."""

    unlock_asked = Signal(str)
    unlocked = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("lock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._host = host
        self._focus = FocusKeeper()
        self._covered: QWidget | None = None
        self._who = label("", "strong")
        self._why = label("", "muted", wrap=True)
        self._password = SecretField("密码")
        self._password.entered.connect(self._on_clicked)
        self._button = ActionButton("解锁", kind="big")
        self._button.clicked.connect(self._on_clicked)
        self._lay_out()
        self.hide()

    def lock(self, covered: QWidget, person: str, *, with_password: bool) -> None:
        """Cover ``covered``. It is only disabled, so texts, carets and selections stay."""
        if self.isVisible():
            return
        QGuiApplication.inputMethod().commit()
        self._focus.remember(self._host)
        self._covered = covered
        self._who.setText(person)
        self._why.setText("离开时间较长，屏幕已锁定。内容都在，输入密码继续。" if with_password else _NOBODY)
        self._password.set_text("")
        self._password.set_error("")
        self._password.setVisible(with_password)
        self._button.set_label("解锁" if with_password else "继续")
        covered.setEnabled(False)
        self._host.installEventFilter(self)
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        (self._password.editor if with_password else self._button).setFocus()

    def refuse(self, sentence: str) -> None:
        """The password was not right; ``sentence`` says so, and when to try again."""
        self._button.setEnabled(True)
        self._password.set_error(sentence)
        self._password.editor.selectAll()
        self._password.setFocus()

    def refusal(self) -> str:
        """The sentence below the password."""
        return self._password.error()

    def unlock(self) -> None:
        """Take the sheet away and put the focus back where it was."""
        self._button.setEnabled(True)
        self._password.set_text("")
        if self._covered is not None and isValid(self._covered):
            self._covered.setEnabled(True)
        self._host.removeEventFilter(self)
        self.hide()
        self._focus.give_back()
        self.unlocked.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Nothing typed here may reach the pages beneath.
        event.accept()

    def _on_clicked(self) -> None:
        if self._password.isHidden():
            self.unlock()
            return
        self._button.setEnabled(False)
        self.unlock_asked.emit(self._password.text())

    def _lay_out(self) -> None:
        card = Card()
        card.setFixedWidth(420)
        card.roomy()
        picture = QLabel()
        picture.setPixmap(icon("lock", QPalette.ColorRole.Mid).pixmap(36, 36))
        for widget in (picture, self._who, self._why, self._password, self._button):
            card.body.addWidget(widget)
        centred(card, self)


_NOBODY = "离开时间较长，屏幕已遮住，内容都在。按 Enter 继续。"


def _is_of_visitors(watched: QObject) -> bool:
    """Whether somebody before the desk touched something; a native window passes on all it gets to a widget."""
    if isinstance(watched, QWidget):
        return bool(watched.window().property(VISITORS))
    return isinstance(watched, QWindow)
