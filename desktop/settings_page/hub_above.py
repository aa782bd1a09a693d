"""The part of the hub's card by which a hub on this computer joins the hall's centre."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.queue import hub_program
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, LineField, Tone

_HINT = (
    "大厅上面有中心时要填，主机加入以后，本大厅的记录才到得了中心："
    "向中心要一个“大厅主机”的入网码，粘贴二维码的整段文字。"
)


class HubAbove(QWidget):
    """A hub made here knows no centre, whatever its window had joined: it is a device of its own."""

    def __init__(self, context: PageContext, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.code = LineField("主机入网码", side=side, max_length=800, hint=_HINT)
        self.join = ActionButton("让主机加入中心", kind="secondary")
        self.join.clicked.connect(self._on_join)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.code)
        column.addWidget(self.join, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_join(self) -> None:
        self.code.set_error("")
        self.join.setEnabled(False)
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            hub_program.join_centre,
            self._context.gateway.home,
            self.code.text(),
            on_done=self._on_joined,
            on_error=self._on_refused,
        )

    def _on_joined(self, site_name: str) -> None:
        self.join.setEnabled(True)
        self.code.set_text("")
        self._context.notices.say(f"大厅主机已加入中心，属于“{site_name}”。", Tone.OK)

    def _on_refused(self, error: Any) -> None:
        self.join.setEnabled(True)
        self.code.set_error(sentence(error))
        self.code.setFocus()
