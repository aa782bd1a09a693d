"""Notices: they slide in at the side, take no focus, and stay listed until read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, NoticeBar, Tone, label
from desktop.widgets.badges import SHAPES

SHOWN_MS = 7_000
KEPT = 100
AT_ONCE = 3
REPEAT_S = 60
MARGIN = 14
WIDTH_EM = 26
FOOT_PX = 120
"""A button that stands so near the lower edge belongs to the foot of its page."""


@dataclass(frozen=True, slots=True)
class Notice:
    """通知: one sentence, how it stands, when, and perhaps one thing to do about it."""

    text: str
    tone: Tone
    at: datetime
    action: str = ""
    act: Callable[[], None] | None = None


class Notices(QObject):
    """All notices of this run, newest last. ``added`` carries the new one; ``read`` when all were seen."""

    added = Signal(object)
    read = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._list: list[Notice] = []
        self.unread = 0

    def say(
        self, text: str, tone: Tone = Tone.INFO, *, action: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Tell the person ``text``; ``action`` names a button that calls ``act``."""
        notice = Notice(text, tone, self._now(), action, act)
        if self.unread and self._repeats(notice):
            return
        self._list = [*self._list[1 - KEPT :], notice]
        self.unread += 1
        self.added.emit(notice)

    def _repeats(self, notice: Notice) -> bool:
        # A full disk is told by every draft that cannot be kept; one sentence a minute is enough.
        last = self._list[-1] if self._list else None
        return (
            last is not None
            and (last.text, last.tone) == (notice.text, notice.tone)
            and (notice.at - last.at).total_seconds() < REPEAT_S
        )

    def all(self) -> list[Notice]:
        """The notices that are kept, newest first."""
        return self._list[::-1]

    def mark_read(self) -> None:
        """The list was looked at."""
        self.unread = 0
        self.read.emit()


class _Slip(QFrame):
    """One notice at the side; ``left`` when it goes."""

    left = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.slide: QPropertyAnimation | None = None
        self._bar = NoticeBar(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._bar)
        self._bar.say(notice.text, notice.tone, notice.action)
        for button in self._bar.findChildren(ActionButton):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.closed.connect(self.leave)
        if notice.act is not None:
            self._bar.acted.connect(notice.act)
        self._bar.acted.connect(self.leave)
        if notice.tone not in (Tone.DANGER, Tone.WARN):
            QTimer.singleShot(SHOWN_MS, self, self.leave)

    def leave(self) -> None:
        """Go, and let the others move up."""
        self.hide()
        self.deleteLater()
        self.left.emit()


class NoticeTray(QObject):
    """Shows new notices at the right of ``host``, the newest below, above the buttons at its foot; at most three."""

    def __init__(self, host: QWidget, notices: Notices) -> None:
        super().__init__(host)
        self._host = host
        host.installEventFilter(self)
        notices.added.connect(self._on_added)

    def slips(self) -> list[_Slip]:
        """What is shown now, oldest first."""
        return [child for child in self._host.children() if isinstance(child, _Slip) and not child.isHidden()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            # Once the slips have the new text size themselves.
            QTimer.singleShot(0, self, self._place)
        return False

    @property
    def _width(self) -> int:
        return WIDTH_EM * self._host.fontMetrics().horizontalAdvance("国")

    def _on_added(self, notice: Notice) -> None:
        for old in self.slips()[: 1 - AT_ONCE]:
            old.leave()
        slip = _Slip(notice, self._host)
        slip.left.connect(self._place)
        slip.show()
        slip.raise_()
        self._place()
        self._slide(slip)

    def _place(self) -> None:
        bottom = self._foot() - MARGIN
        for slip in reversed(self.slips()):
            if slip.slide is not None:
                slip.slide.stop()
            height = max(slip.sizeHint().height(), slip.heightForWidth(self._width))
            bottom -= height
            slip.setGeometry(self._left, bottom, self._width, height)
            bottom -= 8

    @property
    def _left(self) -> int:
        return self._host.width() - self._width - MARGIN

    def _foot(self) -> int:
        """How far down slips may reach: the big buttons at the foot of a page stay free to be pressed."""
        height = self._host.height()
        region = QRect(self._left, height - FOOT_PX, self._width, FOOT_PX)
        slips = self.slips()
        areas = [
            QRect(button.mapTo(self._host, QPoint()), button.size())
            for button in self._host.findChildren(QPushButton)
            if button.isVisible() and not any(slip.isAncestorOf(button) for slip in slips)
        ]
        return min((one.top() for one in areas if region.contains(one.center())), default=height)

    def _slide(self, slip: _Slip) -> None:
        move = QPropertyAnimation(slip, b"pos", slip)
        move.setDuration(140)
        move.setStartValue(slip.pos() + QPoint(60, 0))
        move.setEndValue(slip.pos())
        move.setEasingCurve(QEasingCurve.Type.OutCubic)
        slip.slide = move
        move.start()


class NoticeList(QWidget):
    """The list behind the bell."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("通知", "strong"))
        if not notices.all():
            column.addWidget(label("还没有通知。", "muted"))
        for notice in notices.all()[:12]:
            column.addLayout(self._row(notice))

    def _row(self, notice: Notice) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label(SHAPES[notice.tone], "muted"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(f"{notice.at:%H:%M}", "muted"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(notice.text, wrap=True), 1)
        return row
