"""The preview of a paper: what would come out now, then printed, or kept as PDF."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop import words
from desktop.messages import sentence
from desktop.printing.output import to_image
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, BusyBar, Choice, ChoiceField, empty, label
from domain.printing.offering import sizes_of
from services.paper_files import preview_pages
from services.printing import preview_paper

SHOWN_PX = {"a5": 620, "a4": 760, "80mm": 420, "58mm": 320}


class PreviewDialog(QDialog):
    """预览. ``print_asked`` carries paper and size once; the dialog then closes."""

    print_asked = Signal(str, str)

    def __init__(
        self, context: PageContext, key: str, paper: str, size: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._key, self._paper = key, paper
        self.setWindowTitle(f"预览 · {words.word(words.PAPERS, paper)}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 640)
        self.size_field = ChoiceField(
            "纸张", [Choice(code, words.SIZES[code]) for code in sizes_of(paper)], side=36
        )
        self.size_field.set_value(size)
        self.size_field.chosen.connect(lambda _: self.load())
        self.pages = QVBoxLayout()
        self.copy_note = label("", "muted")
        self.busy = BusyBar()
        self.print_button = ActionButton("打印", kind="big", key="Ctrl+P", icon_name="printer")
        self.print_button.clicked.connect(self._on_print_clicked)
        self._lay_out()
        self.load()

    def load(self) -> None:
        """Draw the paper in the chosen size."""
        self.busy.start()
        self._context.tasks.run(
            self._context.station.submit,
            preview_paper,
            self._key,
            self._paper,
            on_done=self._on_document,
            on_error=self._on_error,
        )

    def _on_document(self, document: dict[str, Any]) -> None:
        size = self.size_field.value()
        self.copy_note.setText(f"将打印第 {document['mark']['copy']} 份")
        self._context.tasks.run(
            self._context.tasks.in_background,
            preview_pages,
            document,
            size,
            SHOWN_PX[size],
            on_done=self._on_pages,
            on_error=self._on_error,
        )

    def _on_pages(self, pages: list[Any]) -> None:
        self.busy.stop()
        empty(self.pages)
        for number, page in enumerate(pages, start=1):
            picture = QLabel()
            picture.setPixmap(QPixmap.fromImage(to_image(page)))
            picture.setAccessibleName(f"第 {number} 页")
            self.pages.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)

    def _on_error(self, error: Any) -> None:
        self.busy.stop()
        empty(self.pages)
        self.print_button.setEnabled(False)
        self.pages.addWidget(label(sentence(error), "error", wrap=True))

    def _on_print_clicked(self) -> None:
        # A second click of a double click finds the button disabled.
        self.print_button.setEnabled(False)
        self.print_asked.emit(self._paper, self.size_field.value())
        self.accept()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        inner.setLayout(self.pages)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        foot = QHBoxLayout()
        foot.addWidget(self.size_field)
        foot.addWidget(self.copy_note, 1)
        close = ActionButton("关闭", key="Esc")
        close.clicked.connect(self.reject)
        foot.addWidget(close)
        foot.addWidget(self.print_button)
        column = QVBoxLayout(self)
        column.addWidget(self.busy)
        column.addWidget(scroll, 1)
        column.addLayout(foot)
