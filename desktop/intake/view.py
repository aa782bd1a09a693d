"""The layout of the intake page: three zones on one screen, the result above, the big buttons below."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.intake.bars import DraftButton, DuplicateBar
from desktop.intake.offers import Offers
from desktop.intake.promise import MaterialFields, PromiseZone
from desktop.intake.result import ResultStrip
from desktop.intake.what import WhatZone
from desktop.intake.who import WhoZone
from desktop.shell.page import Page, PageContext
from desktop.widgets import ActionButton, Card, NoticeBar, label

SHARES = (24, 46, 30)
"""Of the width, for who, what and promise."""


class IntakeView(Page):
    """受理: what stands where. The work is done in ``IntakePage``."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result = ResultStrip()
        self.bar = NoticeBar()
        self.duplicate = DuplicateBar()
        self.who = WhoZone(context.station, context.tasks)
        self.what = WhatZone()
        self.offers = Offers()
        self.promise = PromiseZone()
        self.material = MaterialFields(context.tasks)
        self.drafts = DraftButton()
        self.kept = label("", "small")
        self.clear = ActionButton("放弃重填", kind="quiet")
        self.answer = ActionButton("当场即办", key="F10")
        self.accept_only = ActionButton("只受理", key="Ctrl+F9")
        self.accept = ActionButton("受理并打印", key="F9", kind="big", icon_name="printer")
        self.zones = QWidget()
        self._lay_out()

    def show_usual(self, *, answered: bool) -> None:
        """Make the button that is usual for this kind of matter stand out: most questions are answered at once."""
        role = "primary" if answered else "secondary"
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)

    def _lay_out(self) -> None:
        middle, side = QVBoxLayout(), QVBoxLayout()
        material = Card()
        material.body.addWidget(self.material)
        middle.addWidget(self.what, 1)
        middle.addWidget(material)
        side.addWidget(self.offers)
        side.addWidget(self.promise)
        side.addStretch(1)
        row = QHBoxLayout(self.zones)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for content, share in zip((self.who, _column(middle), _column(side)), SHARES, strict=True):
            row.addWidget(Scrolled(content), share)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        for bar in (self.result, self.bar, self.duplicate):
            column.addWidget(bar)
        column.addWidget(self.zones, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.drafts)
        foot.addWidget(self.clear)
        foot.addWidget(self.kept)
        foot.addStretch(1)
        for button in (self.answer, self.accept_only, self.accept):
            foot.addWidget(button)
        return foot


class Scrolled(QScrollArea):
    """Contents with a scroll bar where the screen is too low; never narrower than what stands in them."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, 120)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), 400)


def _column(layout: QVBoxLayout) -> QWidget:
    holder = QWidget()
    holder.setProperty("role", "scrolled")
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    holder.setLayout(layout)
    return holder
