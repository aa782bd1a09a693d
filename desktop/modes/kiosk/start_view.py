"""取号机的首页: what may be chosen, who waits, and what has been chosen so far."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop import words
from desktop.modes.labels import FitLabel
from desktop.modes.mode_page import minutes_words
from desktop.widgets import Tone, empty, set_tone
from domain.queue.desk import GroupLine, HallView

A_PAGE = 12
LEAST, LEAST_OF_MANY = 0.58, 0.7
"""How small a long name may become; that of many is small from the beginning."""
TAKEN = "今天的号已经取完"
OUTSIDE = "现在不在服务时间"


def why_not(group: GroupLine, view: HallView) -> str:
    """Why no number of ``group`` is given now; empty where one is."""
    if view.closed:
        return f"大厅暂停服务：{view.closed}"
    if view.outside_hours:
        return OUTSIDE
    if group.paused:
        return f"暂停取号：{group.paused}"
    return TAKEN if group.quota_left == 0 else ""


class TouchButton(QPushButton):
    """A button for fingers: large, and never in the way of the keys of a gun."""

    def __init__(self, text: str, role: str = "hall-button", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class GroupButton(TouchButton):
    """One group: its name, what it is for, how many wait and how long, or why no number is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "hall-group", parent)
        self.line: GroupLine | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.name = FitLabel("", "hall-head", lines=2, high=1.45, least=LEAST)
        self.note = FitLabel("", "hall-muted", lines=2, least=0.7)
        self.state = FitLabel("", "hall-strong", lines=2, high=1, least=0.6)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(22, 8, 22, 8)
        column.setSpacing(2)
        column.addStretch(1)
        for part in (self.name, self.note, self.state):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)
        column.addStretch(1)

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()

    def fill(self, group: GroupLine, view: HallView, *, many: bool) -> None:
        """Show the group as it stands; with ``many`` there is no room for its note."""
        self.line = group
        reason = why_not(group, view)
        self._set_role(self.name, "hall-strong" if many else "hall-head")
        self.name.least = LEAST_OF_MANY if many else LEAST
        self._set_role(self.state, "hall-body" if many else "hall-strong")
        self.name.setText(group.name)
        self.note.setText(group.note)
        self.note.setVisible(bool(group.note) and not many)
        self.state.setText(reason or f"等候 {group.waiting} 人 · {self._wait(group)}{self._left(group)}")
        set_tone(self.name, Tone.QUIET if reason else None)
        set_tone(self.state, Tone.WARN if reason else Tone.OK)
        self.setEnabled(not reason)
        self.setAccessibleName(f"{group.name}：{self.state.text()}")

    def _set_role(self, part: FitLabel, role: str) -> None:
        if part.property("role") != role:
            part.setProperty("role", role)
            part.style().polish(part)
            part.updateGeometry()

    def _wait(self, group: GroupLine) -> str:
        return minutes_words(group.wait_s) if group.waiting else "马上办理"

    def _left(self, group: GroupLine) -> str:
        return (
            f" · 余 {group.quota_left} 个号" if group.quota_left is not None and group.quota_left < 10 else ""
        )


class StartView(QWidget):
    """``picked`` carries the group; ``code_asked``, ``appointment_asked`` and ``priority_asked`` lead elsewhere.

    ``dropped`` carries the name of what was chosen before and is wanted no more.
    """

    picked = Signal(object)
    code_asked = Signal()
    appointment_asked = Signal()
    priority_asked = Signal()
    dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = FitLabel("请选择要办的业务", "hall-head")
        self.chosen = QHBoxLayout()
        self.buttons: list[GroupButton] = []
        self._groups: tuple[GroupLine, ...] = ()
        self._first = 0
        self._grid = QGridLayout()
        self._view: HallView | None = None
        self.more = TouchButton("下一页")
        self.code = TouchButton("用企业码取号")
        self.appointment = TouchButton("预约签到")
        self.priority = TouchButton("优先取号")
        self.staff_note = FitLabel("", "hall-small", align=Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()
        self._connect()

    def show_hall(self, view: HallView) -> None:
        """Show the groups as they stand."""
        self._view, self._groups = view, view.groups
        if self._first >= len(self._groups):
            self._first = 0
        shown = self._groups[self._first : self._first + A_PAGE]
        columns = _columns(len(shown))
        while len(self.buttons) < len(shown):
            self._add_button()
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(shown))
            if place < len(shown):
                self._grid.addWidget(button, place // columns, place % columns)
                button.fill(shown[place], view, many=len(shown) > 6)
        self.more.setVisible(len(self._groups) > A_PAGE)
        self.headline.setText(_headline(view))

    def show_chosen(self, chosen: Sequence[tuple[str, str]]) -> None:
        """Show what was chosen, as (name, words); a touch drops it."""
        empty(self.chosen)
        for name, text in chosen:
            button = TouchButton(f"{text}   ✕")
            button.setAccessibleName(f"{text}，点一下取消")
            button.setChecked(True)
            button.clicked.connect(lambda _=False, name=name: self.dropped.emit(name))
            self.chosen.addWidget(button)

    def _add_button(self) -> None:
        button = GroupButton()
        button.clicked.connect(lambda: self.picked.emit(button.line))
        self.buttons.append(button)

    def _turn_over(self) -> None:
        self._first += A_PAGE
        if self._view is not None:
            self.show_hall(self._view)

    def _connect(self) -> None:
        self.more.clicked.connect(self._turn_over)
        self.code.clicked.connect(self.code_asked)
        self.appointment.clicked.connect(self.appointment_asked)
        self.priority.clicked.connect(self.priority_asked)

    def _lay_out(self) -> None:
        self._grid.setSpacing(16)
        self.chosen.setSpacing(16)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        for button in (self.code, self.appointment, self.priority, self.more):
            foot.addWidget(button, 1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.headline, 1)
        head.addLayout(self.chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 14, 28, 14)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self._grid, 1)
        column.addLayout(foot)
        column.addWidget(self.staff_note)


def _columns(count: int) -> int:
    return 1 if count == 1 else 2 if count <= 4 else 3


def _headline(view: HallView) -> str:
    if view.closed:
        return f"大厅暂停服务：{view.closed}"
    if view.outside_hours:
        hours = "、".join(f"{_clock(start, view)}–{_clock(end, view)}" for start, end in view.visiting)
        return f"现在不在服务时间，暂不取号{f'（今天 {hours}）' if hours else ''}"
    return "请选择要办的业务"


def _clock(at_ms: int, view: HallView) -> str:
    return f"{words.local(at_ms, view.zone):%H:%M}"
