"""The forms of what the desk does with a case."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from desktop.cases.step_form import Step, StepForm
from desktop.intake.boards import BoardPicker
from desktop.intake.who_view import ContactFields
from desktop.messages import sentence
from desktop.widgets import AreaField, LineField, empty
from domain.cases.intake import ContactForm
from domain.errors import AppError
from services import case_steps


class TextForm(StepForm):
    """A step that needs a text: an answer, a reason."""

    def __init__(
        self, name: str, service: Callable[..., Any], *, in_lines: bool = False, about: str = ""
    ) -> None:
        super().__init__(about)
        self._service = service
        self._in_lines = in_lines
        self.field: AreaField = self.add("text", AreaField(name, lines=5))

    def begin(self, view: Any) -> None:
        if self._service is case_steps.receive_material:
            self.field.set_text("\n".join(view.case.missing))

    def step(self) -> Step:
        text = self.field.text()
        return Step(self._service, (tuple(text.splitlines()) if self._in_lines else text,))


class OtherCaseForm(StepForm):
    """A step that needs another case: link, merge."""

    def __init__(self, name: str, service: Callable[..., Any]) -> None:
        super().__init__()
        self._service = service
        self.field: LineField = self.add("other", LineField(name, placeholder="如 DB0061T", max_length=60))

    def step(self) -> Step:
        return Step(self._service, (self.field.text(),))


class BoardsForm(StepForm):
    """交办: the boards, the lead first; where there are several, what each is to do (拆分)."""

    def __init__(self) -> None:
        super().__init__("第一个板块牵头，其余协办。几个板块一起办时，可以分别写明各自要做什么。")
        self.boards: BoardPicker = self.add("board", BoardPicker())
        self.setFocusProxy(self.boards.add)
        self._tasks: dict[str, LineField] = {}
        self._told: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._place = QVBoxLayout()
        self.column.addLayout(self._place)
        self.boards.changed.connect(self._show_tasks)

    def begin(self, view: Any) -> None:
        self._names = {code: board.name for code, board in view.facts.book.boards.items()}
        self._told = {share.board: share.task for share in view.case.shares}
        self.boards.set_names(self._names)
        self.boards.set_value(view.case.boards or None)
        self._show_tasks()

    def fields(self) -> dict[str, Any]:
        return {"board": list(self.boards.value() or ()), "tasks": self.tasks()}

    def set_fields(self, fields: dict[str, Any]) -> None:
        known = tuple(code for code in fields.get("board", ()) if code in self._names)
        self._told |= fields.get("tasks", {})
        self.boards.set_value(known or None)
        self._show_tasks()

    def tasks(self) -> dict[str, str]:
        """Board → what it is to do, of those that stand there."""
        return {code: line.text() for code, line in self._tasks.items() if line.text()}

    def task_line(self, board: str) -> LineField:
        """The line that says what ``board`` is to do."""
        return self._tasks[board]

    def step(self) -> Step:
        return Step(case_steps.assign_boards, (self.boards.value() or (), self.tasks()))

    def _show_tasks(self) -> None:
        self._told |= self.tasks()
        empty(self._place)
        boards = self.boards.shown() if len(self.boards.shown()) > 1 else ()
        self._tasks = {}
        for code in boards:
            line = LineField(f"请{self._names.get(code, code)}做什么（可不填）", max_length=500)
            line.set_text(self._told.get(code, ""))
            line.changed.connect(lambda _: self.changed.emit())
            self._tasks[code] = line
            self._place.addWidget(line)


class FlagForm(StepForm):
    """涉企问题池, 敏感."""

    def __init__(self) -> None:
        super().__init__()
        self.in_pool: QCheckBox = self.add("in_pool", QCheckBox("列入涉企问题池"))
        self.sensitive: QCheckBox = self.add("sensitive", QCheckBox("敏感，立即告知督办"))
        self._was: Any = None

    def begin(self, view: Any) -> None:
        self._was = view.case
        self.in_pool.setChecked(view.case.in_pool)
        self.sensitive.setChecked(view.case.sensitive)

    def step(self) -> Step:
        changed = {name: on for name, on in self.fields().items() if on != getattr(self._was, name)}
        return Step(case_steps.flag_case, (), changed)


class CorrectContact(StepForm):
    """更正经办人."""

    def __init__(self) -> None:
        super().__init__()
        self.contact = ContactFields()
        self.setFocusProxy(self.contact.name)
        for field in (self.contact.name, self.contact.phone):
            field.changed.connect(lambda _: self.changed.emit())
        self.column.addWidget(self.contact)

    def begin(self, view: Any) -> None:
        contact = view.case.contact
        self.contact.name.set_text(contact.name)
        self.contact.phone.set_text(contact.phone)
        self.contact.capacity.set_value(contact.capacity.value)
        self.contact.authorised.setChecked(contact.authorisation_seen)

    def fields(self) -> dict[str, Any]:
        return self.contact.fields()

    def set_fields(self, fields: dict[str, Any]) -> None:
        self.contact.set_fields(fields)

    def step(self) -> Step:
        return Step(case_steps.correct_contact, (ContactForm(**self.contact.fields()),))

    def show_error(self, error: AppError) -> None:
        self.contact.phone.set_error(sentence(error))
        self.contact.phone.setFocus()
