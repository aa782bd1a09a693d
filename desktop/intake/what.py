"""Zone ②: the matter in the visitor's words, its kind and channel, a package's ticks, and an answer given at once."""

from typing import Any

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop import words
from desktop.intake.ticks import PackageTicks
from desktop.widgets import (
    ActionButton,
    AreaField,
    Card,
    Choice,
    ChoiceField,
    Field,
    FlowLayout,
    Segments,
    label,
)
from domain.cases.intake import MAX_TEXT

PASTE_LIMIT = 10 * MAX_TEXT
"""Characters of one paste that are put into the field; laying out more would stop the window for seconds."""


class MatterEdit(QPlainTextEdit):
    """诉求内容. Tab leaves it; a paste far beyond what a matter may hold is handed to ``overflowed`` whole."""

    overflowed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if len(text) > PASTE_LIMIT:
            self.overflowed.emit(text)
        else:
            self.insertPlainText(text)


class WhatZone(Card):
    """``changed`` after anything was typed or chosen; ``overflowed`` carries a text too long for the field."""

    changed = Signal()
    text_changed = Signal()
    overflowed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("② 办什么", parent)
        self._kind: str | None = None
        self._item: tuple[str, str] | None = None
        self.kind = Segments(words.choices(words.KINDS), name="诉求类型")
        self.channel = ChoiceField("来源", [Choice(*pair) for pair in words.choices(words.CHANNELS)], side=40)
        self.channel.setMinimumWidth(170)
        self.editor = MatterEdit()
        self.matter = Field("企业的原话（Ctrl+Enter 采用第一条建议）", self.editor)
        self.count = label("", "small")
        self.chosen = label("", "muted", wrap=True)
        self.unchoose = ActionButton("不选了", kind="quiet")
        self.ticks = PackageTicks()
        self.answer = AreaField("当场答复（再按 F10 办结）", lines=3, placeholder="答复了什么，一两句话")
        self._lay_out()
        self._connect()

    def fields(self) -> dict[str, Any]:
        """What was entered, as ``IntakeForm`` names it; ``kind`` None where the clerk left it open."""
        return {
            "kind": self._kind,
            "channel": self.channel.value(),
            "text": self.editor.toPlainText(),
            "item": self._item[0] if self._item else None,
            "package": self.ticks.package or None,
            "package_items": self.ticks.ticked(),
            "answer": self.answer.text() if self.is_answering else None,
        }

    def set_fields(self, fields: dict[str, Any], book: Any = None) -> None:
        """Bring back what ``fields`` gave; ``book`` names items and packages."""
        self._kind = fields.get("kind")
        self.kind.set_value(self._kind or next(iter(words.KINDS)))
        self.channel.set_value(fields.get("channel", "window"))
        self.editor.setPlainText(fields.get("text", ""))
        self.choose_item(None)
        self.ticks.clear()
        if book is not None and fields.get("item") in book.items:
            self.choose_item(book.items[fields["item"]])
        if book is not None and fields.get("package") in book.packages:
            self.ticks.show_package(book.packages[fields["package"]], fields.get("package_items") or ())
        self.answer.set_text(fields.get("answer") or "")
        self.answer.setVisible(fields.get("answer") is not None)
        for field in (self.matter, self.answer):
            field.set_error("")
        self._show_chosen()

    @property
    def is_answering(self) -> bool:
        """Whether the field for an answer is open."""
        return not self.answer.isHidden()

    def begin_answer(self) -> None:
        """Open the field for an answer and go there."""
        self.answer.show()
        self.answer.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.changed.emit()

    def show_kind(self, kind: str) -> None:
        """The kind that would be settled; kept where the clerk has chosen."""
        if self._kind is None:
            self.kind.set_value(kind)

    def choose_item(self, item: Any) -> None:
        """Take a catalogue item, or none."""
        self._item = (item.code, item.name) if item is not None else None
        self._show_chosen()

    def choose_package(self, package: Any) -> None:
        """Take a package with its basic items ticked."""
        self.choose_item(None)
        self.ticks.show_package(package)
        self._show_chosen()

    def _connect(self) -> None:
        self.kind.chosen.connect(self._on_kind_chosen)
        self.channel.chosen.connect(lambda _: self.changed.emit())
        self.editor.textChanged.connect(self._on_text_changed)
        self.editor.overflowed.connect(self.overflowed)
        self.ticks.changed.connect(self.changed)
        self.answer.changed.connect(self._on_answer_changed)
        self.unchoose.clicked.connect(self._on_unchoose_clicked)

    def _on_kind_chosen(self, kind: str) -> None:
        self._kind = kind
        self.changed.emit()

    def _on_text_changed(self) -> None:
        length = len(self.editor.toPlainText())
        self.count.setText(f"{length} / {MAX_TEXT} 字")
        self.count.setVisible(length > MAX_TEXT // 2)
        if length > MAX_TEXT:
            self.matter.set_error(
                f"已有 {length} 字，超过 {MAX_TEXT} 字。内容都在，请删减到要点，或把全文作为附件添加。"
            )
        elif self.matter.error():
            self.matter.set_error("")
        self.text_changed.emit()
        self.changed.emit()

    def _on_answer_changed(self) -> None:
        self.answer.set_error("")
        self.changed.emit()

    def _on_unchoose_clicked(self) -> None:
        self.choose_item(None)
        self.ticks.clear()
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        text = ""
        if self._item:
            text = f"事项：{self._item[1]}"
        elif self.ticks.package:
            text = f"一类事：{self.ticks.package}"
        self.chosen.setText(text)
        self.chosen.setVisible(bool(text))
        self.unchoose.setVisible(bool(text))
        self.ticks.setVisible(bool(self.ticks.package))

    def _lay_out(self) -> None:
        head = FlowLayout(gap=8)
        head.addWidget(self.kind)
        head.addWidget(self.channel)
        row = QHBoxLayout()
        row.addWidget(self.chosen, 1)
        row.addWidget(self.unchoose)
        self.editor.setMinimumHeight(self.editor.fontMetrics().lineSpacing() * 5 + 12)
        self.editor.setPlaceholderText(
            "企业怎么说就怎么写，如：租了个厂房想扩一条产线，环评要怎么办、能不能补贴"
        )
        self.answer.editor.setMaximumHeight(self.answer.editor.fontMetrics().lineSpacing() * 5 + 12)
        self.answer.hide()
        self.count.hide()
        inner = QVBoxLayout()
        inner.setSpacing(6)
        inner.addLayout(head)
        inner.addWidget(self.matter, 1)
        inner.addWidget(self.count, 0, Qt.AlignmentFlag.AlignRight)
        inner.addLayout(row)
        inner.addWidget(self.ticks)
        inner.addWidget(self.answer)
        self.body.addLayout(inner, 1)
        self._show_chosen()
