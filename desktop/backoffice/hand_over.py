"""移交: the cases that are chosen go to a colleague; a bar in the page, below the list."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, Choice, ChoiceField, label


class HandOverBar(QFrame):
    """``confirmed`` carries the id of who takes over."""

    confirmed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.what = label("", wrap=True)
        self.to = ChoiceField("交给", [], side=36)
        self.confirm = ActionButton("移交", kind="primary")
        self.cancel = ActionButton("收起", kind="quiet")
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self.what)
        column.addLayout(row)
        for widget in (self.to, self.cancel, self.confirm):
            row.addWidget(widget)
        row.addStretch(1)
        self.to.editor.setMinimumWidth(200)
        self.confirm.clicked.connect(lambda: self.confirmed.emit(self.to.value() or ""))
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def ask(self, people: Any, count: int) -> None:
        """Ask who takes over ``count`` cases."""
        self.what.setText(f"选中的 {count} 件移交给同板块的同事，没有签收的同时签收。")
        self.to.set_choices([Choice(one.id, _words(one)) for one in people.members])
        self.confirm.setEnabled(bool(people.members))
        self.show()
        self.to.setFocus()


def _words(member: Any) -> str:
    away = "，请假中" if member.away_until else ""
    return f"{member.name}（在办 {member.in_hand} 件{away}）"
