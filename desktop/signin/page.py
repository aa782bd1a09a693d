"""Sign-in: pick the person, type the password. The device may go on by itself with a clerk's rights."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from desktop.gateway import Gateway, StaffEntry
from desktop.messages import sentence
from desktop.roles import role_word
from desktop.shell.tasks import TaskRunner
from desktop.widgets import ActionButton, BusyBar, Card, SecretField, label, title
from desktop.widgets.cards import centred

STAFF = int(Qt.ItemDataRole.UserRole)


class SignInPage(QWidget):
    """登录. ``signed_in`` carries the entry of the person, ``went_on`` means: as the device itself."""

    signed_in = Signal(object)
    went_on = Signal()

    def __init__(
        self,
        gateway: Gateway,
        tasks: TaskRunner,
        station: Any,
        site_name: str,
        staff: Sequence[StaffEntry],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._gateway, self._tasks, self._station = gateway, tasks, station
        self._people = QListWidget()
        self._people.setAccessibleName("人员")
        self._people.setMinimumHeight(220)
        self._password = SecretField("密码")
        self._busy = BusyBar()
        self._enter = ActionButton("登录", kind="big")
        self._go_on = ActionButton("不登录，以本机窗口身份受理", kind="quiet")
        for entry in staff:
            self._people.addItem(_item(entry))
        self._people.setCurrentRow(0)
        self._people.currentRowChanged.connect(self._on_person_changed)
        self._people.itemActivated.connect(lambda _: self._password.setFocus())
        self._password.entered.connect(self._on_enter_clicked)
        self._enter.clicked.connect(self._on_enter_clicked)
        self._go_on.clicked.connect(self.went_on)
        self._lay_out(site_name)
        self.setFocusProxy(self._people)

    def pick(self, staff_id: str) -> None:
        """Mark one person."""
        for row in range(self._people.count()):
            if self._people.item(row).data(STAFF).id == staff_id:
                self._people.setCurrentRow(row)

    def need_no_password(self) -> None:
        """Say that everybody may come in (demonstration centre): Enter on a person signs in."""
        self._password.set_hint("演示中心不需要密码，直接登录。")
        self._people.itemActivated.connect(lambda _: self._on_enter_clicked())

    def error(self) -> str:
        """The sentence below the password."""
        return self._password.error()

    def type_password(self, text: str) -> None:
        """Put ``text`` into the password line."""
        self._password.set_text(text)

    def press_enter(self) -> None:
        """As if the button was pressed."""
        self._enter.click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._password.setFocus()
            return
        super().keyPressEvent(event)

    def _picked(self) -> StaffEntry | None:
        item = self._people.currentItem()
        return item.data(STAFF) if item else None

    def _on_person_changed(self) -> None:
        self._password.set_text("")
        self._password.set_error("")

    def _on_enter_clicked(self) -> None:
        entry = self._picked()
        if entry is None or not self._enter.isEnabled():
            return
        self._wait(True)
        self._tasks.run(
            self._gateway.people.sign_in,
            self._station,
            entry.id,
            self._password.text(),
            on_done=lambda _: self._on_signed_in(entry),
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_signed_in(self, entry: StaffEntry) -> None:
        self._wait(False)
        self._password.set_text("")
        self.signed_in.emit(entry)

    def _on_refused(self, error: Any) -> None:
        self._wait(False)
        self._password.set_error(sentence(error))
        self._password.editor.selectAll()
        self._password.setFocus()

    def _wait(self, waiting: bool) -> None:
        self._enter.setEnabled(not waiting)
        if waiting:
            self._busy.start()
        else:
            self._busy.stop()

    def _lay_out(self, site_name: str) -> None:
        card = Card()
        card.setFixedWidth(480)
        card.roomy()
        card.body.addWidget(title(site_name))
        card.body.addWidget(label("请选择人员，输入密码。↑ ↓ 选择，Enter 到密码。", "muted", wrap=True))
        card.body.addWidget(self._people)
        card.body.addWidget(self._password)
        card.body.addWidget(self._busy)
        foot = QHBoxLayout()
        foot.addWidget(self._go_on)
        foot.addStretch(1)
        foot.addWidget(self._enter)
        card.body.addLayout(foot)
        centred(card, self)


def _item(entry: StaffEntry) -> QListWidgetItem:
    item = QListWidgetItem(
        f"{entry.name}    {role_word(entry.role)}{f' · {entry.board}' if entry.board else ''}"
    )
    item.setData(STAFF, entry)
    return item
