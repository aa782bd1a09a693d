"""One rating: its story, and the step that is owed."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.ratings.columns import level_badge, state_badge
from desktop.ratings.steps import STEPS, RatingStepForm
from desktop.ratings.told import lines_of
from desktop.widgets import ActionButton, Badge, Card, NoticeBar, ScrolledLines, Segments, Tone, empty, label

NOTHING_OWED = "现在没有要您做的。"
OTHERS = "这一步由督办人员做。"


class RatingPanel(Card):
    """``asked`` carries the service and its arguments (after the ref). What is typed for one is kept while another is
    looked at.
    """

    asked = Signal(object, object)
    case_asked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.level, self.state = Badge(), Badge()
        self.bar = NoticeBar()
        self.note = label("", "muted", wrap=True)
        self.open_case = ActionButton("打开办件", kind="quiet", icon_name="folders")
        self.form: RatingStepForm | None = None
        self._ref = self._code = ""
        self._case = ""
        self._steps: tuple[str, ...] = ()
        self._typed: dict[tuple[str, str], str] = {}
        self._lines = ScrolledLines("评价的经过")
        self._lay_out()
        self.open_case.clicked.connect(lambda: self.case_asked.emit(self._case))
        self.clear()

    def clear(self) -> None:
        """Nothing is chosen."""
        self._ref, self._steps = "", ()
        self._lines.show_lines([("", "选一条评价，看经过和要做的步骤。")])
        for badge in (self.level, self.state):
            badge.hide()
        self.note.setText("")
        self.open_case.hide()
        self.bar.hide()
        self._open("")

    def show_rating(self, detail: Any, facts: Any) -> None:
        """Show ``detail``; the same one with the same steps keeps the form that is open."""
        item = detail.item
        for badge, (tone, text) in ((self.level, level_badge(item, 0)), (self.state, state_badge(item, 0))):
            badge.show_state(text, Tone(tone))
            badge.show()
        self._lines.show_lines(lines_of(detail, facts))
        self._case = item.case_id or ""
        self.open_case.setVisible(bool(self._case))
        if (item.ref, item.steps) != (self._ref, self._steps):
            self.bar.hide()
            self._ref, self._steps = item.ref, item.steps
            self._offer()
        self.note.setText("" if item.steps else OTHERS if item.hidden else NOTHING_OWED)

    def refuse(self, error: Any) -> None:
        """The step did not go through."""
        self.bar.say(sentence(error), Tone.WARN)
        if self.form is not None:
            self.form.send.setEnabled(True)

    def done(self) -> None:
        """The step was taken: what was typed for it is of no use any more."""
        self._typed.pop((self._ref, self._code), None)
        # The next answer may owe the same step again, as after a call that reached nobody.
        self._steps = ("",)

    def _offer(self) -> None:
        empty(self._choice)
        if len(self._steps) > 1:
            choice = Segments([(code, STEPS[code].word) for code in self._steps], name="要做的步骤")
            choice.chosen.connect(self._open)
            self._choice.addWidget(choice)
        self._open(self._steps[0] if self._steps else "")

    def _open(self, code: str) -> None:
        empty(self._place)
        self._code, self.form = code, None
        if not code:
            return
        self.form = form = RatingStepForm(code)
        form.text.set_text(self._typed.get((self._ref, code), ""))
        form.typed.connect(self._on_typed)
        form.entered.connect(self.asked)
        self._place.addWidget(form)

    def _on_typed(self) -> None:
        if self.form is not None:
            self._typed[self._ref, self._code] = self.form.text.text()

    def _lay_out(self) -> None:
        self.head.addWidget(self.open_case)
        for badge in (self.level, self.state):
            self.head.addWidget(badge)
        self._choice, self._place = QVBoxLayout(), QVBoxLayout()
        self.body.addWidget(self.bar)
        self.body.addWidget(self._lines, 1)
        self.body.addWidget(self.note)
        self.body.addLayout(self._choice)
        self.body.addLayout(self._place)
