"""The frame of the small forms that ask for what a step needs. Nothing here is modal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.widgets import AreaField, Choice, ChoiceField, Field, LineField, Segments, label
from domain.errors import AppError

PART_OF = {
    "cases.reason_missing": "reason",
    "cases.evidence_missing": "evidence",
    "cases.evidence_unknown": "files",
    "cases.until_past": "day",
    "cases.until_invalid": "day",
    "cases.extension_too_short": "day",
    "cases.plan_missing": "text",
    "cases.answer_missing": "text",
    "cases.text_too_long": "text",
    "cases.same_board": "board",
    "cases.unknown_board": "board",
    "cases.boards_missing": "board",
    "cases.consultation_incomplete": "agreed",
    "cases.participants_too_long": "people",
    "cases.contact_too_long": "told",
    "deadlines.days_missing": "days",
    "deadlines.days_range": "days",
}
"""Code of a refusal → the part of a form it is about."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a service: ``service(uow, clock, actor, key, *arguments, **named)``.

    ``paper`` is printed once it is done.
    """

    service: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    named: dict[str, Any] | None = None
    paper: str = ""


class StepForm(QWidget):
    """What a step needs, in named parts; ``step`` gives the call. ``changed`` after each key."""

    changed = Signal()

    def __init__(self, about: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: dict[str, Any] = {}
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        if about:
            self.column.addWidget(label(about, "small", wrap=True))
        self.column.addWidget(self._error)

    def add(self, name: str, part: Any) -> Any:
        """Put ``part`` below the others; the first one gets the focus."""
        if not self._parts:
            self.setFocusProxy(part)
        self._parts[name] = part
        if isinstance(part, AreaField):
            # The button that sends it stays in sight.
            part.editor.setMaximumHeight(
                part.editor.minimumHeight() + part.editor.fontMetrics().lineSpacing()
            )
        signals = ("changed", "chosen", "toggled")
        signal = next(getattr(part, one) for one in signals if hasattr(part, one))
        signal.connect(lambda *_: self.changed.emit())
        self.column.addWidget(part)
        return part

    def begin(self, view: Any) -> None:
        """Fill in what the case has."""

    def renew(self, view: Any) -> None:
        """The case has changed while the form is open: offer what is new, leave what was typed."""

    def fields(self) -> dict[str, Any]:
        """What was entered, fit for JSON."""
        return {name: read(part) for name, part in self._parts.items()}

    def set_fields(self, fields: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave; what does not fit any more is left out."""
        for name, value in fields.items():
            if name in self._parts:
                write(self._parts[name], value)

    def value(self, name: str) -> Any:
        """What was entered in one part."""
        return read(self._parts[name])

    def step(self) -> Step:
        """The call with what was entered."""
        raise NotImplementedError

    def show_error(self, error: AppError) -> None:
        """Show why the step was refused, at the part it is about; what was typed stays."""
        for part in self._parts.values():
            if isinstance(part, Field):
                part.set_error("")
        self._error.setText(sentence(error))
        part = self._parts.get(PART_OF.get(error.code, ""), self._only_part())
        self._error.setVisible(not isinstance(part, Field))
        self.column.removeWidget(self._error)
        self.column.addWidget(self._error)
        if isinstance(part, Field):
            part.set_error(sentence(error))
            part.setFocus()

    def _only_part(self) -> Any:
        return next(iter(self._parts.values())) if len(self._parts) == 1 else None


def read(part: Any) -> Any:
    """What stands in a part of a form."""
    if isinstance(part, QCheckBox):
        return part.isChecked()
    return part.text() if isinstance(part, LineField | AreaField) else part.value()


def write(part: Any, value: Any) -> None:
    """Put ``value`` into a part of a form."""
    if isinstance(part, QCheckBox):
        part.setChecked(bool(value))
    elif isinstance(part, LineField | AreaField):
        part.set_text(str(value))
    elif isinstance(part, ChoiceField | Segments) or value:
        part.set_value(value)


def board_choices(view: Any, *without: str) -> list[Choice]:
    """Every board in force but ``without``."""
    boards = view.facts.book.boards.values()
    return [Choice(board.code, board.name) for board in boards if board.code not in without]
