"""One recorded step on a card: who, when, where, and what was written."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop import words
from desktop.cases.timeline import SENTENCES, step_words
from desktop.sync.steps import step_name
from desktop.sync.wording import AREAS, device_words
from desktop.widgets import Card, ElidedLabel, label


class SideCard(Card):
    """一份记录. Long texts scroll within it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._did = label("", "strong", wrap=True)
        self._by = ElidedLabel("", "muted")
        self._wrote = label("", wrap=True)
        self._wrote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._wrote.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._wrote)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(f"{title}的内容")
        for part in (self._did, self._by):
            self.body.addWidget(part)
        self.body.addWidget(area, 1)

    def show_side(self, side: Any, facts: Any) -> None:
        """Show ``side`` (None: its record is not here)."""
        if side is None:
            self._did.setText("这一份不在本机")
            self._by.setText("")
            self._wrote.setText("")
            return
        did, wrote = side_words(side, facts)
        who = words.person(side.actor, facts.staff_names)
        site = "" if side.site == facts.book.site.code else facts.site_name(side.site)
        where = device_words(side)
        parts = ("" if who == where else who, words.moment(side.at, facts.zone), where, site)
        self._did.setText(did)
        self._by.setText(" · ".join(part for part in parts if part))
        self._wrote.setText("个人信息已依法删除。" if side.is_erased else wrote)

    def said(self) -> str:
        """All that stands on the card."""
        return "\n".join((self._did.text(), self._by.text(), self._wrote.text()))


def side_words(side: Any, facts: Any) -> tuple[str, str]:
    """(what was done, what was written)."""
    if side.kind in SENTENCES:
        return step_words(side.entry, facts)
    return step_name(side.kind, AREAS[side.area]), ""
