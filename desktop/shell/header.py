"""The header: centre, window, person, clock, link. Always there, never in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.theme.icons import icon
from desktop.widgets import ElidedLabel, Tone, label, set_tone

WEEKDAYS = "一二三四五六日"


class LinkKind(StrEnum):
    """How this station hangs together with others."""

    ALONE = "alone"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class LinkState:
    """上报状态: how many records wait to be sent, the age of the oldest in seconds, and why they wait."""

    kind: LinkKind = LinkKind.ALONE
    waiting: int = 0
    oldest_s: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the header says. ``key_warning`` is a sentence when the store's key lies beside the store."""

    centre: str = ""
    window: str = ""
    person: str = ""
    link: LinkState = LinkState()
    key_warning: str = ""
    zone: str = ""
    """The site's time zone, by which the clock goes; the machine's own while no station is open."""


class Header(QWidget):
    """页眉. Each of its buttons sends a signal; the window decides what hangs below it."""

    find_clicked = Signal()
    notices_clicked = Signal()
    person_clicked = Signal()
    link_clicked = Signal()
    key_clicked = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._now = now
        self._zone: ZoneInfo | None = None
        self._centre = ElidedLabel("")
        self._centre.setObjectName("centre")
        self._window = label("", "muted")
        self._clock = label("")
        self._clock.setObjectName("clock")
        self._find = _button("magnifying-glass", "查找办件、企业、命令", self.find_clicked)
        self._find.setText("查找  Ctrl+K")
        self._key = _button("key", "数据密钥", self.key_clicked)
        self._link = _button("desktop", "上报状态", self.link_clicked)
        self._bell = _button("bell", "通知", self.notices_clicked)
        self._person = _button("user", "当前人员", self.person_clicked)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.show_time)
        self._timer.start(1_000)
        self.show_state(HeaderState())
        self.show_unread(0)
        self.show_time()

    def show_state(self, state: HeaderState) -> None:
        """Show who and where, and how the link stands."""
        self._centre.setText(state.centre)
        self._window.setText(state.window)
        self._person.setText(state.person)
        self._person.setAccessibleName(f"当前人员：{state.person}")
        self._person.setVisible(bool(state.person))
        self._key.setVisible(bool(state.key_warning))
        self._key.setText("密钥在本机")
        self._key.setToolTip(state.key_warning)
        set_tone(self._key, Tone.WARN if state.key_warning else None)
        for button in (self._find, self._link):
            button.setVisible(bool(state.centre))
        self._zone = ZoneInfo(state.zone) if state.zone else None
        self.show_time()
        self._show_link(state.link)

    def show_unread(self, count: int) -> None:
        """Show how many notices were not looked at."""
        self._bell.setText(str(count) if count else "")
        self._bell.setAccessibleName(f"通知，{count} 条未读" if count else "通知")

    def show_time(self) -> None:
        """Show the present minute."""
        now = self._now().astimezone(self._zone)
        text = f"{now:%m-%d} 周{WEEKDAYS[now.weekday()]}  {now:%H:%M}"
        if text != self._clock.text():
            self._clock.setText(text)

    def add_tool(self, widget: QWidget) -> None:
        """Put ``widget`` left of the search."""
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.indexOf(self._find), widget)

    def link_anchor(self) -> QWidget:
        """Where the popover about the link hangs."""
        return self._link

    def bell_anchor(self) -> QWidget:
        """Where the list of notices hangs."""
        return self._bell

    def person_anchor(self) -> QWidget:
        """Where the menu of the person hangs."""
        return self._person

    def key_anchor(self) -> QWidget:
        """Where the explanation about the key hangs."""
        return self._key

    def _show_link(self, link: LinkState) -> None:
        name, text, tone = link_words(link)
        self._link.setIcon(icon(name))
        self._link.setText(text)
        self._link.setAccessibleName(f"上报状态：{text}")
        set_tone(self._link, tone)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 10, 4)
        row.setSpacing(8)
        row.addWidget(self._centre)
        row.addWidget(self._window)
        row.addStretch(1)
        for widget in (self._find, self._key, self._link, self._bell, self._person):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addWidget(self._clock)


def link_words(link: LinkState) -> tuple[str, str, Tone | None]:
    """Icon, words and tone for the state of the link."""
    if link.kind is LinkKind.ALONE:
        return "desktop", "单机运行", None
    waits = f"待上报 {link.waiting} 条，最早 {age_words(link.oldest_s)}" if link.waiting else "已全部上报"
    if link.kind is LinkKind.ONLINE:
        return ("cloud-arrow-up" if link.waiting else "cloud-check"), waits, None
    return "cloud-slash", f"离线 · {waits}", Tone.WARN


def age_words(seconds: int) -> str:
    """An age in the largest unit that says enough: ``3 分钟前``."""
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}前"
    return "刚刚"


def _button(icon_name: str, name: str, clicked: SignalInstance) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name, QPalette.ColorRole.WindowText))
    button.setIconSize(QSize(17, 17))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(clicked)
    return button
