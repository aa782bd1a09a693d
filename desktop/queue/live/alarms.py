"""The alarms in words, the list of them, and ringing once for each new one."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.queue.live.columns import group_word, running, window_word
from desktop.queue.live.model import Badge, Column, LiveTable
from desktop.theme.theme import Theme
from desktop.widgets import Card, Tone, label
from domain.queue.alarms import Alarm, AlarmKind
from domain.queue.desk import HallView

WORDS = {
    AlarmKind.NO_WINDOW: "无窗口办理",
    AlarmKind.LONG_SERVICE: "办理过久",
    AlarmKind.LONG_WAIT: "等候过久",
    AlarmKind.WINDOW_PAUSED: "暂停过久",
}
GRAVE = (AlarmKind.NO_WINDOW, AlarmKind.LONG_SERVICE)


def alarm_words(alarm: Alarm, view: HallView) -> str:
    """What an alarm is about: ``B 项目与数据，3 人在等``."""
    if alarm.is_about_window:
        window = view.window(alarm.place)
        place = window_word(window) if window else alarm.place
        detail = f"{alarm.number} 号" if alarm.number else alarm.reason
        return f"{place}：{detail}" if detail else place
    group = next((one for one in view.groups if one.code == alarm.place), None)
    return f"{group_word(group) if group else alarm.place}，{alarm.count} 人在等"


def alarm_badge(alarm: Alarm) -> Badge:
    """Its kind and how grave it is."""
    return Tone.DANGER if alarm.kind in GRAVE else Tone.WARN, WORDS[alarm.kind]


class AlarmCard(Card):
    """警示. ``picked`` carries the alarm whose place somebody wants to see."""

    picked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("警示", parent)
        self._view: HallView | None = None
        self.count = label("", "muted")
        self.head.addWidget(self.count)
        self.nothing = label("没有警示：没有人等得过久，窗口都正常。", "muted", wrap=True)
        columns = (
            Column("警示", 6, lambda one, now: WORDS[one.kind], badge=lambda one, now: alarm_badge(one)),
            Column("在哪里", 8, lambda one, now: self._words(one)),
            Column("已经", 4, lambda one, now: running(one.since, now), is_right=True),
        )
        self.table = LiveTable("警示", columns, lambda one: repr(one.key), theme)
        self.table.horizontalHeader().hide()
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(self._on_opened)
        self.body.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.table, 1)

    def show_alarms(self, alarms: Sequence[Alarm], view: HallView, now_ms: int) -> None:
        """Show what rings in ``view``."""
        self._view = view
        self.table.show_rows(alarms, now_ms)
        self.table.setVisible(bool(alarms))
        self.nothing.setVisible(not alarms)
        self.count.setText(f"{len(alarms)} 条" if alarms else "")

    def _words(self, alarm: Alarm) -> str:
        return alarm_words(alarm, self._view) if self._view else alarm.place

    def _on_opened(self, index: Any) -> None:
        alarm = self.table.rows.row_at(index)
        if alarm is not None:
            self.picked.emit(alarm)


class AlarmBell(QObject):
    """Rings once for every alarm that was not there before. ``rung`` carries its kind and words.

    What rings already when the hall is first looked at stands in the list and makes no noise.
    """

    rung = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: set[tuple[str, str, int]] | None = None

    def hear(self, alarms: Sequence[Alarm], view: HallView) -> None:
        """The alarms as they are now."""
        known, self._known = self._known, {one.key for one in alarms}
        if known is None:
            return
        for one in alarms:
            if one.key not in known:
                self.rung.emit(f"{WORDS[one.kind]}：{alarm_words(one, view)}")
