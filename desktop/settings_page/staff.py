"""The card about the people of a station that has no centre above it."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.gateway import StaffEntry, StationFacts
from desktop.messages import sentence
from desktop.roles import ROLE_WORDS, role_word
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField, SecretField, Tone, label

SIDE = 110
BOUND = ("specialist", "chief")
NEW = ""


class StaffCard(Card):
    """人员: add people, change name, role and password. The services say who may."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("人员", parent)
        self._context = context
        self._staff: dict[str, StaffEntry] = {}
        self.who = ChoiceField("人员", [Choice(NEW, "新增人员")], side=SIDE)
        self.id = LineField("登录名", placeholder="字母和数字，例如 zhang", side=SIDE, max_length=40)
        self.name = LineField("姓名", side=SIDE, max_length=40)
        self.role = ChoiceField("岗位", [Choice(*pair) for pair in ROLE_WORDS.items()], side=SIDE)
        self.board = ChoiceField("服务板块", [], side=SIDE)
        self.password = SecretField("密码", hint="至少 8 个字符；留空则不改。", side=SIDE)
        self.save = ActionButton("保存人员", icon_name="users")
        self.body.addWidget(label("登记第一位管理员之后，打开程序就需要登录。", "small", wrap=True))
        for field in (self.who, self.id, self.name, self.role, self.board, self.password):
            self.body.addWidget(field)
        self.body.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        self.who.chosen.connect(self._on_who_chosen)
        self.role.chosen.connect(self._on_role_chosen)
        self.save.clicked.connect(self._on_save_clicked)
        self._on_role_chosen(self.role.value())

    def show_staff(self, facts: StationFacts) -> None:
        """List the people and the boards of the station."""
        self._staff = {entry.id: entry for entry in facts.staff}
        people = [Choice(entry.id, f"{entry.name}（{role_word(entry.role)}）") for entry in facts.staff]
        self.who.set_choices([Choice(NEW, "新增人员"), *people])
        self.board.set_choices([Choice(code, name) for code, name in facts.boards])

    def _on_who_chosen(self, staff_id: str) -> None:
        entry = self._staff.get(staff_id, StaffEntry("", "", "clerk"))
        self.id.set_text(entry.id)
        self.id.editor.setReadOnly(bool(entry.id))
        self.name.set_text(entry.name)
        self.role.set_value(entry.role)
        self.board.set_value(entry.board_code)
        self.password.set_text("")
        self._on_role_chosen(entry.role)

    def _on_role_chosen(self, role: str) -> None:
        self.board.setVisible(role in BOUND)

    def _on_save_clicked(self) -> None:
        role = self.role.value()
        board = self.board.value() or "" if role in BOUND else ""
        entry = StaffEntry(self.id.text(), self.name.text(), role, board_code=board)
        self.save.setEnabled(False)
        self._context.tasks.run(
            self._context.gateway.save_member,
            self._context.station,
            entry,
            self.password.text(),
            on_done=self._on_saved,
            on_error=self._on_refused,
        )

    def _on_saved(self, _: Any) -> None:
        self.save.setEnabled(True)
        self.password.set_text("")
        self.id.set_error("")
        self._context.notices.say(f"已保存：{self.name.text()}", Tone.OK)

    def _on_refused(self, error: Any) -> None:
        self.save.setEnabled(True)
        self.id.set_error(sentence(error))
