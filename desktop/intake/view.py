"""The layout of the intake page: three zones on one screen, the result above, the big buttons below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.intake.bars import DraftButton, DuplicateBar
from desktop.intake.offers import Offers
from desktop.intake.promise import MaterialFields, PromiseZone
from desktop.intake.result import ResultStrip
from desktop.intake.what import WhatZone
from desktop.intake.who import WhoZone
from desktop.shell.page import Page, PageContext
from desktop.widgets import ActionButton, Card, NoticeBar, label

WHO_WIDTH = 300
SIDE_WIDTH = 372


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
        self.answer = ActionButton("当场即办", key="F10", kind="primary")
        self.accept_only = ActionButton("只受理", key="Ctrl+F9")
        self.accept = ActionButton("受理并打印", key="F9", kind="big", icon_name="printer")
        self.zones = QWidget()
        self._lay_out()

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
        row.addWidget(scrolled(self.who, WHO_WIDTH))
        row.addWidget(scrolled(_column(middle)), 1)
        row.addWidget(scrolled(_column(side), SIDE_WIDTH))
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


def scrolled(content: QWidget, width: int = 0) -> QScrollArea:
    """``content`` with a scroll bar where the screen is too small or the text too large for it."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    if width:
        area.setMinimumWidth(width)
        area.setMaximumWidth(width * 13 // 10)
    return area


def _column(layout: QVBoxLayout) -> QWidget:
    holder = QWidget()
    holder.setProperty("role", "scrolled")
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    holder.setLayout(layout)
    return holder
