"""The files of a case: choosing what to attach, and where to save what is attached."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop import words
from desktop.printing.run import open_file
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from domain.errors import AppError
from services.dossier import save_dossier
from services.file_fetching import coming_file, want_file
from services.files import attach_path, save_file

LOOK_MS = 500
"""How often it is looked how far a file has come."""


class CaseFiles(QObject):
    """附件. ``key`` gives the case that is shown; ``refused`` carries the ``AppError``.

    ``working`` says what takes a while, and nothing once it is done.
    """

    refused = Signal(object)
    working = Signal(str)

    def __init__(self, context: PageContext, key: Callable[[], str], page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._key = key
        self._page = page
        self._awaited: tuple[str, str, Path, bool] | None = None
        self._look = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._look.timeout.connect(self._on_look)

    def attach(self, path: Path) -> None:
        """Attach the file at ``path``."""
        self._context.tasks.run(
            self._context.station.submit_upkeep,
            attach_path,
            self._key(),
            path,
            on_error=self.refused.emit,
            receiver=self,
        )

    def save(self, sha256: str, target: Path, *, then_open: bool = False) -> None:
        """Write an attached file to ``target``; one that is not on this machine is fetched first."""
        self._context.tasks.run(
            self._context.station.submit_upkeep,
            save_file,
            sha256,
            target,
            on_done=lambda file: open_file(file) if then_open else self._on_saved(file),
            on_error=lambda error: self._on_not_saved(error, (self._key(), sha256, target, then_open)),
            receiver=self,
        )

    def _on_not_saved(self, error: AppError, wanted: tuple[str, str, Path, bool]) -> None:
        if error.code != "storage.attachment_missing":
            self.refused.emit(error)
            return
        self._awaited = wanted
        self._context.tasks.run(
            self._context.station.submit,
            want_file,
            *wanted[:2],
            on_done=self._on_coming,
            on_error=self._on_not_coming,
            receiver=self,
        )

    def _on_look(self) -> None:
        if self._awaited is None or self._awaited[0] != self._key():
            self._awaited = None
            return
        self._context.tasks.run(
            self._context.station.submit_upkeep,
            coming_file,
            *self._awaited[:2],
            on_done=self._on_coming,
            on_error=self._on_not_coming,
            receiver=self,
        )

    def _on_coming(self, file: Any) -> None:
        if self._awaited is None:
            return
        if file.failure:
            self._on_not_coming(AppError(file.failure, sha256=self._awaited[1]))
        elif file.here:
            _, sha256, target, then_open = self._awaited
            self._awaited = None
            self.working.emit("")
            self.save(sha256, target, then_open=then_open)
        else:
            have, size = words.size_words(file.have), words.size_words(file.size)
            self.working.emit(f"附件不在本机，正在取回……已收到 {have}，共 {size}")
            self._look.start()

    def _on_not_coming(self, error: AppError) -> None:
        self._awaited = None
        self.working.emit("")
        self.refused.emit(error)

    def ask_for_files(self) -> None:
        """Let files be chosen and attach them."""
        dialog = QFileDialog(self._page, "添加附件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_where(self, sha256: str, name: str) -> None:
        """Ask where to save the file ``sha256``."""
        dialog = QFileDialog(self._page, "另存附件", name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda target: self.save(sha256, Path(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_where_dossier(self, number: str) -> None:
        """Ask where to save the dossier of the case; it is no paper for a printer of the desk."""
        dialog = QFileDialog(self._page, "存归档卷宗", f"归档卷宗 {number}.pdf")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda target: self.save_dossier(Path(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_dossier(self, target: Path) -> None:
        """Put the whole case with its files into one PDF at ``target``."""
        self.working.emit("正在生成归档卷宗……")
        self._context.tasks.run(
            self._context.tasks.in_background,
            save_dossier,
            self._context.station,
            self._key(),
            target,
            on_done=self._on_dossier,
            on_progress=self._on_dossier_progress,
            on_error=self.refused.emit,
            receiver=self,
        )

    def _on_dossier_progress(self, done: int, total: int) -> None:
        if total:
            self.working.emit(f"正在生成归档卷宗……已完成 {done} 页，共 {total} 页")

    def _on_dossier(self, saved: Any) -> None:
        self.working.emit("")
        text = f"归档卷宗（第 {saved.copy} 份）已存到 {saved.file}"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(saved.file))

    def _on_chosen(self, names: list[str]) -> None:
        for name in names:
            self.attach(Path(name))

    def _on_saved(self, file: Any) -> None:
        text = f"附件已存到 {file}"
        self._context.notices.say(text, Tone.OK, action="打开", act=lambda: open_file(file))
