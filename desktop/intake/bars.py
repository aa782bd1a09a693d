"""Bars above the work: possible duplicates with their three choices, and saved drafts."""

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from desktop import words
from desktop.widgets import ActionButton, Segments, label, set_tone
from services.intake import Duplicate

GO_ON = "go_on"


class DuplicateBar(QFrame):
    """可能重复. ``value`` is (``link`` or ``merge``, id of the other case), or None for going on."""

    open_asked = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Duplicate | None = None
        self.setProperty("role", "bar")
        set_tone(self, "warn")
        self._text = label("", wrap=True)
        self._open = ActionButton("看看", kind="quiet")
        self._open.clicked.connect(self._on_open_clicked)
        self.choice = Segments([(GO_ON, "继续"), ("link", "关联"), ("merge", "并入")], name="可能重复")
        self.choice.chosen.connect(lambda _: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 8, 5)
        row.addWidget(self._text, 1)
        row.addWidget(self._open)
        row.addWidget(self.choice)
        self.hide()

    def show_found(self, found: Any) -> None:
        """Show the most similar case of ``found``; a choice made for the same case stays."""
        first = found[0] if found else None
        if first is None or self._found is None or first.id != self._found.id:
            self.choice.set_value(GO_ON)
        self._found = first
        self.setVisible(first is not None)
        if first is not None:
            more = f"，另有 {len(found) - 1} 件" if len(found) > 1 else ""
            alike = f"{round(first.similarity * 100)}%"
            self._text.setText(f"▲ 30 天内有相似的办件 {first.number}（相似 {alike}）{more}。受理后：")

    def _on_open_clicked(self) -> None:
        if self._found is not None:
            self.open_asked.emit(self._found.id)

    def value(self) -> tuple[str, str] | None:
        """What is to happen with the case that was found."""
        if self._found is None or self.choice.value() == GO_ON:
            return None
        return self.choice.value(), self._found.id


class DraftButton(ActionButton):
    """草稿: how many forms wait unfinished; the menu brings one back or throws it away."""

    picked = Signal(object)
    dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("草稿", kind="quiet", icon_name="note-pencil", parent=parent)
        self._drafts: list[tuple[Any, str]] = []
        self.zone = "Asia/Shanghai"
        self.clicked.connect(self._on_clicked)
        self.hide()

    def show_drafts(self, drafts: list[tuple[Any, str]]) -> None:
        """(``SavedDraft``, its headline) of the forms that are not on the page now."""
        self._drafts = drafts
        self.set_label(f"草稿 {len(drafts)}")
        self.setVisible(bool(drafts))

    def _on_clicked(self) -> None:
        menu = QMenu(self)
        for draft, headline in self._drafts:
            at = f"{words.local(draft.updated_at, self.zone):%m-%d %H:%M}"
            entry = menu.addMenu(f"{at}  {headline}".replace("&", "&&"))
            entry.addAction("接着填", partial(self.picked.emit, draft))
            entry.addAction("丢弃", partial(self.dropped.emit, draft.id))
        menu.aboutToHide.connect(menu.deleteLater, Qt.ConnectionType.QueuedConnection)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
