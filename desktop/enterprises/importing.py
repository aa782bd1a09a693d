"""Taking in a list: read on a thread of its own, planned and taken in stretch by stretch; the window works on."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from desktop import words
from desktop.enterprises.import_view import Entry, ImportView
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from domain.errors import AppError
from services.enterprise_import import (
    Change,
    ImportResult,
    ImportStopped,
    import_rows,
    plan_rows,
    read_list,
    stretches,
)

_TONES = {Change.NEW: Tone.OK, Change.UPDATED: Tone.INFO, Change.UNCHANGED: Tone.QUIET}


class Import(ImportView):
    """``back_asked`` to the list; ``finished`` when something was taken in."""

    back_asked = Signal()
    finished = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._context = context
        self._stopped = Event()
        self._found: Any = None
        self._changes: list[Any] = []
        self._result = ImportResult()
        self._waiting: Any = iter(())
        self._running = False
        self.setAcceptDrops(True)
        self.back.clicked.connect(self.back_asked)
        for button in (self.choose, self.empty.button):
            button.clicked.connect(self._on_choose)
        self.stop.clicked.connect(self.ask_to_stop)
        self.go.clicked.connect(self.take_in)
        self.kinds.chosen.connect(self.model.choose)
        context.theme.changed.connect(self.fit)

    def focus_first(self) -> None:
        """Where the keyboard goes when this is shown."""
        (self.go if self.go.isVisible() and self.go.isEnabled() else self.empty.button).setFocus()

    def load(self, path: Path) -> None:
        """Read the file at ``path`` and show what it would do."""
        if self._running:
            return
        self._begin(f"正在读取 {path.name} …")
        self.file.setText(path.name)
        self.stack.setCurrentWidget(self.empty)
        self._found, self._changes, self._result = None, [], ImportResult()
        # Not the desk's own thread: a slip must not wait behind a list.
        reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="list")
        self._context.tasks.run(
            reader.submit, _read, path, self._stopped, on_done=self._on_read, on_error=self._on_refused
        )
        reader.shutdown(wait=False)

    def take_in(self) -> None:
        """Take in the rows that are good."""
        if self._running or self._found is None or not self.go.isEnabled():
            return
        self._begin(f"正在导入 {self._found.name} …")
        self._result = ImportResult()
        self._waiting = stretches(self._found.rows)
        self._next_taken()

    def ask_to_stop(self) -> None:
        """Stop after the stretch under way."""
        self._stopped.set()
        self.stop.setEnabled(False)
        self.doing.setText("正在停止 …")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self._running and len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = Path(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
        # The program that is dragged from waits until this has returned.
        QTimer.singleShot(0, self, lambda: self.load(path))

    def _begin(self, what: str) -> None:
        self._running = True
        self._stopped.clear()
        self.bar.hide_bar()
        self.show_busy(what)

    def _end(self) -> None:
        self._running = False
        self.show_idle()

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "选择企业名单", "", "名单 (*.xlsx *.xlsm *.csv *.txt)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_read(self, found: Any) -> None:
        if found is None:
            self._end()
            self.bar.say("已停止读取，没有导入任何内容。", Tone.INFO)
            return
        self._found = found
        self.doing.setText("正在与已有档案比对 …")
        self._waiting = stretches(found.rows)
        self._next_planned()

    def _next_planned(self) -> None:
        self.busy.show_progress(len(self._changes), len(self._found.rows))
        rows = None if self._stopped.is_set() else next(self._waiting, None)
        if rows is None:
            self._show_plan()
            return
        self._ask(plan_rows, rows, self._on_planned)

    def _on_planned(self, changes: Any) -> None:
        self._changes += changes
        self._next_planned()

    def _next_taken(self) -> None:
        self.busy.show_progress(self._result.done, len(self._found.rows))
        rows = None if self._stopped.is_set() else next(self._waiting, None)
        if rows is None:
            self._show_result()
            return
        self._ask(import_rows, rows, self._on_taken)

    def _on_taken(self, changes: Any) -> None:
        self._result = self._result.plus(changes)
        self._next_taken()

    def _ask(self, service: Any, rows: Any, on_done: Any) -> None:
        def submit() -> "Future[Any]":
            future: Future[Any] = self._context.station.submit(service, rows, self._found.name)
            return future

        self._context.tasks.run(submit, on_done=on_done, on_error=self._on_refused, receiver=self)

    def _on_refused(self, error: Any) -> None:
        self._end()
        done = f"此前已导入 {self._result.done} 行。" if self._result.done else ""
        self.bar.say(sentence(error) + done, Tone.DANGER)

    def _show_plan(self) -> None:
        if self._stopped.is_set():
            self._end()
            self.bar.say("已停止比对，没有导入任何内容。", Tone.INFO)
            return
        self._end()
        entries = entries_of(self._found, self._changes)
        self.model.show(entries, self.kinds.value())
        counts = {
            kind: sum(kind in one.kinds for one in entries) for kind in ("problem", "left_out", *Change)
        }
        self.summary.setText(
            f"共 {self._found.total:,} 行：新增 {counts['new']:,}，更新 {counts['updated']:,}，"
            f"无变化 {counts['unchanged']:,}，有问题不导入 {counts['left_out']:,}。"
        )
        self.columns.setText(columns_words(self._found.header))
        useful = counts["new"] + counts["updated"]
        self.go.set_label(f"导入 {useful:,} 家" if useful else "没有可导入的")
        self.go.setEnabled(bool(useful))
        self.stack.setCurrentWidget(self.preview)
        (self.go if useful else self.table).setFocus()

    def _show_result(self) -> None:
        stopped, done = self._stopped.is_set(), self._result
        self._end()
        self.go.setEnabled(stopped)
        self.go.set_label("继续导入" if stopped else "已导入")
        head = "已停止，之前的已导入" if stopped else "导入完成"
        text = f"{head}：新增 {done.new:,} 家，更新 {done.updated:,} 家，无变化 {done.unchanged:,} 家。"
        self.bar.say(text, Tone.WARN if stopped else Tone.OK)
        self._context.notices.say(text, Tone.INFO if stopped else Tone.OK)
        self.back.setFocus()
        self.finished.emit()


def _read(path: Path, stopped: Event) -> Any:
    """The list, or None where somebody stopped it."""
    try:
        return read_list(path, lambda _: not stopped.is_set())
    except ImportStopped:
        return None


def entries_of(found: Any, changes: Any) -> list[Entry]:
    """Every row with anything in it, those with problems first, each part in the order of the file."""
    problems: dict[int, list[Any]] = {}
    for problem in found.problems:
        problems.setdefault(problem.row, []).append(problem)
    entries = [
        _entry(row, change, problems.pop(row.row, []))
        for row, change in zip(found.rows, changes, strict=True)
    ]
    entries += [_left_out(number, of_row) for number, of_row in problems.items()]
    return sorted(entries, key=lambda one: ("problem" not in one.kinds, one.row))


def _entry(row: Any, change: Any, problems: list[Any]) -> Entry:
    kinds = {change.value, *(["problem"] if problems else [])}
    why = "".join([*map(_told, problems), *(["该行其余内容可导入。"] if problems else [])])
    word = words.IMPORT_CHANGES[change.value]
    tone = Tone.WARN if problems else _TONES[change]
    return Entry(row.row, tone, word, row.told.name or "", row.uscc, why, frozenset(kinds))


def _left_out(number: int, problems: list[Any]) -> Entry:
    why = "".join(map(_told, problems))
    return Entry(number, Tone.DANGER, "不导入", "", "", why, frozenset({"problem", "left_out"}))


def _told(problem: Any) -> str:
    return f"{problem.column}：{sentence(AppError(problem.code, **problem.params))}"


def columns_words(header: Any) -> str:
    """Which columns were recognised and which were not."""
    known = f"识别的列：{words.joined(header.names.values())}。"
    return known + (f"未识别的列（不导入）：{words.joined(header.unknown)}。" if header.unknown else "")
