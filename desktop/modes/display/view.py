"""The layout of the hall display: who is called now, who was called last, how many wait, which windows pause."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.modes.display.marquee import Marquee
from desktop.modes.labels import FitLabel
from desktop.modes.mode_page import ModeContext, ModePage, minutes_words
from desktop.modes.rows import PagedRows
from desktop.widgets import Tone, set_tone
from domain.queue.desk import GroupLine

GROUPS_SHOWN = 8
FEW = 4
PAUSED_SHOWN = 2
LAST_SHOWN = 6
_CENTRE = Qt.AlignmentFlag.AlignHCenter
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class Shown:
    """A call as it is shown."""

    key: str
    number: str
    window: str


class CallPanel(QFrame):
    """正在叫号."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "hall-card")
        self.caption = FitLabel("", "hall-far", align=_CENTRE)
        self.number = FitLabel("", "hall-number", least=0.5, align=_CENTRE)
        self.window_label = FitLabel("", "hall-window", lines=2, high=1, least=0.5, align=_CENTRE)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(0)
        column.addStretch(1)
        for widget in (self.caption, self.number, self.window_label):
            column.addWidget(widget)
        column.addStretch(1)

    def show_call(self, call: Shown | None, nothing: str) -> None:
        """Show who is called; ``nothing`` while nobody was."""
        self.caption.setText("正在叫号" if call else "")
        self.number.setText(call.number if call else "")
        self.number.setVisible(call is not None)
        self.window_label.setText(f"请到 {call.window}" if call else nothing)

    def flash(self, on: bool) -> None:
        """Stand out, or not."""
        set_tone(self, Tone.INFO if on else None)


class LastCall(QFrame):
    """One of those that were called before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "hall-row")
        self.number = FitLabel("", "hall-call", least=0.5)
        self.window_label = FitLabel("", "hall-far-strong", lines=2, high=1, least=0.5, align=_RIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(12)
        row.addWidget(self.number, 5)
        row.addWidget(self.window_label, 6)
        keeps = self.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeps)

    def show_call(self, call: Shown | None, *, new: bool) -> None:
        """Show one, or an empty place."""
        self.number.setText(call.number if call else "")
        self.window_label.setText(call.window if call else "")
        set_tone(self, Tone.INFO if new else None)
        self.setVisible(call is not None)


class GroupRow(QFrame):
    """How many wait in one group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "hall-row")
        self.name = FitLabel("", "hall-far-strong", lines=2, high=1, least=0.5)
        self.count = FitLabel("", "hall-far-strong", least=0.6, align=_RIGHT)
        self.wait = FitLabel("", "hall-far", least=0.5, align=_RIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(14)
        row.addWidget(self.name, 10)
        row.addWidget(self.count, 4)
        row.addWidget(self.wait, 7)
        self._row = row

    def fill(self, group: GroupLine) -> None:
        """Show the group as it stands."""
        self.name.setText(group.name)
        self.count.setText(f"{group.waiting} 人")
        self.wait.setText(
            "暂停取号" if group.paused else minutes_words(group.wait_s) if group.waiting else "无需等候"
        )
        set_tone(self.wait, Tone.WARN if group.paused else None)

    def grow(self, large: bool) -> None:
        """Few groups are shown larger."""
        role = "hall-head" if large else "hall-far-strong"
        edge = 18 if large else 4
        self._row.setContentsMargins(8, edge, 8, edge)
        for part in (self.name, self.count):
            if part.property("role") != role:
                part.setProperty("role", role)
                part.style().polish(part)
                part.updateGeometry()


class PausedRow(FitLabel):
    """A window that pauses, and why."""

    def __init__(self) -> None:
        super().__init__("", "hall-far-strong", least=0.6)
        set_tone(self, Tone.WARN)

    def fill(self, text: str) -> None:
        """Show it."""
        self.setText(text)


class DisplayView(ModePage):
    """大厅屏: what stands where. The work is done in ``DisplayPage``."""

    def __init__(self, context: ModeContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.now_called = CallPanel()
        self.last = [LastCall() for _ in range(LAST_SHOWN)]
        self.groups = PagedRows(GroupRow, GROUPS_SHOWN)
        self.paused = PagedRows(PausedRow, PAUSED_SHOWN)
        self.notice = Marquee("hall-title")
        self.closed_title = FitLabel("大厅暂停服务", "hall-huge", least=0.3, align=_CENTRE)
        self.closed_reason = FitLabel("", "hall-window", lines=3, least=0.4, align=_CENTRE)
        self.body = QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        self.body.addWidget(self._open_sheet())
        self.body.addWidget(self._closed_sheet())
        strip = self.notice_strip = QFrame()
        strip.setProperty("role", "hall-notice")
        line = QHBoxLayout(strip)
        line.setContentsMargins(24, 8, 24, 8)
        line.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.body, 1)
        column.addWidget(strip)

    def _open_sheet(self) -> QWidget:
        last = QGridLayout()
        last.setHorizontalSpacing(24)
        last.setVerticalSpacing(0)
        for place, one in enumerate(self.last):
            last.addWidget(one, place % (LAST_SHOWN // 2), place // (LAST_SHOWN // 2))
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.now_called, 1)
        left.addLayout(last)
        side = QFrame()
        side.setProperty("role", "hall-card")
        right = QVBoxLayout(side)
        right.setContentsMargins(18, 12, 18, 12)
        right.addWidget(FitLabel("等候情况", "hall-title"))
        right.addWidget(self.groups)
        right.addStretch(1)
        right.addWidget(self.paused)
        sheet = QWidget()
        row = QHBoxLayout(sheet)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(20)
        row.addLayout(left, 56)
        row.addWidget(side, 44)
        return sheet

    def _closed_sheet(self) -> QWidget:
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setContentsMargins(40, 24, 40, 24)
        column.addStretch(1)
        column.addWidget(self.closed_title)
        column.addWidget(self.closed_reason)
        column.addStretch(1)
        return sheet
