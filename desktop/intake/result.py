"""The strip after acceptance: number, promise, what became of the papers, and the way to the next visitor."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.printing.run import open_file
from desktop.widgets import ActionButton, ElidedLabel, label, set_tone


class ResultStrip(QFrame):
    """受理结果. ``next_asked`` for the next visitor, ``again_asked`` for another case of the same visit;
    ``open_asked`` and ``print_asked`` carry the case's id.
    """

    next_asked = Signal()
    again_asked = Signal()
    open_asked = Signal(str)
    print_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = ""
        self._file: Path | None = None
        self.setProperty("role", "bar")
        self.number = label("", "figure")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.promise = label("", "")
        # The end of a path tells which file it is.
        self.papers = ElidedLabel("", "muted", cut=Qt.TextElideMode.ElideMiddle)
        self.follow_up = label("", "warning", wrap=True)
        self.next = ActionButton("下一位", kind="big", key="Ctrl+N")
        self.copy = ActionButton("复制编号", kind="quiet", icon_name="copy")
        self.show_file = ActionButton("打开 PDF", kind="quiet", icon_name="file-pdf")
        self.show_file.clicked.connect(lambda: self._file and open_file(self._file))
        self.show_file.hide()
        self.open = ActionButton("打开办件", kind="secondary")
        self.print = ActionButton("打印回执", kind="secondary", icon_name="printer")
        self.again = ActionButton("同一来访再办一件", kind="secondary", key="Ctrl+D")
        self.next.clicked.connect(self.next_asked)
        self.again.clicked.connect(self.again_asked)
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self.number.text()))
        self.open.clicked.connect(lambda: self.open_asked.emit(self._case))
        self.print.clicked.connect(self._on_print_clicked)
        self._lay_out()
        self.hide()

    def show_accepted(self, accepted: Any, zone: str, *, answered: bool, in_visit: bool) -> None:
        """Show an ``Accepted`` case; ``in_visit`` offers another one for the visitor who is still here."""
        self._case = accepted.id
        self.again.setVisible(in_visit)
        self.number.setText(accepted.number)
        self.number.setAccessibleName(f"办件编号 {accepted.number}")
        provisional = "（暂定）" if accepted.provisional else ""
        due = f"{words.due_words(accepted.due_at, zone)}前答复{provisional}"
        removed = f"，去掉了 {accepted.removed} 个看不见的字符" if accepted.removed else ""
        again = "（此前已经受理，没有重复建件）" if accepted.again else ""
        self.promise.setText(("已当场办结" if answered else f"已受理，{due}") + removed + again)
        self.show_papers("", None)
        self.tell("")
        set_tone(self, "ok")
        self.show()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_papers(self, text: str, file: Path | None) -> None:
        """What became of the paper, and where it is kept if it is."""
        self._file = file
        self.papers.setText(text)
        self.show_file.setVisible(file is not None)
        self.print.setEnabled(True)

    def tell(self, sentence: str) -> None:
        """Something beside the acceptance did not work, or has been done."""
        self.follow_up.setText(sentence)
        self.follow_up.setVisible(bool(sentence))

    def _on_print_clicked(self) -> None:
        self.print.setEnabled(False)
        self.print_asked.emit(self._case)

    def _lay_out(self) -> None:
        papers = QHBoxLayout()
        papers.addWidget(self.papers, 1)
        papers.addWidget(self.show_file)
        facts = QVBoxLayout()
        facts.setSpacing(1)
        facts.addWidget(self.promise)
        facts.addLayout(papers)
        facts.addWidget(self.follow_up)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(10)
        row.addWidget(self.number)
        row.addWidget(self.copy)
        row.addLayout(facts, 1)
        for button in (self.open, self.print, self.again, self.next):
            row.addWidget(button)
