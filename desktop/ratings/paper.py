"""纸质评价: forms from the box, entered by a supervisor one after the other, each by its code or number."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import words
from desktop.callbacks.entry_view import Choices
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, AreaField, Card, Chip, ChipRow, LineField, NoticeBar, Tone, label
from domain.callbacks.model import LEVELS
from domain.ratings.model import RatingTag
from services.ratings.giving import rate

LEVEL_CHOICES = tuple((str(level), words.LEVELS[str(level)], level) for level in reversed(LEVELS))
ABOUT = "扫评价表上的二维码，或输入办件编号、当天的排队号；照表上勾的选。录入后不能改，请两人一起开箱。"
WIDTH = 760


class PaperRatings(QWidget):
    """录入评价表. The keys 1–5 choose the level while no text has the focus."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key = ""
        self.number = LineField("编号或排队号", placeholder="扫码或输入", max_length=60)
        self.levels = Choices(LEVEL_CHOICES, columns=len(LEVEL_CHOICES), checkable=True)
        self.tags = {tag: Chip(words.RATING_TAGS[tag.value], checkable=True) for tag in RatingTag}
        self.text = AreaField("来访者写的话", lines=3)
        self.text.editor.setFixedHeight(self.text.editor.minimumHeight())
        self.record = ActionButton("录入这张", kind="big")
        self.bar = NoticeBar()
        self._lay_out()
        self.number.changed.connect(self._on_number_typed)
        self.number.entered.connect(self.levels.take_focus)
        self.record.clicked.connect(self._on_record)
        self.clear()

    def take(self, key: str, shown: str) -> None:
        """A form was scanned: ``key`` calls what it is about, ``shown`` is its number."""
        self.clear()
        self.number.set_text(shown)
        self._key = key
        # The page that comes to the front for a scan gives the focus once more: the keys stay the level's.
        self.setFocusProxy(next(iter(self.levels.buttons.values())))
        self.levels.take_focus()

    def clear(self) -> None:
        """The next form."""
        self.setFocusProxy(self.number)
        self.number.set_text("")
        self._key = ""
        self.levels.choose(None)
        for chip in self.tags.values():
            chip.setChecked(False)
        self.text.editor.clear()
        self.bar.hide()

    def keyPressEvent(self, event: Any) -> None:
        if event.isAutoRepeat() or not self.levels.press(event.text()):
            super().keyPressEvent(event)

    def _on_number_typed(self) -> None:
        self._key = ""

    def _on_record(self) -> None:
        key, level = self._key or self.number.text(), self.levels.value()
        if not key or level is None:
            self.bar.say("请先扫码或输入编号，再选满意程度。", Tone.WARN)
            return
        self.record.setEnabled(False)
        self._context.tasks.run(
            self._context.station.submit,
            rate,
            key,
            level,
            paper=True,
            tags=tuple(tag.value for tag, chip in self.tags.items() if chip.isChecked()),
            text=self.text.text().strip(),
            on_done=self._on_recorded,
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_recorded(self, _: Any) -> None:
        self.record.setEnabled(True)
        self._context.notices.say(f"{self.number.text()} 的评价表已录入", Tone.OK)
        self.clear()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_refused(self, error: Any) -> None:
        self.record.setEnabled(True)
        self.bar.say(sentence(error), Tone.WARN)

    def _lay_out(self) -> None:
        card = Card("录入纸质评价表")
        card.roomy()
        card.setMaximumWidth(WIDTH)
        ticks = ChipRow("勾选")
        ticks.set_chips(self.tags.values())
        parts = (self.bar, label(ABOUT, "muted", wrap=True), self.number)
        for part in (
            *parts,
            label("满意程度（按键 1–5）", "label"),
            self.levels,
            label("勾选", "label"),
            ticks,
        ):
            card.body.addWidget(part)
        card.body.addWidget(self.text)
        card.body.addWidget(self.record)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
