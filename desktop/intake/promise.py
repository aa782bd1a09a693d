"""Zone ③: what is promised — scope, limit with the due time counted out, boards, flags, material, files."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QSpinBox, QVBoxLayout, QWidget

from desktop import words
from desktop.intake.boards import BoardPicker
from desktop.intake.explain import DayByDay
from desktop.intake.files import FilePicker
from desktop.messages import sentence
from desktop.shell.popover import Popover
from desktop.shell.tasks import TaskRunner
from desktop.widgets import ActionButton, AreaField, Card, FlowLayout, Segments, label, set_tone
from domain.deadlines.rules import MAX_DAYS
from domain.errors import AppError

DAYS_AT_FIRST = 5


class PromiseZone(Card):
    """``changed`` after anything was chosen. What is left open shows what would be settled."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("③ 承诺", parent)
        self._limit: str | None = None
        self._in_pool: bool | None = None
        self._due: Any = None
        self.zone = "Asia/Shanghai"
        self.scope = Segments(words.choices(words.SCOPES), name="问题范围")
        self.limit = Segments(words.choices(words.LIMITS), name="时限")
        self.days = QSpinBox()
        self.days.setRange(0, MAX_DAYS)
        self.days.setValue(DAYS_AT_FIRST)
        self.days.setSuffix(" 个工作日")
        self.days.setAccessibleName("承诺工作日")
        self.due = label("", "strong", wrap=True)
        self.why = ActionButton("怎么算的", kind="quiet")
        self.boards = BoardPicker()
        self.in_pool = QCheckBox("列入涉企问题池")
        self.sensitive = QCheckBox("敏感，立即告知督办")
        self._lay_out()
        self._connect()

    @property
    def promised(self) -> str:
        """The promise in words; empty while nothing can be promised."""
        return self.due.text() if self._due is not None else ""

    def set_names(self, zone: str, boards: dict[str, str]) -> None:
        """The site's zone and the names of the boards."""
        self.zone = zone
        self.boards.set_names(boards)

    def fields(self) -> dict[str, Any]:
        """What was chosen, as ``IntakeForm`` names it; None where it was left open."""
        boards = self.boards.value()
        return {
            "scope": self.scope.value(),
            "limit": self._limit,
            "days": self.days.value() if self._limit == "item" else None,
            "boards": None if boards is None else list(boards),
            "in_pool": self._in_pool,
            "sensitive": self.sensitive.isChecked(),
        }

    def set_fields(self, fields: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave."""
        self._limit = fields.get("limit")
        self._in_pool = fields.get("in_pool")
        self.scope.set_value(fields.get("scope", "point"))
        self.limit.set_value(self._limit or next(iter(words.LIMITS)))
        days = fields.get("days")
        self.days.setValue(DAYS_AT_FIRST if days is None else days)
        self.days.setVisible(self._limit == "item")
        boards = fields.get("boards")
        self.boards.set_value(None if boards is None else tuple(boards))
        self.in_pool.setChecked(bool(self._in_pool))
        self.sensitive.setChecked(bool(fields.get("sensitive")))
        self.show_nothing()
        self._show_scope()

    def show_settled(self, settled: Any) -> None:
        """Show what would be settled now (``services.intake.Settled``)."""
        self._due = settled.due
        if self._limit is None:
            self.limit.set_value(settled.limit.limit.value)
        if self._in_pool is None:
            self.in_pool.setChecked(settled.in_pool)
        self.boards.show_proposed(settled.boards)
        mark = "（暂定）" if settled.due.provisional else ""
        self._say(f"{words.due_words(settled.due.due_ms, self.zone)}前答复{mark}", "strong")
        self.why.show()

    def show_refusal(self, error: AppError) -> None:
        """Say why nothing can be promised yet."""
        self._due = None
        self._say(sentence(error), "error")
        self.why.hide()

    def show_nothing(self) -> None:
        """Nothing is known yet."""
        self._due = None
        self._say("写下诉求后，这里显示答复期限。", "muted")
        self.why.hide()

    def _say(self, text: str, role: str) -> None:
        self.due.setText(text)
        self.due.setProperty("role", role)
        self.due.style().polish(self.due)
        set_tone(self.due, None)

    def _connect(self) -> None:
        self.scope.chosen.connect(self._on_scope_chosen)
        self.limit.chosen.connect(self._on_limit_chosen)
        self.days.valueChanged.connect(lambda _: self.changed.emit())
        self.boards.changed.connect(self.changed)
        self.in_pool.clicked.connect(self._on_pool_clicked)
        self.sensitive.clicked.connect(lambda _: self.changed.emit())
        self.why.clicked.connect(self._on_why_clicked)

    def _on_scope_chosen(self, _: str) -> None:
        self._show_scope()
        self.changed.emit()

    def _show_scope(self) -> None:
        self.scope.setToolTip(words.SCOPE_HINTS[self.scope.value()])

    def _on_limit_chosen(self, limit: str) -> None:
        self._limit = limit
        self.days.setVisible(limit == "item")
        self.changed.emit()

    def _on_pool_clicked(self, checked: bool) -> None:
        self._in_pool = checked
        self.changed.emit()

    def _on_why_clicked(self) -> None:
        if self._due is not None:
            sheet = Popover(self.window(), self.why, DayByDay(self._due), width=400)
            # The zone stands low on the page: the sheet moves up as far as a long count needs.
            height = min(sheet.sizeHint().height(), self.window().height() - 16)
            top = min(sheet.y(), self.window().height() - height - 8)
            sheet.setGeometry(sheet.x(), top, sheet.width(), height)

    def _lay_out(self) -> None:
        limits = FlowLayout(gap=8)
        for widget in (self.limit, self.scope, self.days):
            limits.addWidget(widget)
        due = QHBoxLayout()
        due.addWidget(self.due, 1)
        due.addWidget(self.why)
        flags = FlowLayout(gap=10)
        flags.addWidget(self.in_pool)
        flags.addWidget(self.sensitive)
        self.body.addLayout(due)
        self.body.addLayout(limits)
        self.body.addWidget(self.boards)
        self.body.addLayout(flags)
        self.days.hide()
        self.show_nothing()
        self._show_scope()


class MaterialFields(QWidget):
    """Material received and missing, one a line, and the files."""

    changed = Signal()

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.material = AreaField("已收材料（一行一项）", lines=2)
        self.missing = AreaField("缺少材料（一行一项）", lines=2)
        self.files = FilePicker(tasks)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.material, 1)
        row.addWidget(self.missing, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.files)
        for field in (self.material, self.missing):
            field.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
            field.editor.setMaximumHeight(field.editor.fontMetrics().lineSpacing() * 4 + 12)
            field.changed.connect(self._on_changed)
        self.files.changed.connect(self.changed)

    def fields(self) -> dict[str, Any]:
        """What was entered."""
        return {
            "material": self.material.text().splitlines(),
            "missing": self.missing.text().splitlines(),
            "files": self.files.value(),
        }

    def set_fields(self, fields: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave."""
        self.material.set_text("\n".join(fields.get("material", ())))
        self.missing.set_text("\n".join(fields.get("missing", ())))
        self.files.set_value(fields.get("files", ()))

    def show_error(self, sentence: str) -> None:
        """Both lists keep the same rules; the longer one is the likely culprit."""
        field = max((self.material, self.missing), key=lambda one: len(one.text()))
        field.set_error(sentence)
        field.setFocus()

    def _on_changed(self) -> None:
        for field in (self.material, self.missing):
            field.set_error("")
        self.changed.emit()
