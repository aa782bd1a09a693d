"""排队: groups, windows, priorities and rules of the hall. Who may change them is the service's to say."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.messages import sentence
from desktop.settings_page.queue_forms import (
    NORMAL,
    GroupForm,
    PriorityForm,
    RulesForm,
    WindowForm,
    blank_group,
    blank_priority,
    blank_window,
)
from desktop.settings_page.queue_rows import Row, RowForm, RowsEditor
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Segments, Tone, label

GROUPS, WINDOWS, PRIORITIES, RULES = "groups", "windows", "priorities", "rules"
PARTS = (GROUPS, WINDOWS, PRIORITIES, RULES)
_FORM_FIELD = {GROUPS: "code", WINDOWS: "code", PRIORITIES: "code", "window_code": "code"}
_PART_OF = {
    "prefix": GROUPS,
    "boards": GROUPS,
    "quota": GROUPS,
    "typical_s": GROUPS,
    "note": GROUPS,
    "window_code": WINDOWS,
    "window_groups": WINDOWS,
    "head_start_min": PRIORITIES,
}


class QueueCard(Card):
    """排队设置. What was typed stays when it is refused, and what is published elsewhere does not overwrite it."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("排队", parent)
        self._context = context
        self._base: dict[str, Any] | None = None
        self._may = False
        self.part = Segments(
            [(GROUPS, "队列"), (WINDOWS, "窗口"), (PRIORITIES, "优先"), (RULES, "规则")], name="排队设置"
        )
        self.group_form, self.window_form = GroupForm(), WindowForm()
        self.groups = RowsEditor("队列", _GROUP_COLUMNS, self.group_form, blank_group)
        self.windows = RowsEditor("窗口", _WINDOW_COLUMNS, self.window_form, blank_window)
        self.priorities = RowsEditor(
            "优先", _PRIORITY_COLUMNS, PriorityForm(), blank_priority, fixed=frozenset({NORMAL})
        )
        self.rules = RulesForm()
        self.parts = QStackedWidget()
        self.why_not = label("只有管理员或督办可以修改排队设置；请换有权限的人员登录。", "small", wrap=True)
        self.unserved = label("", "warning", wrap=True)
        self.wrong = label("", "error", wrap=True)
        self.save = ActionButton("保存排队设置", kind="primary", icon_name="check")
        self.undo = ActionButton("放弃修改")
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Show the rules in force; while somebody is changing them here, what stands here stays."""
        from services.queue.rules import read_rules_facts

        run, station = self._context.tasks.run, self._context.station
        run(station.submit, read_rules_facts, on_done=self._on_facts, receiver=self)

    def typed(self) -> dict[str, Any]:
        """The queue document as it stands here."""
        rows = {GROUPS: self.groups.rows(), WINDOWS: self.windows.rows(), PRIORITIES: self.priorities.rows()}
        return {**(self._base or {}), **rows, **self.rules.read()}

    def is_changed(self) -> bool:
        """Whether something was typed that is not published."""
        return self._base is not None and self.typed() != self._base

    def show_part(self, name: str) -> None:
        """Bring groups, windows, priorities or rules to the front."""
        self.part.set_value(name)
        self.parts.setCurrentIndex(PARTS.index(name))

    def _on_facts(self, facts: Any) -> None:
        fresh = facts.rules.document()
        self._may = facts.may_change
        self.group_form.set_boards(facts.boards)
        if self.is_changed():
            self.wrong.setText(
                "别处刚保存过排队设置。在这里保存会以这里的为准。" if fresh != self._base else ""
            )
        else:
            self._show(fresh)
        for part in (self.groups, self.windows, self.priorities):
            part.set_allowed(self._may)
        self.rules.setEnabled(self._may)
        self.why_not.setVisible(not self._may)
        self._on_changed()

    def _show(self, document: dict[str, Any]) -> None:
        self._base = document
        self.window_form.set_groups(_names(document[GROUPS]))
        for name, part in ((GROUPS, self.groups), (WINDOWS, self.windows), (PRIORITIES, self.priorities)):
            part.show_rows(document[name], frozenset(row["code"] for row in document[name]))
        self.rules.show_row(document)
        self.wrong.setText("")

    def _on_changed(self) -> None:
        changed = self.is_changed()
        self.save.setVisible(self._may)
        self.save.setEnabled(changed)
        self.undo.setVisible(self._may and changed)
        served = {code for row in self.windows.rows() for code in (*row["groups"], *row["helps"])}
        idle = [row["code"] for row in self.groups.rows() if row["code"] not in served]
        self.unserved.setText(f"没有窗口办理的队列：{'、'.join(idle)}。取了号也没有人叫。" if idle else "")
        for text in (self.unserved, self.wrong):
            text.setVisible(bool(text.text()))

    def _on_groups_changed(self) -> None:
        """Windows serve the groups that stand here now."""
        names = _names(self.groups.rows())
        self.window_form.set_groups(names)
        rows = [
            {**row, **{part: [code for code in row[part] if code in names] for part in ("groups", "helps")}}
            for row in self.windows.rows()
        ]
        published = frozenset(row["code"] for row in (self._base or {}).get(WINDOWS, ()))
        self.windows.show_rows(rows, published)
        self._on_changed()

    def _on_save_clicked(self) -> None:
        from services.queue.rules import change_queue_rules

        if not self.save.isEnabled():
            return
        self.save.setEnabled(False)
        self._context.tasks.run(
            self._context.station.submit,
            change_queue_rules,
            self.typed(),
            on_done=self._on_saved,
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_saved(self, rules: Any) -> None:
        self._show(rules.document())
        self._on_changed()
        self._context.notices.say("排队设置已保存，各窗口随即使用。", Tone.OK)

    def _on_refused(self, error: Any) -> None:
        part, name = self._place_of(error) or ("", "")
        field = self._form(part).fields.get(name) if part else None
        if part:
            self.show_part(part)
        if field is not None:
            field.set_error(sentence(error))
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.wrong.setText("" if field is not None else sentence(error))
        self._on_changed()

    def _place_of(self, error: Any) -> tuple[str, str] | None:
        """Which part and field an error is about; its row is chosen."""
        if error.code == "queue.prefix_in_use":
            field, where = "prefix", str(error.params["group"])
        elif error.code == "queue.rules_invalid":
            field, where = str(error.params["field"]), str(error.params["where"])
        else:
            return None
        part = (
            field
            if field in (GROUPS, WINDOWS, PRIORITIES)
            else _PART_OF.get(field) or self._part_with(field, where)
        )
        if part != RULES:
            self._choose(part, where)
        return part, _FORM_FIELD.get(field, field)

    def _part_with(self, field: str, where: str) -> str:
        if field in self.rules.fields:
            return RULES
        document = self.typed()
        parts = [
            part
            for part in (GROUPS, WINDOWS, PRIORITIES)
            if any(row["code"] == where for row in document[part])
        ]
        bad = [
            part for part in parts if any(row["code"] == where and not row["name"] for row in document[part])
        ]
        return (bad or parts or [GROUPS])[0]

    def _choose(self, part: str, where: str) -> None:
        editor = {GROUPS: self.groups, WINDOWS: self.windows, PRIORITIES: self.priorities}[part]
        places = [place for place, row in enumerate(editor.rows()) if row["code"] == where]
        if places:
            # Of two that are called the same, the later one is too many.
            editor.choose(places[-1])

    def _form(self, part: str) -> RowForm:
        if part == RULES:
            return self.rules
        return {GROUPS: self.groups, WINDOWS: self.windows, PRIORITIES: self.priorities}[part].form

    def _on_undo_clicked(self) -> None:
        if self._base is not None:
            self._show(self._base)
        self._on_changed()
        self.load()

    def _connect(self) -> None:
        self.part.chosen.connect(self.show_part)
        self.groups.changed.connect(self._on_groups_changed)
        for part in (self.windows, self.priorities):
            part.changed.connect(self._on_changed)
        self.rules.edited.connect(self._on_changed)
        self.save.clicked.connect(self._on_save_clicked)
        self.undo.clicked.connect(self._on_undo_clicked)

    def _lay_out(self) -> None:
        for part in (self.groups, self.windows, self.priorities, self.rules):
            self.parts.addWidget(part)
        buttons = QHBoxLayout()
        for button in (self.save, self.undo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for widget in (self.why_not, self.part, self.parts, self.unserved, self.wrong):
            self.body.addWidget(widget)
        self.body.addLayout(buttons)
        for hidden in (self.why_not, self.unserved, self.wrong, self.undo):
            hidden.hide()


def _names(groups: list[Row]) -> dict[str, str]:
    return {row["code"]: f"{row['code']} {row['name']}".strip() for row in groups}


_GROUP_COLUMNS = {
    "编码": lambda row: row["code"],
    "名称": lambda row: row["name"],
    "前缀与限额": lambda row: f"{row['prefix']}  " + (f"每日 {row['quota']}" if row["quota"] else "不限"),
}
_WINDOW_COLUMNS = {
    "窗口号": lambda row: row["code"],
    "名称": lambda row: row["name"],
    "队列": lambda row: "、".join((*row["groups"], *(f"({code})" for code in row["helps"]))),
}
_PRIORITY_COLUMNS = {
    "编码": lambda row: row["code"],
    "名称": lambda row: row["name"],
    "提前": lambda row: f"{row['head_start_min']} 分钟",
}
