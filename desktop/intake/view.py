"""The layout of the intake page: three zones on one screen, the result above, the big buttons below."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.intake.bars import DraftButton, DuplicateBar
from desktop.intake.form import field_of
from desktop.intake.offers import Offers
from desktop.intake.promise import MaterialFields, PromiseZone
from desktop.intake.result import ResultStrip
from desktop.intake.what import WhatZone
from desktop.intake.who import WhoZone
from desktop.messages import sentence
from desktop.shell.page import Page, PageContext
from desktop.widgets import ActionButton, Badge, Card, NoticeBar, Scrolled, Tone, held, label
from domain.cases.intake import MAX_TEXT
from domain.errors import AppError

SHARES = (24, 46, 30)
"""Of the width, for who, what and promise."""


class IntakeView(Page):
    """受理: what stands where, and where what is told is shown. The work is done in ``IntakePage``."""

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
        self.confirmed = Badge()
        self.confirmed.hide()
        self.clear = ActionButton("放弃重填", kind="quiet")
        self.answer = ActionButton("当场即办", key="F10")
        self.accept_only = ActionButton("只受理", key="Ctrl+F9")
        self.accept = ActionButton("受理并打印", key="F9", kind="big", icon_name="printer")
        self.zones = QWidget()
        self._lay_out()

    @property
    def is_accepted(self) -> bool:
        """Whether the form on the page has been accepted and waits for the next visitor."""
        return not self.result.isHidden()

    def scan_targets(self) -> list[QWidget]:
        """Elsewhere on this page a file that is dropped becomes an attachment."""
        return [self.who]

    def show_refusal(self, error: AppError) -> None:
        """Show why the form was not accepted, at the field it is about; everything typed stays."""
        self._show_running(False)
        text, field = sentence(error), field_of(error)
        if field in ("text", "answer"):
            editor = self.what.matter if field == "text" else self.what.answer
            editor.set_error(text)
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif field == "material":
            self.material.show_error(text)
        elif not self.who.show_error(field, text):
            self.bar.say(text, Tone.DANGER)

    def show_overflow(self, text: str) -> None:
        """Say that ``text``, which was pasted, was too long to be put in."""
        self.what.matter.set_error(
            f"粘贴的内容有 {len(text)} 字，诉求内容最多 {MAX_TEXT} 字，没有放入；剪贴板里仍是原文。"
            "请只粘贴要点，全文存成文件后作为附件添加。"
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and not self.is_accepted:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            self.material.files.add_file(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def _show_running(self, running: bool) -> None:
        for button in (self.accept, self.accept_only, self.answer):
            button.setEnabled(not running)
        self.clear.setVisible(not running)

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
        for content, share in zip((self.who, held(middle), held(side)), SHARES, strict=True):
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
        foot.addWidget(self.confirmed)
        foot.addStretch(1)
        for button in (self.answer, self.accept_only, self.accept):
            foot.addWidget(button)
        return foot
