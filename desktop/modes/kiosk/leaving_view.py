"""How staff leave the ticket machine: a number on a pad, or where none was chosen the password of a member of staff."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.gateway import StaffEntry
from desktop.modes.kiosk.choices import Asking
from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.widgets import Choice, ChoiceField, SecretField, Tone, set_tone
from services.pins import MAX_DIGITS

HOLD_MS = 3_000
CORNER_PX = 110
MOVED_PX = 40
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class HiddenCorner(QWidget):
    """Lies unseen over the upper right corner; ``held`` when a finger rests there for 3 s."""

    held = Signal()

    def __init__(self, host: QWidget, hold_ms: int = HOLD_MS) -> None:
        super().__init__(host)
        self.setAccessibleName("工作人员")
        self.resize(CORNER_PX, CORNER_PX)
        self._host = host
        self._from = QPoint()
        self._hold = QTimer(self, singleShot=True, interval=hold_ms)
        self._hold.timeout.connect(self.held)

    def place(self) -> None:
        """Into the corner of the host, above all else."""
        self.move(self._host.width() - self.width(), 0)
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position().toPoint()
        self._hold.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (event.position().toPoint() - self._from).manhattanLength() > MOVED_PX:
            self._hold.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hold.stop()


class PinView(Asking):
    """The pad. ``given`` carries the digits."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("工作人员口令", parent=parent)
        self._digits = ""
        self.shown = FitLabel("", "hall-head", align=_CENTRE)
        self.answer = FitLabel("", "hall-strong", lines=2, high=1, align=_CENTRE)
        self.keys: dict[str, TouchButton] = {}
        pad = QGridLayout()
        pad.setSpacing(12)
        for place, key in enumerate("123456789⌫0✓"):
            button = self.keys[key] = TouchButton(key, "hall-main" if key == "✓" else "hall-key")
            button.setAccessibleName({"⌫": "退一位", "✓": "确定"}.get(key, key))
            button.clicked.connect(lambda _=False, key=key: self._on_key(key))
            pad.addWidget(button, place // 3, place % 3)
        holder = QWidget()
        holder.setMaximumWidth(460)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.shown, self.answer):
            self.body.addWidget(part)
        column.addLayout(pad)
        self.body.addWidget(holder, 1, _CENTRE)

    def ask(self) -> None:
        """Begin anew."""
        self._show("")
        self.refuse("")

    def refuse(self, text: str) -> None:
        """Say why not."""
        self._show("")
        self.answer.setText(text)
        set_tone(self.answer, Tone.DANGER)

    def wait(self, waiting: bool) -> None:
        """The answer is looked at, or it is locked."""
        for button in self.keys.values():
            button.setEnabled(not waiting)

    def _on_key(self, key: str) -> None:
        if key == "✓":
            if self._digits:
                self.given.emit(self._digits)
        elif key == "⌫":
            self._show(self._digits[:-1])
        else:
            self._show((self._digits + key)[:MAX_DIGITS])

    def _show(self, digits: str) -> None:
        self._digits = digits
        self.shown.setText("●" * len(digits) or "—")


class SignInView(Asking):
    """The password of a member of staff. ``given`` carries their id and the password."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("请工作人员登录后退出", parent=parent)
        self.who = ChoiceField("人员", [])
        self.password = SecretField("密码")
        self.answer = FitLabel("", "hall-strong", lines=2, align=_CENTRE)
        self.enter = TouchButton("退出取号机", "hall-main")
        self.foot.insertWidget(1, self.enter)
        for part in (self.who, self.password, self.answer):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.enter.clicked.connect(self._on_enter)
        self.password.entered.connect(self._on_enter)

    def ask(self, staff: Sequence[StaffEntry]) -> None:
        """Begin: these may sign in."""
        self.who.set_choices([Choice(one.id, one.name) for one in staff])
        self.refuse("")

    def refuse(self, text: str) -> None:
        """Say why not."""
        self.password.set_text("")
        self.password.setFocus()
        self.answer.setText(text)
        set_tone(self.answer, Tone.DANGER)

    def wait(self, waiting: bool) -> None:
        """The password is looked at."""
        self.enter.setEnabled(not waiting)

    def _on_enter(self) -> None:
        if self.enter.isEnabled() and self.password.text():
            self.given.emit(self.who.value(), self.password.text())


class NoWayOutView(Asking):
    """The ticket machine does not begin before there is a way to leave it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("取号机还不能使用", "关闭", parent)
        self.text = FitLabel(_HOW, "hall-text", lines=4, least=0.6, align=_CENTRE)
        self.body.addStretch(1)
        self.body.addWidget(self.text)
        self.body.addStretch(1)


_HOW = (
    "请先在这台电脑的企服前台里选一个退出口令：“设置 › 取号机和大厅屏 › 退出口令”，或为一位人员设置密码。"
    "选好后这里自动开始。"
)
