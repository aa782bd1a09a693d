"""Ctrl+K: find anything. Providers answer now or later; the list grows as they do, the keyboard drives it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.shell.focus import FocusKeeper
from desktop.shell.page import Command
from desktop.shell.tasks import Task, TaskRunner
from desktop.theme.icons import icon
from desktop.widgets import label

Found = Sequence[Command]
Provider = Callable[[str], "Found | Future[Found]"]
PAUSE_MS = 60
SHOWN = 12
PLACE = int(Qt.ItemDataRole.UserRole)


class Palette(QFrame):
    """查找: type, arrows, Enter. ``closed`` after it went away; the focus returns to where it was."""

    closed = Signal()

    def __init__(self, host: QWidget, tasks: TaskRunner, providers: Sequence[Provider] = ()) -> None:
        super().__init__(host)
        self.setProperty("role", "pop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("查找")
        self._host = host
        self._tasks = tasks
        self._providers = providers
        self._found: dict[int, Found] = {}
        self._running: dict[int, Task] = {}
        self._enter_waits = False
        self._focus = FocusKeeper()
        self._line = QLineEdit()
        self._line.setProperty("role", "search")
        self._line.setAccessibleName("查找内容")
        self._line.setPlaceholderText("编号、企业名称、拼音首字母、诉求内容，或命令")
        self._line.setMaxLength(200)
        self._list = QListWidget()
        self._list.setAccessibleName("查找结果")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setIconSize(QSize(18, 18))
        self._empty = label("没有找到。换个说法，或输入编号的前几位。", "muted")
        self._hint = label("↑ ↓ 选择    Enter 打开    Esc 关闭", "small")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._line.textChanged.connect(lambda: self._pause.start())
        self._pause.timeout.connect(self._ask)
        self._list.itemClicked.connect(lambda _: self._take())
        self._line.installEventFilter(self)
        self.hide()

    def set_providers(self, providers: Sequence[Provider]) -> None:
        """Who answers from now on, best first."""
        self._providers = providers

    def open(self) -> None:
        """Show the palette and take the focus; what was typed last time is selected."""
        if self.isVisible():
            return
        self._focus.remember(self._host)
        self._host.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()
        self._ask()

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        self._forget()
        self._pause.stop()
        self._host.removeEventFilter(self)
        self.hide()
        self._focus.give_back()
        self.closed.emit()

    def entries(self) -> list[str]:
        """The titles that are shown, best first."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            rows = max(1, self._list.count())
            self._list.setCurrentRow((self._list.currentRow() + step) % rows)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close_palette()
            return True
        return False

    def _on_enter(self) -> None:
        # Whoever types fast, or scans, presses Enter before the answers are there: it counts for what was typed.
        if self._pause.isActive():
            self._pause.stop()
            self._ask()
        if self._running:
            self._enter_waits = True
        else:
            self._take()

    def _ask(self) -> None:
        self._forget()
        self._found.clear()
        text = self._line.text().strip()
        for place, provider in enumerate(self._providers):
            answer = provider(text)
            if isinstance(answer, Future):
                self._running[place] = self._wait(place, answer)
            else:
                self._found[place] = answer
        self._show()

    def _wait(self, place: int, answer: "Future[Any]") -> Task:
        return self._tasks.run(
            lambda: answer,
            on_done=lambda found: self._add(place, found),
            on_error=lambda _: self._add(place, []),
            receiver=self,
        )

    def _add(self, place: int, found: Found) -> None:
        self._running.pop(place, None)
        self._found[place] = found
        self._show()
        if self._enter_waits and not self._running:
            self._take()

    def _forget(self) -> None:
        for task in self._running.values():
            task.cancel()
        self._running.clear()
        self._enter_waits = False

    def _show(self) -> None:
        row = self._list.currentRow()
        self._list.clear()
        commands = [command for place in sorted(self._found) for command in self._found[place]][:SHOWN]
        for command in commands:
            self._list.addItem(_item(command))
        self._list.setCurrentRow(min(max(row, 0), len(commands) - 1))
        self._list.setVisible(bool(commands))
        self._empty.setVisible(not commands)
        self._place()

    def _take(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        command: Command = item.data(PLACE)
        self.close_palette()
        command.run()

    def _place(self) -> None:
        width = min(640, self._host.width() - 40)
        row = max(self._list.sizeHintForRow(0), self.fontMetrics().height() + 6)
        self._list.setFixedHeight(max(1, self._list.count()) * row + 6)
        height = self.sizeHint().height()
        self.setGeometry((self._host.width() - width) // 2, 64, width, min(height, self._host.height() - 80))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.setSpacing(8)
        for widget in (self._line, self._list, self._empty, self._hint):
            column.addWidget(widget)


def _item(command: Command) -> QListWidgetItem:
    tail = "    ".join(part for part in (command.detail, command.key) if part)
    item = QListWidgetItem(icon(command.icon), f"{command.title}    {tail}".strip())
    item.setData(PLACE, command)
    return item


def matching(commands: Sequence[Command], text: str) -> list[Command]:
    """The commands whose title or words hold every part of ``text``; titles that begin with it first."""
    parts = text.lower().split()
    hits = [c for c in commands if all(part in f"{c.title} {c.words}".lower() for part in parts)]
    return sorted(hits, key=lambda command: not command.title.lower().startswith(text.lower()))
