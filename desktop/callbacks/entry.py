"""What came of a call, in two keys: how it went, then how satisfied. Digits are heard outside of texts only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.callbacks.entry_view import Choices
from desktop.messages import sentence
from desktop.widgets import ActionButton, AreaField, Badge, Card, LineField, NoticeBar, Segments, Tone, label
from domain.callbacks.decide import Call
from domain.callbacks.model import DISSATISFIED, LEVELS, Attitude, CallResult
from domain.errors import AppError

NOT_ASKED = ""


class Step(StrEnum):
    """What is asked for now."""

    NOTHING = "nothing"
    RESULT = "result"
    ANSWERS = "answers"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Said:
    """The key after 接通: solved or not, or a level."""

    solved: bool | None = None
    level: int | None = None

    @property
    def reopens(self) -> bool:
        """Whether the case will be done again."""
        return self.solved is False or (self.level is not None and self.level <= DISSATISFIED)


RESULTS: tuple[tuple[str, str, Any], ...] = tuple(
    (str(key), words.word(words.CALL_RESULTS, result.value), result)
    for key, result in enumerate(CallResult, 1)
)
ANSWERS: tuple[tuple[str, str, Any], ...] = (
    *((str(level), words.word(words.LEVELS, str(level)), Said(level=level)) for level in reversed(LEVELS)),
    ("6", "解决了，没评", Said(solved=True)),
    ("7", "没有解决", Said(solved=False)),
)
REOPENS = "录入后这件重新办理，期限从现在重新算，办好后再回访一次；录入后不能改。"
ENDS = "没有打通：记为已打一次，不能改。"


class ResultEntry(Card):
    """回访结果. ``entered`` carries the ``Call``. What cannot be taken back asks in its own place.

    ``left``: Esc before anything was entered.
    """

    entered = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("结果", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hint = label("", "muted", wrap=True)
        self.results = Choices(RESULTS, columns=4)
        self.answers = Choices(ANSWERS, columns=len(LEVELS))
        self.on_time = Segments([(NOT_ASKED, "没问"), (True, "按时"), (False, "没按时")], name="按时")
        self.attitude = Segments(
            [(NOT_ASKED, "没问"), *((one, words.word(words.ATTITUDES, one.value)) for one in Attitude)],
            name="态度",
        )
        self.wish = AreaField("企业的意见建议（照原话，先写再按满意程度）", lines=2)
        # A line or two is usual: the rest of the height is the script's.
        self.wish.editor.setFixedHeight(self.wish.editor.minimumHeight())
        self.note = LineField("备注", max_length=1000)
        self.question = label("", "warning", wrap=True)
        self.confirm = ActionButton("录入", kind="primary")
        self.back = ActionButton("改（Esc）", kind="quiet")
        self.bar = NoticeBar()
        self._result: CallResult | None = None
        self._said = Said()
        self._lay_out()
        self._connect()
        self.close_entry()

    @property
    def step(self) -> Step:
        """What is asked for now."""
        return self._step

    def open_entry(self, *, note_needed: bool = False) -> None:
        """Ask for the result of a call; everything typed for another is gone."""
        self._clear()
        self._note_needed = note_needed
        self._show(Step.RESULT)

    def close_entry(self, hint: str = "") -> None:
        """There is nothing to enter; ``hint`` says why."""
        self._clear()
        self.hint.setText(hint)
        self._show(Step.NOTHING)

    def refuse(self, error: AppError) -> None:
        """What was entered did not go through: it stands as it was."""
        self.bar.say(sentence(error), Tone.WARN)
        self.confirm.setEnabled(True)
        for choices in (self.results, self.answers):
            choices.setEnabled(True)

    @property
    def has_words(self) -> bool:
        """Whether something was typed that would be lost."""
        return bool(self.wish.text().strip() or self.note.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        choices = {Step.RESULT: self.results, Step.ANSWERS: self.answers}.get(self._step)
        if event.key() == Qt.Key.Key_Escape and self._step in (Step.ANSWERS, Step.SURE):
            self._on_back()
        elif event.key() == Qt.Key.Key_Escape and self._step is Step.RESULT and not self.has_words:
            self.left.emit()
        elif choices is None or event.isAutoRepeat() or not choices.press(event.text()):
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self.results.chosen.connect(self._on_result)
        self.answers.chosen.connect(self._on_answer)
        self.confirm.clicked.connect(self._enter)
        self.back.clicked.connect(self._on_back)
        self.note.entered.connect(self._on_note_entered)

    def _on_note_entered(self) -> None:
        if self._step is Step.SURE:
            self._enter()

    def _on_result(self, result: CallResult) -> None:
        self._result, self._said = result, Said()
        if result is CallResult.REACHED:
            self._show(Step.ANSWERS)
            return
        self.question.setText(ENDS)
        self._show(Step.SURE)
        if self._note_needed:
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answer(self, said: Said) -> None:
        self._said = said
        if not said.reopens:
            self._enter()
            return
        self.question.setText(f"{_word(said)}：{REOPENS}")
        self._show(Step.SURE)

    def _on_back(self) -> None:
        answered = self._step is Step.SURE and self._result is CallResult.REACHED
        self._show(Step.ANSWERS if answered else Step.RESULT)

    def _enter(self) -> None:
        assert self._result is not None
        # A second press finds nothing to press until the answer is there.
        for part in (self.confirm, self.results, self.answers):
            part.setEnabled(False)
        self.entered.emit(self.call())

    def call(self) -> Call:
        """What was entered."""
        assert self._result is not None
        note = self.note.text()
        if self._result is not CallResult.REACHED:
            return Call(self._result, note=note)
        on_time, attitude = self.on_time.value(), self.attitude.value()
        return Call(
            self._result,
            self._said.solved,
            None if on_time == NOT_ASKED else on_time,
            None if attitude == NOT_ASKED else attitude,
            self._said.level,
            self.wish.text().strip(),
            note,
        )

    def _clear(self) -> None:
        self._result, self._said, self._note_needed = None, Said(), False
        self.wish.editor.clear()
        self.note.set_text("")
        self.on_time.set_value(NOT_ASKED)
        self.attitude.set_value(NOT_ASKED)
        self.bar.hide()
        self.hint.setText("")

    def _show(self, step: Step) -> None:
        self._step = step
        for part in (self.confirm, self.results, self.answers):
            part.setEnabled(True)
        answering = step is Step.ANSWERS
        self.results.setVisible(step is Step.RESULT)
        self._answering.setVisible(answering)
        self.note.setVisible(step in (Step.ANSWERS, Step.SURE))
        self._sure.setVisible(step is Step.SURE)
        self.back.setVisible(step in (Step.ANSWERS, Step.SURE))
        self.hint.setVisible(bool(self.hint.text()))
        self.progress.setVisible(step in (Step.ANSWERS, Step.SURE))
        if self._result is not None:
            reached = self._result is CallResult.REACHED
            self.progress.show_state(words.word(words.CALL_RESULTS, self._result.value), _tone(reached))
        self._put_focus(step)

    def _put_focus(self, step: Step) -> None:
        if not self.isVisible():
            return
        if step is Step.SURE:
            self.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        elif step is not Step.NOTHING:
            (self.results if step is Step.RESULT else self.answers).take_focus()

    def _lay_out(self) -> None:
        self.progress = Badge()
        self.head.addWidget(self.progress)
        self.head.addWidget(self.back)
        self._answering = QWidget()
        column = _column(self._answering)
        asked = QHBoxLayout()
        asked.setSpacing(8)
        for name, part in (("按时", self.on_time), ("态度", self.attitude)):
            asked.addWidget(label(name, "label"))
            asked.addWidget(part)
        asked.addStretch(1)
        column.addLayout(asked)
        column.addWidget(self.wish)
        column.addWidget(self.answers)
        self._sure = QWidget()
        sure = QHBoxLayout(self._sure)
        sure.setContentsMargins(0, 0, 0, 0)
        sure.addWidget(self.question, 1)
        sure.addWidget(self.confirm)
        above = (self.bar, self.hint, self.results, self._answering, self.note, self._sure)
        for widget in above:
            self.body.addWidget(widget)


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    return column


def _word(said: Said) -> str:
    return next(word for _, word, one in ANSWERS if one == said)


def _tone(reached: bool) -> Tone:
    return Tone.OK if reached else Tone.WARN
