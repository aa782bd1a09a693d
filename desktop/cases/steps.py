"""What may be done with a case: the next step first, then the others; a panel in the page asks for what one needs."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.cases.step_form import Step, StepForm
from desktop.cases.step_registry import AT_ONCE, FOR_FILES, FORMS, ORDER, SELDOM, step_word
from desktop.messages import sentence
from desktop.widgets import ActionButton, Card, empty, label
from domain.errors import AppError

KEEP_MS = 400
COLUMNS = 2


class Steps(Card):
    """办理. ``taken`` carries a ``Step``; ``files_asked`` for a file to attach; ``panel_shown`` whether one is open.

    ``typed`` carries (code, fields) to be kept, ``dropped`` the code of what is not wanted any more.
    """

    taken = Signal(object)
    files_asked = Signal()
    panel_shown = Signal(bool)
    typed = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("办理", parent)
        self._view: Any = None
        self._shown: Any = None
        self._code = ""
        self._form: StepForm | None = None
        self._drafts: dict[str, dict[str, Any]] = {}
        self._buttons: dict[str, ActionButton] = {}
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep.timeout.connect(self._on_keep)
        self.more = ActionButton("更多步骤", kind="quiet", icon_name="caret-down")
        self.more.setCheckable(True)
        self.title = label("", "strong")
        self.kept = label("接着上次没有写完的内容。", "small", wrap=True)
        self.forget = ActionButton("清空", kind="quiet")
        self.confirm = ActionButton("确定", kind="primary", key="Ctrl+S")
        self.cancel = ActionButton("收起", kind="quiet", key="Esc")
        self._lay_out()
        self.more.toggled.connect(self._rest.setVisible)
        self.forget.clicked.connect(self._on_forget_clicked)
        self.confirm.clicked.connect(self._on_confirmed)
        self.cancel.clicked.connect(self.close_form)
        self.close_form()

    def show_view(self, view: Any) -> None:
        """Offer what may be done now; what may not says why."""
        self._view = view
        shown = (view.case.id, view.actions, view.next_step, view.by_board)
        if shown != self._shown:
            self._shown = shown
            self._make_buttons()
        if self._form is not None:
            self._form.renew(view)
            if not self._buttons[self._code].isEnabled():
                self.close_form()

    def set_drafts(self, drafts: dict[str, dict[str, Any]]) -> None:
        """What had been typed for this case and not sent; what is typed since stands over it."""
        self._drafts = {**drafts, **self._drafts}

    def forget_case(self) -> None:
        """Another case is shown: the panel is put away, and what was typed there has been kept."""
        self.close_form()
        self._drafts = {}

    def button(self, code: str) -> ActionButton:
        """The button of a step."""
        return self._buttons[code]

    @property
    def form(self) -> StepForm | None:
        """The form that is open."""
        return self._form

    @property
    def next_button(self) -> ActionButton | None:
        """The button of the next step, where there is one."""
        return self._buttons.get(self._view.next_step) if self._view is not None else None

    def open_form(self, code: str) -> None:
        """Ask for what a step needs; where it needs nothing, take it."""
        if code == FOR_FILES:
            self.files_asked.emit()
        elif code in AT_ONCE:
            # Until the answer is there, a second press finds the button disabled.
            self._buttons[code].setEnabled(False)
            self.taken.emit(Step(AT_ONCE[code]))
        else:
            self.close_form()
            self._open(code)

    def close_form(self) -> None:
        """Put the form away; what was typed stays for the next time."""
        if self._keep.isActive():
            self._keep.stop()
            self._on_keep()
        if self._form is not None:
            self._place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._code, self._form = "", None
        self._panel.hide()
        self._choice.show()
        self.panel_shown.emit(False)

    def step_done(self) -> None:
        """The step was taken: its form goes, and what was typed in it."""
        self._drop_draft()
        self.close_form()

    def show_error(self, error: AppError) -> bool:
        """The step was refused: what was typed stays. False where no form is open that could show it."""
        self.confirm.setEnabled(True)
        self._shown = None
        if self._view is not None:
            self.show_view(self._view)
        if self._form is None:
            return False
        self._form.show_error(error)
        return True

    def _open(self, code: str) -> None:
        self._code, self._form = code, FORMS[code]()
        self._form.begin(self._view)
        draft = self._drafts.get(code)
        if draft:
            self._form.set_fields(draft)
        self._form.changed.connect(self._on_typed)
        asking = getattr(self._form, "files_asked", None)
        if asking is not None:
            asking.connect(self.files_asked)
        self._place.addWidget(self._form)
        word = step_word(code, by_board=self._view.by_board)
        self.title.setText(word)
        self.confirm.set_label(word)
        self.confirm.setEnabled(True)
        self.kept.setVisible(bool(draft))
        self.forget.setVisible(bool(draft))
        self._choice.hide()
        self._panel.show()
        self.panel_shown.emit(True)
        self._form.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_buttons(self) -> None:
        for holder in (self._first, self._often, self._seldom, self._refused):
            empty(holder)
        self._buttons = {}
        reasons = {action.code: action.why_not for action in self._view.actions}
        known = [code for code in ORDER if code in reasons]
        for code in known:
            self._buttons[code] = self._button(code, reasons[code])
        allowed = [code for code in known if not reasons[code]]
        first = self._view.next_step
        if first in self._buttons:
            self._first.addWidget(self._buttons[first])
        _fill(self._often, [self._buttons[c] for c in allowed if c != first and c not in SELDOM])
        _fill(self._seldom, [self._buttons[c] for c in allowed if c != first and c in SELDOM])
        for place, code in enumerate(code for code in known if reasons[code]):
            self._refused.addWidget(self._buttons[code], place, 0)
            said = label(self._why(code, reasons[code]), "small", wrap=True)
            self._refused.addWidget(said, place, 1)

    def _button(self, code: str, why_not: str) -> ActionButton:
        is_next = code == self._view.next_step
        word = step_word(code, by_board=self._view.by_board)
        button = ActionButton(word, kind="big" if is_next else "secondary", key="F9" if is_next else None)
        button.clicked.connect(lambda _=False, code=code: self.open_form(code))
        if why_not:
            why = self._why(code, why_not)
            button.setEnabled(False)
            button.setToolTip(why)
            button.setAccessibleDescription(why)
        return button

    def _why(self, code: str, why_not: str) -> str:
        view = self._view
        role = view.facts.actor.role.value
        return sentence(AppError(why_not, number=view.case.number, action=code, role=role))

    def _on_typed(self) -> None:
        if self._form is not None:
            self._drafts[self._code] = self._form.fields()
            self._keep.start()

    def _on_keep(self) -> None:
        if self._code in self._drafts:
            self.typed.emit(self._code, self._drafts[self._code])

    def _on_forget_clicked(self) -> None:
        code = self._code
        self._drop_draft()
        self.open_form(code)

    def _drop_draft(self) -> None:
        self._keep.stop()
        if self._drafts.pop(self._code, None) is not None:
            self.dropped.emit(self._code)

    def _on_confirmed(self) -> None:
        if self._form is None:
            return
        # Until the answer is there, a second press finds the button disabled.
        self.confirm.setEnabled(False)
        self.taken.emit(self._form.step())

    def _lay_out(self) -> None:
        self._first, self._place = QVBoxLayout(), QVBoxLayout()
        self._often, self._seldom, self._refused = QGridLayout(), QGridLayout(), QGridLayout()
        for grid in (self._often, self._seldom, self._refused):
            grid.setSpacing(4)
        self._refused.setColumnStretch(1, 1)
        self._rest = _holder(self._seldom, label("现在不能办的", "label"), self._refused)
        self._choice = _holder(self._first, self._often, self.more, self._rest)
        self._rest.hide()
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.forget)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        foot.addWidget(self.confirm)
        self._panel = _holder(head, self.kept, self._place, foot)
        self.body.addWidget(self._choice)
        self.body.addWidget(self._panel)


def _fill(grid: QGridLayout, buttons: list[ActionButton]) -> None:
    for place, button in enumerate(buttons):
        grid.addWidget(button, place // COLUMNS, place % COLUMNS)


def _holder(*parts: Any) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return holder
