"""What the pages of all modes have in common: their look, the clock, and what surrounds them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop.gateway import Gateway
from desktop.modes.labels import FitLabel
from desktop.modes.look import hall_style
from desktop.queue.board import QueueBoard
from desktop.queue.wording import LINES_FOR_VISITORS
from desktop.shell.page import SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.widgets import label
from domain.queue.desk import HallView

WEEKDAYS = "一二三四五六日"
TICK_MS = 1000


@dataclass(frozen=True, slots=True)
class ModeContext:
    """All that a mode's page gets. ``leave`` closes its window; ``groups`` are those a display is for, empty for all.

    ``mirror`` is what the intake page of the same process shows, None in a process of its own. ``takes_keys``: whether
    the keyboard, and with it a gun that types, is this window's. ``tell`` says something to the clerk at the same desk.
    """

    station: Any
    tasks: TaskRunner
    settings: SettingsBox
    theme: Theme
    gateway: Gateway
    queue: QueueBoard
    now: Callable[[], datetime]
    leave: Callable[[], None] = lambda: None
    groups: tuple[str, ...] = ()
    mirror: Any = None
    takes_keys: bool = True
    tell: Callable[[str], None] = lambda _: None


class ModePage(QWidget):
    """Base of the modes' pages: fills the screen, follows the hall and the theme. ``may_leave``: closed by anybody."""

    may_leave = True

    def __init__(self, context: ModeContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "hall")
        self._context = context
        self.view: HallView | None = None
        self.bar = TopBar()
        context.theme.changed.connect(self._use_look)
        context.queue.changed.connect(self._on_view)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.on_tick)
        self._tick.start()

    def begin(self) -> None:
        """The page is laid out: show what is known of the hall."""
        self._use_look()
        self.on_tick()
        if self._context.queue.view is not None:
            self._on_view(self._context.queue.view)

    def on_view(self, view: HallView) -> None:
        """The hall was read anew."""

    def on_tick(self) -> None:
        """A second has passed."""
        zone = ZoneInfo(self.view.zone) if self.view else None
        self.bar.show_time(self._context.now().astimezone(zone))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._use_look()

    def _on_view(self, view: HallView) -> None:
        first, self.view = self.view is None, view
        self.bar.site.setText(view.site_name)
        self.bar.line.setText(LINES_FOR_VISITORS.get(self._context.queue.line_state, ""))
        if first:
            self.on_tick()
        self.on_view(view)

    def _use_look(self) -> None:
        sheet = hall_style(self._context.theme.tokens, self.size())
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)


class TopBar(QFrame):
    """站名、时间: the site, what this screen is about, the time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "hall-bar")
        self.site = FitLabel("", "hall-site", least=0.5)
        self.line: QLabel = label("", "hall-clock")
        self.clock: QLabel = label("", "hall-clock")
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 10, 28, 10)
        row.setSpacing(24)
        row.addWidget(self.site, 1)
        row.addWidget(self.line)
        row.addWidget(self.clock)

    def show_time(self, now: datetime) -> None:
        """Show date, weekday and time."""
        text = f"{now.month}月{now.day}日 周{WEEKDAYS[now.weekday()]}  {now:%H:%M}"
        if text != self.clock.text():
            self.clock.setText(text)


def minutes_words(wait_s: int) -> str:
    """``约 20 分钟``; under a minute ``马上``, from an hour on ``约 1 小时 20 分``."""
    minutes = -(-wait_s // 60)
    if minutes == 0:
        return "马上"
    if minutes < 60:
        return f"约 {minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"约 {hours} 小时 {rest} 分" if rest else f"约 {hours} 小时"
