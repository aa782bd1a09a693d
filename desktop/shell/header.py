"""The header: centre, window, person, clock, link. Always there, never in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.theme.icons import icon
from desktop.widgets import ElidedLabel, Tone, label, set_tone

WEEKDAYS = "一二三四五六日"
FIND, KEY = "查找  Ctrl+K", "密钥在本机"
CENTRE_EM = 9
"""So many characters of the centre's name are seen before anything else gives way."""


_FIND, _KEY, _CLOCK = 1, 2, 3
"""In which order parts of a narrow header give way; what is counted is how many have. The link's words go last."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """同步状态 in the words of ``desktop.sync.wording``; nothing is shown while there is no ``text``.

    ``shorter`` is what stands in its place where the header is narrow, ever fewer words.
    """

    icon: str = "desktop"
    text: str = ""
    tone: Tone | None = None
    tip: str = ""
    shorter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the header says. ``key_warning`` is a sentence when the store's key lies beside the store."""

    centre: str = ""
    window: str = ""
    person: str = ""
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
        self._key = _button("key", "数据密钥", self.key_clicked)
        self._link = _button("desktop", "同步状态", self.link_clicked)
        self._bell = _button("bell", "通知", self.notices_clicked)
        self._person = _button("user", "当前人员", self.person_clicked)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.show_time)
        self._timer.start(1_000)
        self._has_centre = False
        self._words = LinkState()
        self._given = 0
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
        self._key.setToolTip(state.key_warning)
        set_tone(self._key, Tone.WARN if state.key_warning else None)
        self._has_centre = bool(state.centre)
        self._find.setVisible(self._has_centre)
        self._zone = ZoneInfo(state.zone) if state.zone else None
        self.show_time()
        self.show_link(self._words)

    def show_link(self, link: LinkState) -> None:
        """Show how this station hangs together with the node above."""
        self._words = link
        self._link.setVisible(self._has_centre and bool(link.text))
        self._link.setIcon(icon(link.icon))
        self._link.setAccessibleName(f"同步状态：{link.text}")
        set_tone(self._link, link.tone)
        self._fit()

    def show_unread(self, count: int) -> None:
        """Show how many notices were not looked at."""
        self._bell.setText(str(count) if count else "")
        self._bell.setAccessibleName(f"通知，{count} 条未读" if count else "通知")
        self._fit()

    def show_time(self) -> None:
        """Show the present minute."""
        now = self._now().astimezone(self._zone)
        day = f"{now:%m-%d} 周{WEEKDAYS[now.weekday()]}"
        text = f"{now:%H:%M}" if self._given >= _CLOCK else f"{day}  {now:%H:%M}"
        if text != self._clock.text():
            self._clock.setText(text)
            self._clock.setToolTip(day)

    def add_tool(self, widget: QWidget) -> None:
        """Put ``widget`` left of the search."""
        self._row.insertWidget(self._row.indexOf(self._find), widget)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Let parts give way, the least needed first, until the name of the centre can be read."""
        for given in range(_CLOCK + len(self._words.shorter) + 1):
            self._give(given)
            if self._wanted_width() <= self.width():
                return

    def _give(self, given: int) -> None:
        self._given = given
        self._find.setText("" if given >= _FIND else FIND)
        self._key.setText("" if given >= _KEY else KEY)
        shown = (self._words.text, *self._words.shorter)[max(0, given - _CLOCK)]
        whole = shown == self._words.text
        self._link.setText(shown)
        self._link.setToolTip(self._words.tip if whole else f"{self._words.text}\n{self._words.tip}")
        self.show_time()

    def _wanted_width(self) -> int:
        parts = (self._row.itemAt(place) for place in range(self._row.count()))
        others = [part for part in parts if part and not part.isEmpty() and part.widget() is not self._centre]
        margins = self._row.contentsMargins()
        name = self._centre.fontMetrics().horizontalAdvance(self._centre.text())
        wanted = min(name, CENTRE_EM * self._centre.fontMetrics().horizontalAdvance("国"))
        room = sum(part.sizeHint().width() + self._row.spacing() for part in others)
        return margins.left() + margins.right() + wanted + room

    def bell_anchor(self) -> QWidget:
        """Where the list of notices hangs."""
        return self._bell

    def person_anchor(self) -> QWidget:
        """Where the menu of the person hangs."""
        return self._person

    def key_anchor(self) -> QWidget:
        """Where the explanation about the key hangs."""
        return self._key

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 10, 4)
        row.setSpacing(8)
        row.addWidget(self._centre)
        row.addWidget(self._window)
        row.addStretch(1)
        for widget in (self._find, self._key, self._link, self._bell, self._person):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addWidget(self._clock)


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
