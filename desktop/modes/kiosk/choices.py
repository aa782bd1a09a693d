"""Screens of the ticket machine that ask for one thing more: a code, an appointment's time, a reason to go first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import words
from desktop.modes.kiosk.start_view import TouchButton
from desktop.modes.labels import FitLabel
from desktop.widgets import Tone, empty, set_tone
from domain.queue.desk import HallView
from domain.queue.rules import APPOINTMENT, NORMAL, Priority

SLOT_MS = 15 * 60_000
COLUMNS = 8
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Asking(QWidget):
    """A headline, something to touch, and the way back (``back_asked``)."""

    back_asked = Signal()

    def __init__(self, headline: str, back: str = "返回", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = FitLabel(headline, "hall-head", align=_CENTRE)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        self.back = TouchButton(back)
        self.back.clicked.connect(self.back_asked)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(16)
        self.foot.addStretch(1)
        self.foot.addWidget(self.back)
        self.foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 14, 28, 20)
        column.setSpacing(14)
        column.addWidget(self.headline)
        column.addLayout(self.body, 1)
        column.addLayout(self.foot)


class CodeView(Asking):
    """用企业码取号: says what to do and what became of the code. ``camera_asked`` where a camera stands by."""

    camera_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("请出示企业码", "不用企业码，直接取号", parent)
        self.hint = FitLabel("", "hall-text", lines=2, align=_CENTRE)
        self.answer = FitLabel("", "hall-strong", lines=4, least=0.6, align=_CENTRE)
        self.camera = TouchButton("用摄像头扫码", "hall-main")
        self.camera.clicked.connect(self.camera_asked)
        self.foot.insertWidget(1, self.camera)
        self.body.addStretch(1)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.answer)
        self.body.addStretch(1)

    def ask(self, *, gun: bool, camera: bool) -> None:
        """Begin: nothing was shown yet."""
        self.hint.setText(_HINT if gun else _NO_GUN)
        self.camera.setVisible(camera)
        self.tell("")

    def tell(self, text: str) -> None:
        """What became of the code."""
        self.answer.setText(text)
        set_tone(self.answer, Tone.WARN)


class AppointmentView(Asking):
    """预约签到: the time that was agreed on. ``picked`` carries it, UTC milliseconds."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("请选择预约的时间", parent=parent)
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        self.none = FitLabel("", "hall-text", lines=2, align=_CENTRE)
        self.buttons: list[TouchButton] = []
        self.body.addWidget(self.none)
        self.body.addLayout(self._grid, 1)

    def show_times(self, view: HallView) -> None:
        """Today's times, a quarter of an hour apart."""
        empty(self._grid)
        self.buttons = []
        times = appointment_times(view)
        self.none.setText("今天没有可以预约的时间。")
        self.none.setVisible(not times)
        for place, at in enumerate(times):
            button = TouchButton(f"{words.local(at, view.zone):%H:%M}", "hall-key")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            button.clicked.connect(lambda _=False, at=at: self.picked.emit(at))
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
            self.buttons.append(button)


def appointment_times(view: HallView) -> list[int]:
    """The quarters of today's hours."""
    return [at for start, end in view.visiting for at in range(-(-start // SLOT_MS) * SLOT_MS, end, SLOT_MS)]


class PriorityView(Asking):
    """优先取号: who may go first. ``picked`` carries the code of the class."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("哪些人可以优先", "不需要，返回", parent)
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self.buttons: list[TouchButton] = []
        self.body.addStretch(1)
        self.body.addWidget(FitLabel(_PROOF, "hall-text", lines=2, align=_CENTRE))
        self.body.addLayout(self._list)
        self.body.addStretch(1)

    def show_classes(self, classes: Sequence[Priority]) -> None:
        """The classes there are."""
        empty(self._list)
        self.buttons = []
        for one in classes:
            button = TouchButton(one.name)
            button.clicked.connect(lambda _=False, code=one.code: self.picked.emit(code))
            self._list.addWidget(button)
            self.buttons.append(button)


def classes_to_choose(view: HallView) -> list[Priority]:
    """The classes a visitor may choose; an appointment has a screen of its own."""
    return [one for one in view.priorities if one.code not in (NORMAL, APPOINTMENT)]


_HINT = "请把手机上的企业码对准扫码口，核验后取号会带上企业名称。"
_NO_GUN = "请把手机上的企业码对准摄像头。"
_PROOF = "请准备相应的证件，窗口办理时会核对。"
