"""The cards about people: the staff of a station that has no centre above it, and one's own password."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.gateway import StaffEntry, StationFacts
from desktop.messages import sentence
from desktop.roles import ROLE_WORDS, role_word
from desktop.shell.page import PageContext
from desktop.widgets import (
    ActionButton,
    Card,
    Choice,
    ChoiceField,
    LineField,
    SecretField,
    Segments,
    Tone,
    label,
)
from domain.errors import AppError

SIDE = 110
BOUND = ("specialist", "chief")
NEW = ""
DIFFERENT = AppError("staff.passwords_differ")


class StaffCard(Card):
    """人员: add people, change name, role and password, let them rest. The services say who may."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("人员", parent)
        self._context = context
        self._staff: dict[str, StaffEntry] = {}
        self.about = label("", "small", wrap=True)
        self.who = ChoiceField("人员", [Choice(NEW, "新增人员")], side=SIDE)
        self.id = LineField("登录名", placeholder="字母和数字，例如 zhang", side=SIDE, max_length=40)
        self.name = LineField("姓名", side=SIDE, max_length=40)
        self.role = ChoiceField("岗位", [Choice(*pair) for pair in ROLE_WORDS.items()], side=SIDE)
        self.board = ChoiceField("服务板块", [], side=SIDE)
        self.password = SecretField("密码", hint="至少 8 个字符；已有人员留空则不改。", side=SIDE)
        self.again = SecretField("再输一次", side=SIDE)
        self.active = Segments([(True, "在用"), (False, "停用")], name="状态")
        self.save = ActionButton("保存人员", icon_name="users")
        self._lay_out()
        self.who.chosen.connect(self._on_who_chosen)
        self.role.chosen.connect(self._on_role_chosen)
        self.again.entered.connect(self._on_save_clicked)
        self.save.clicked.connect(self._on_save_clicked)
        self._on_who_chosen(NEW)

    def show_staff(self, facts: StationFacts) -> None:
        """List the people and the boards of the station."""
        first = not any(entry.role == "admin" for entry in facts.staff)
        self._staff = {entry.id: entry for entry in facts.staff}
        people = [Choice(entry.id, _words(entry)) for entry in facts.staff]
        self.who.set_choices([Choice(NEW, "新增人员"), *people])
        self.board.set_choices([Choice(code, name) for code, name in facts.boards])
        self.about.setText(_FIRST if first else _LATER)
        if first and not self.name.text():
            self.role.set_value("admin")
            self._on_role_chosen("admin")

    def refusal(self) -> str:
        """The sentence that is shown."""
        return self.id.error() or self.password.error() or self.again.error()

    def _on_who_chosen(self, staff_id: str) -> None:
        entry = self._staff.get(staff_id, StaffEntry("", "", "clerk" if self._staff else "admin"))
        self.id.set_text(entry.id)
        self.id.set_read_only(bool(entry.id))
        self.name.set_text(entry.name)
        self.role.set_value(entry.role)
        self.board.set_value(entry.board_code)
        self.active.set_value(entry.active)
        self.active.setVisible(bool(entry.id))
        self._clear()
        self._on_role_chosen(entry.role)

    def _on_role_chosen(self, role: str) -> None:
        self.board.setVisible(role in BOUND)

    def _on_save_clicked(self) -> None:
        if not self.save.isEnabled():
            return
        if self.password.text() != self.again.text():
            self.again.set_error(sentence(DIFFERENT))
            self.again.setFocus()
            return
        role = self.role.value()
        board = self.board.value() or "" if role in BOUND else ""
        active = bool(self.active.value())
        entry = StaffEntry(self.id.text(), self.name.text(), role, board_code=board, active=active)
        self.save.setEnabled(False)
        self._context.tasks.run(
            self._context.gateway.people.save_member,
            self._context.station,
            entry,
            self.password.text(),
            on_done=lambda _: self._on_saved(entry),
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_saved(self, entry: StaffEntry) -> None:
        self.save.setEnabled(True)
        self._context.notices.say(f"已保存：{entry.name}", Tone.OK)
        self.who.set_value(NEW)
        self._on_who_chosen(NEW)

    def _on_refused(self, error: Any) -> None:
        self.save.setEnabled(True)
        field = self.password if error.code.startswith("staff.password") else self.id
        field.set_error(sentence(error))

    def _clear(self) -> None:
        for secret in (self.password, self.again):
            secret.set_text("")
        for field in (self.id, self.password, self.again):
            field.set_error("")

    def _lay_out(self) -> None:
        fields = (self.who, self.id, self.name, self.role, self.board, self.password, self.again)
        for widget in (self.about, *fields):
            self.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.active)
        row.addStretch(1)
        self.body.addLayout(row)


class PasswordCard(Card):
    """我的密码: for whoever is signed in with one."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("我的密码", parent)
        self._context = context
        self.present = SecretField("现在的密码", side=SIDE)
        self.fresh = SecretField("新密码", hint="至少 8 个字符。", side=SIDE)
        self.again = SecretField("再输一次", side=SIDE)
        self.save = ActionButton("修改密码", icon_name="key")
        for field in (self.present, self.fresh, self.again):
            self.body.addWidget(field)
        self.body.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        self.again.entered.connect(self._on_save_clicked)
        self.save.clicked.connect(self._on_save_clicked)
        self.hide()

    def show_for(self, facts: StationFacts, actor_id: str) -> None:
        """Offer it where the one who acts has a password."""
        self.setVisible(any(entry.id == actor_id and entry.has_password for entry in facts.staff))

    def refusal(self) -> str:
        """The sentence that is shown."""
        return self.present.error() or self.fresh.error() or self.again.error()

    def _on_save_clicked(self) -> None:
        if not self.save.isEnabled():
            return
        for field in (self.present, self.fresh, self.again):
            field.set_error("")
        if self.fresh.text() != self.again.text():
            self.again.set_error(sentence(DIFFERENT))
            return
        self.save.setEnabled(False)
        self._context.tasks.run(
            self._context.gateway.people.change_password,
            self._context.station,
            self.present.text(),
            self.fresh.text(),
            on_done=self._on_saved,
            on_error=self._on_refused,
        )

    def _on_saved(self, _: Any) -> None:
        self.save.setEnabled(True)
        for field in (self.present, self.fresh, self.again):
            field.set_text("")
        self._context.notices.say("密码已修改，下次登录用新密码。", Tone.OK)

    def _on_refused(self, error: Any) -> None:
        self.save.setEnabled(True)
        field = self.fresh if error.code == "staff.password_short" else self.present
        field.set_error(sentence(error))


def _words(entry: StaffEntry) -> str:
    return f"{entry.name}（{role_word(entry.role)}{'' if entry.active else '，已停用'}）"


_FIRST = "先登记一位管理员。登记之后，打开程序就需要登录。"
_LATER = "离开的人停用即可：不能再登录，经手的办件仍写着姓名。"
