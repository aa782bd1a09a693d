"""Lead and assisting boards as chips: the first leads, keys and a menu change the order."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, Chip, ChipRow, label


class BoardChip(Chip):
    """One board. Enter or click: menu; Del: out; Alt+← →: order."""

    moved = Signal(str, int)
    removed = Signal(str)

    def __init__(self, code: str, name: str, *, leads: bool, parent: QWidget | None = None) -> None:
        super().__init__(f"{'牵头' if leads else '协办'} · {name}", parent=parent)
        self.code = code
        self.setToolTip("回车：调整；Del：移除；Alt+← →：调整顺序，第一个牵头")
        self.clicked.connect(self._on_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.code)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and Qt.Key(event.key()) in steps:
            self.moved.emit(self.code, steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._on_clicked()

    def _on_clicked(self) -> None:
        menu = QMenu(self)
        menu.addAction("设为牵头", lambda: self.moved.emit(self.code, -99))
        menu.addAction("前移\tAlt+←", lambda: self.moved.emit(self.code, -1))
        menu.addAction("后移\tAlt+→", lambda: self.moved.emit(self.code, 1))
        menu.addAction("移除\tDel", lambda: self.removed.emit(self.code))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))


class BoardPicker(QWidget):
    """承办板块. ``value`` is None while nobody has chosen; then ``show_proposed`` shows what would be taken."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Mapping[str, str] = {}
        self._shown: tuple[str, ...] = ()
        self._is_chosen = False
        self._row = ChipRow("承办板块")
        self._head = label("承办板块", "label")
        self.add = ActionButton("板块", kind="quiet", icon_name="plus")
        self.add.clicked.connect(self._on_add_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self.add)
        column.addLayout(head)
        column.addWidget(self._row)

    def set_names(self, names: Mapping[str, str]) -> None:
        """Code → name of every board."""
        self._names = names
        self._show()

    def value(self) -> tuple[str, ...] | None:
        """The boards the clerk has chosen, the lead first; None where it was left open."""
        return self._shown if self._is_chosen else None

    def set_value(self, boards: tuple[str, ...] | None) -> None:
        """Choose ``boards``, or leave it open."""
        self._is_chosen = boards is not None
        self._shown = boards or ()
        self._show()

    def show_proposed(self, boards: tuple[str, ...]) -> None:
        """Show what would be taken, unless the clerk has chosen."""
        if not self._is_chosen and boards != self._shown:
            self._shown = boards
            self._show()

    def take(self, code: str) -> None:
        """Take a suggested board: the first one taken leads, later ones assist."""
        boards = (*self._shown, code) if self._is_chosen and self._shown else (code,)
        self._choose(tuple(dict.fromkeys(boards)))

    def shown(self) -> tuple[str, ...]:
        """The boards as they stand there."""
        return self._shown

    def names(self) -> tuple[str, ...]:
        """The names of the boards as they stand there, the lead first."""
        return tuple(self._names.get(code, code) for code in self._shown)

    def move_board(self, code: str, step: int) -> None:
        """Move a board by ``step`` places; the first leads."""
        boards = [board for board in self._shown if board != code]
        at = max(0, min(self._shown.index(code) + step, len(boards)))
        self._choose((*boards[:at], code, *boards[at:]))
        self._chip(code).setFocus()

    def remove(self, code: str) -> None:
        """Take a board out; without any the choice is open again."""
        rest = tuple(board for board in self._shown if board != code)
        if rest:
            self._choose(rest)
        else:
            self.set_value(None)
            self.changed.emit()
        self.add.setFocus()

    def _choose(self, boards: tuple[str, ...]) -> None:
        self.set_value(boards)
        self.changed.emit()

    def _add(self, code: str) -> None:
        self._choose((*self._shown, code))

    def _chip(self, code: str) -> QWidget:
        return next(chip for chip in self._row.chips() if getattr(chip, "code", None) == code)

    def _show(self) -> None:
        self._head.setText("承办板块" if self._is_chosen else "承办板块（按内容推荐）")
        chips: list[QWidget] = []
        for place, code in enumerate(self._shown):
            chip = BoardChip(code, self._names.get(code, code), leads=place == 0)
            chip.moved.connect(self.move_board, Qt.ConnectionType.QueuedConnection)
            chip.removed.connect(self.remove, Qt.ConnectionType.QueuedConnection)
            chips.append(chip)
        self._row.set_chips(chips)

    def _on_add_clicked(self) -> None:
        menu = QMenu(self)
        for code, name in self._names.items():
            if code not in self._shown:
                menu.addAction(name, partial(self._add, code))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))
