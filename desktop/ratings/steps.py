"""The forms of a rating's steps: what each asks for, and the service that takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import words
from desktop.widgets import ActionButton, AreaField, ConfirmButton, Segments, label
from domain.callbacks.model import LEVELS, CallResult
from services.ratings import loop

NO_LEVEL = 0


@dataclass(frozen=True, slots=True)
class StepSpec:
    """``choices`` are (value, word), none where there is nothing to choose. ``final`` asks for a second press."""

    word: str
    service: Callable[..., Any]
    choices: tuple[tuple[Any, str], ...]
    text: str
    about: str
    final: bool = False
    has_level: bool = False


STEPS = {
    "verify": StepSpec(
        "核实",
        loop.verify_rating,
        ((True, "属实"), (False, "不属实")),
        "核实到的情况",
        "1 个工作日内核实：问清经过，是否如企业所说。",
    ),
    "answer": StepSpec(
        "整改或说明",
        loop.answer_rating,
        ((True, "已整改"), (False, "解释说明")),
        "怎么改的，或怎么向企业解释的",
        "核实后 5 个工作日内整改，或说明原因。",
    ),
    "call": StepSpec(
        "回访",
        loop.call_rating,
        tuple((one, words.word(words.CALL_RESULTS, one.value)) for one in CallResult),
        "备注",
        "告诉企业结果，请它再评一次；不愿再评也要记下。",
        has_level=True,
    ),
    "decide": StepSpec(
        "申诉裁定",
        loop.decide_appeal,
        ((False, "不成立"), (True, "成立，不计")),
        "裁定意见（申诉人看得到）",
        "成立的评价不计入，处理到此为止。",
        final=True,
    ),
    "appeal": StepSpec(
        "申诉",
        loop.appeal_rating,
        (),
        "申诉理由",
        "每条只能申诉一次，由督办人员裁定。请只写自己的经过，不要猜是哪家企业。",
        final=True,
    ),
}


class RatingStepForm(QWidget):
    """``entered`` carries (service, arguments). ``typed`` after each key of the text."""

    entered = Signal(object, object)
    typed = Signal()

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec = STEPS[code]
        self.choice = Segments(spec.choices, name=spec.word) if spec.choices else None
        levels = ((level, words.LEVELS[str(level)]) for level in reversed(LEVELS))
        self.level = Segments([(NO_LEVEL, "没有再评"), *levels], name="再次评价") if spec.has_level else None
        self.text = AreaField(spec.text, lines=3)
        self.text.editor.setFixedHeight(self.text.editor.minimumHeight())
        self.send = _button(spec)
        self._lay_out()
        self.text.changed.connect(self.typed)
        meant = self.send.confirmed if isinstance(self.send, ConfirmButton) else self.send.clicked
        meant.connect(lambda *_: self._enter())
        if self.choice is not None and self.level is not None:
            self.choice.chosen.connect(self._on_result)

    def _on_result(self, result: Any) -> None:
        assert self.level is not None
        self.level.setEnabled(result is CallResult.REACHED)
        if result is not CallResult.REACHED:
            self.level.set_value(NO_LEVEL)

    def _enter(self) -> None:
        arguments: list[Any] = [] if self.choice is None else [self.choice.value()]
        arguments.append(self.text.text().strip())
        if self.level is not None:
            arguments.append(self.level.value() or None)
        self.send.setEnabled(False)
        self.entered.emit(self._spec.service, tuple(arguments))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(self._spec.about, "small", wrap=True))
        for part in (self.choice, self.level, self.text):
            if part is not None:
                column.addWidget(part)
        column.addWidget(self.send)


def _button(spec: StepSpec) -> ActionButton:
    if spec.final:
        return ConfirmButton(f"{spec.word}…", f"再按一次确认{spec.word}，之后不能改")
    return ActionButton(f"记下{spec.word}", kind="primary")
