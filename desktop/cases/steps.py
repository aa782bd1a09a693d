"""What may be done with a case, and the small forms that ask for what a step needs. Nothing here is modal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.intake.boards import BoardPicker
from desktop.intake.who_view import ContactFields
from desktop.messages import sentence
from desktop.widgets import ActionButton, AreaField, Card, LineField, label
from domain.cases.intake import ContactForm
from domain.errors import AppError
from services import case_steps

FOR_FILES = "attach"


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a service: ``service(uow, clock, actor, key, *arguments, **named)``."""

    service: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    named: dict[str, Any] | None = None


class StepForm(QWidget):
    """What a step needs; ``step`` gives the call."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def begin(self, view: Any) -> None:
        """Fill in what the case has."""

    def step(self) -> Step:
        """The call with what was entered."""
        raise NotImplementedError

    def show_error(self, text: str) -> None:
        """Show why the step was refused."""


class TextForm(StepForm):
    """A step that needs a text: an answer, a reason."""

    def __init__(self, name: str, service: Callable[..., Any], *, in_lines: bool = False) -> None:
        super().__init__()
        self._service = service
        self._in_lines = in_lines
        self.field = AreaField(name, lines=4)
        self.setFocusProxy(self.field)
        self.column.addWidget(self.field)

    def begin(self, view: Any) -> None:
        if self._service is case_steps.receive_material:
            self.field.set_text("\n".join(view.case.missing))

    def step(self) -> Step:
        text = self.field.text()
        return Step(self._service, (tuple(text.splitlines()) if self._in_lines else text,))

    def show_error(self, text: str) -> None:
        self.field.set_error(text)


class OtherCaseForm(StepForm):
    """A step that needs another case: link, merge."""

    def __init__(self, name: str, service: Callable[..., Any]) -> None:
        super().__init__()
        self._service = service
        self.field = LineField(name, placeholder="如 DB0061T", max_length=60)
        self.setFocusProxy(self.field)
        self.column.addWidget(self.field)

    def step(self) -> Step:
        return Step(self._service, (self.field.text(),))

    def show_error(self, text: str) -> None:
        self.field.set_error(text)


class BoardsForm(StepForm):
    """交办: the boards, the lead first."""

    def __init__(self) -> None:
        super().__init__()
        self.boards = BoardPicker()
        self._error = label("", "error", wrap=True)
        self.setFocusProxy(self.boards.add)
        self.column.addWidget(self.boards)
        self.column.addWidget(self._error)

    def begin(self, view: Any) -> None:
        self.boards.set_names({code: board.name for code, board in view.facts.book.boards.items()})
        self.boards.set_value(view.case.boards or None)

    def step(self) -> Step:
        return Step(case_steps.assign_boards, (self.boards.value() or (),))

    def show_error(self, text: str) -> None:
        self._error.setText(text)


class FlagForm(StepForm):
    """涉企问题池, 敏感."""

    def __init__(self) -> None:
        super().__init__()
        self.in_pool = QCheckBox("列入涉企问题池")
        self.sensitive = QCheckBox("敏感，立即告知督办")
        self._was: Any = None
        self._error = label("", "error", wrap=True)
        self.setFocusProxy(self.in_pool)
        for widget in (self.in_pool, self.sensitive, self._error):
            self.column.addWidget(widget)

    def begin(self, view: Any) -> None:
        self._was = view.case
        self.in_pool.setChecked(view.case.in_pool)
        self.sensitive.setChecked(view.case.sensitive)

    def step(self) -> Step:
        wanted = {"in_pool": self.in_pool.isChecked(), "sensitive": self.sensitive.isChecked()}
        changed = {name: value for name, value in wanted.items() if value != getattr(self._was, name)}
        return Step(case_steps.flag_case, (), changed)

    def show_error(self, text: str) -> None:
        self._error.setText(text)


class CorrectContact(StepForm):
    """更正经办人."""

    def __init__(self) -> None:
        super().__init__()
        self.contact = ContactFields()
        self.setFocusProxy(self.contact.name)
        self.column.addWidget(self.contact)

    def begin(self, view: Any) -> None:
        contact = view.case.contact
        self.contact.name.set_text(contact.name)
        self.contact.phone.set_text(contact.phone)
        self.contact.capacity.set_value(contact.capacity.value)
        self.contact.authorised.setChecked(contact.authorisation_seen)

    def step(self) -> Step:
        typed = ContactForm(
            name=self.contact.name.text(),
            phone=self.contact.phone.text(),
            capacity=self.contact.capacity.value(),
            authorisation_seen=self.contact.authorised.isChecked(),
        )
        return Step(case_steps.correct_contact, (typed,))

    def show_error(self, text: str) -> None:
        self.contact.phone.set_error(text)


FORMS: dict[str, Callable[[], StepForm]] = {
    "answer": lambda: TextForm("答复内容", case_steps.answer_case),
    "decline": lambda: TextForm("不予受理的理由", case_steps.decline_case),
    "withdraw": lambda: TextForm("撤回的理由", case_steps.withdraw_case),
    "notice": lambda: TextForm("缺少的材料（一行一项）", case_steps.request_material, in_lines=True),
    "receive_material": lambda: TextForm("收到的材料（一行一项）", case_steps.receive_material, in_lines=True),
    "assign": BoardsForm,
    "link": lambda: OtherCaseForm("与哪一件关联（编号）", case_steps.link_cases),
    "merge": lambda: OtherCaseForm("并入哪一件（编号）", case_steps.merge_case),
    "flag": FlagForm,
    "correct_contact": CorrectContact,
}


class Steps(Card):
    """可以办的事. ``taken`` carries a ``Step``; ``files_asked`` for a file to attach."""

    taken = Signal(object)
    files_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("办理", parent)
        self._view: Any = None
        self._code = ""
        self._form: StepForm | None = None
        self._buttons: dict[str, ActionButton] = {}
        self._grid = QVBoxLayout()
        self._grid.setSpacing(4)
        self._place = QVBoxLayout()
        self.confirm = ActionButton("确定", kind="primary", key="Ctrl+S")
        self.cancel = ActionButton("取消", kind="quiet")
        self.confirm.clicked.connect(self._on_confirmed)
        self.cancel.clicked.connect(self.close_form)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.confirm)
        for layout in (self._grid, self._place, foot):
            self.body.addLayout(layout)
        self.close_form()

    def show_view(self, view: Any) -> None:
        """Offer what may be done now; what may not says why."""
        self._view = view
        if not self._buttons:
            codes = [action.code for action in view.actions]
            self._make_buttons([code for code in codes if code in FORMS or code == FOR_FILES])
        for action in view.actions:
            button = self._buttons.get(action.code)
            if button is None:
                continue
            button.setEnabled(not action.why_not)
            why = _why(action, view) if action.why_not else ""
            button.setToolTip(why)
            button.setAccessibleDescription(why)
        if self._code and not self._buttons[self._code].isEnabled():
            self.close_form()

    def button(self, code: str) -> ActionButton:
        """The button of a step."""
        return self._buttons[code]

    @property
    def form(self) -> StepForm | None:
        """The form that is open."""
        return self._form

    def open_form(self, code: str) -> None:
        """Ask for what a step needs."""
        if code == FOR_FILES:
            self.files_asked.emit()
            return
        self.close_form()
        self._code, self._form = code, FORMS[code]()
        self._form.begin(self._view)
        self._place.addWidget(self._form)
        self.confirm.set_label(words.ACTIONS[code])
        self.confirm.setEnabled(True)
        for button in (self.confirm, self.cancel):
            button.show()
        self._form.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_form(self) -> None:
        """Put the form away."""
        if self._form is not None:
            self._place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._code, self._form = "", None
        self.confirm.hide()
        self.cancel.hide()

    def show_error(self, error: AppError) -> None:
        """The step was refused: what was typed stays."""
        self.confirm.setEnabled(True)
        if self._form is not None:
            self._form.show_error(sentence(error))
            self._form.setFocus()

    def _make_buttons(self, codes: list[str]) -> None:
        row = QHBoxLayout()
        for place, code in enumerate(codes):
            button = ActionButton(words.ACTIONS[code], kind="primary" if code == "answer" else "secondary")
            button.clicked.connect(lambda _=False, code=code: self.open_form(code))
            self._buttons[code] = button
            row.addWidget(button, 1)
            if place % 2:
                self._grid.addLayout(row)
                row = QHBoxLayout()
        self._grid.addLayout(row)

    def _on_confirmed(self) -> None:
        if self._form is None:
            return
        # Until the answer is there, a second press finds the button disabled.
        self.confirm.setEnabled(False)
        self.taken.emit(self._form.step())


def _why(action: Any, view: Any) -> str:
    return sentence(
        AppError(
            action.why_not,
            number=view.case.number,
            action=action.code,
            role=view.facts.actor.role.value,
        )
    )
