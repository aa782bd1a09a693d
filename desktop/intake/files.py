"""Files that will be attached when the matter is accepted."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.messages import sentence
from desktop.shell.tasks import TaskRunner
from desktop.widgets import ActionButton, Chip, ChipRow, label
from services.file_check import check_file


class FilePicker(QWidget):
    """附件. Each file is looked at when it is added; one that cannot be taken is named with the reason."""

    changed = Signal()

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._files: dict[Path, int] = {}
        self._row = ChipRow("附件")
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.add = ActionButton("添加附件", kind="quiet", icon_name="paperclip")
        self.add.setToolTip("也可以把文件拖到页面上")
        self.add.clicked.connect(self._on_add_clicked)
        head = QHBoxLayout()
        head.addWidget(label("附件", "label"), 1)
        head.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self._row)
        column.addWidget(self._error)

    def value(self) -> list[str]:
        """Paths of the files, in the order they were added."""
        return [str(path) for path in self._files]

    def set_value(self, paths: Iterable[str]) -> None:
        """Put these files there; each is looked at again."""
        self._files = {}
        self._say("")
        self._show()
        for path in paths:
            self.add_file(Path(path))

    def add_file(self, path: Path) -> None:
        """Look at ``path`` and add it if a case may hold it."""
        self._tasks.run(
            self._tasks.in_background, check_file, path, on_done=self._on_checked, on_error=self._on_refused
        )

    def _on_checked(self, checked: Any) -> None:
        self._files[checked.path] = checked.size
        self._say("")
        self._show()
        self.changed.emit()

    def _on_refused(self, error: Any) -> None:
        self._say(sentence(error))

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _show(self) -> None:
        self._row.set_chips([self._chip(path, size) for path, size in self._files.items()])
        self._row.setVisible(bool(self._files))

    def _chip(self, path: Path, size: int) -> Chip:
        name = path.name if len(path.name) <= 24 else f"{path.name[:12]}…{path.name[-10:]}"
        chip = Chip(f"{name}（{words.size_words(size)}） ×")
        chip.setToolTip(f"{path}\n点一下移除")
        chip.clicked.connect(lambda: self._remove(path))
        return chip

    def _remove(self, path: Path) -> None:
        del self._files[path]
        self._show()
        self.changed.emit()
        self.add.setFocus()

    def _on_files_selected(self, names: list[str]) -> None:
        for name in names:
            self.add_file(Path(name))

    def _on_add_clicked(self) -> None:
        dialog = QFileDialog(self, "添加附件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_files_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
