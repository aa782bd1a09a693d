"""导出到 U 盘: what waits, carried to the centre by hand when there is no line for days."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, BusyBar, Tone
from services.stick_key import stick_key


class StickExport(QWidget):
    """A button that asks for a file, and how far it has come; ``said`` carries what became of it."""

    said = Signal(str, object)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Any = None
        self.begin = ActionButton("导出到 U 盘…", icon_name="download-simple", kind="quiet")
        self.stop = ActionButton("停下", icon_name="x", kind="quiet")
        self.busy = BusyBar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self.busy, self.stop, self.begin):
            row.addWidget(part)
        self.stop.hide()
        self.begin.clicked.connect(self._choose_file)
        self.stop.clicked.connect(self._on_stop)

    def export_to(self, target: Path) -> None:
        """Write what waits to ``target``, or go on with it."""
        self._set_busy(True)
        self._task = self._context.tasks.run(
            self._context.tasks.in_background,
            write_stick,
            self._context.station,
            target,
            on_done=self._on_done,
            on_error=self._on_error,
            on_progress=self.busy.show_progress,
        )

    def _choose_file(self) -> None:
        name = f"{QDate.currentDate().toString('yyyyMMdd')}.qfs"
        dialog = QFileDialog(self, "导出到 U 盘", name, "离线数据 (*.qfs)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that is there is written on
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def _on_stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._set_busy(False)
        self.said.emit("已停下，写好的部分有效；再导出到同一个文件会接着写。", Tone.INFO)

    def _on_done(self, done: Any) -> None:
        self._set_busy(False)
        if not done.events:
            self.said.emit("没有要送的记录。", Tone.INFO)
            return
        self.said.emit(
            f"文件里有 {done.events:,} 条，这次写入 {done.written:,} 条。请送到中心导入。", Tone.OK
        )

    def _on_error(self, error: Any) -> None:
        self._set_busy(False)
        self.said.emit(sentence(error), Tone.WARN)

    def _set_busy(self, busy: bool) -> None:
        self.begin.setEnabled(not busy)
        self.stop.setVisible(busy)
        if busy:
            self.busy.start()
        else:
            self.busy.stop()


class _Blocking:
    """The station for the engine, which waits for each answer on a thread of its own."""

    def __init__(self, station: Any) -> None:
        self._station = station

    def call(self, service: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return self._station.submit(service, *args, **kwargs).result()


def write_stick(station: Any, target: Path, progress: Callable[[int, int], bool]) -> Any:
    """``sync.stick.export_to`` for this station; blocks."""
    from sync.session import read_access, signs_with
    from sync.stick import export_to

    store = _Blocking(station)
    key, (_, seed, _) = store.call(stick_key), store.call(read_access)
    return export_to(target, store, signs_with(seed), key, progress=progress)
