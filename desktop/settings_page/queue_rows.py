"""Rows of the queue's settings: a list of them, and a form for the one that is chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, Chip, ChipRow, DataTable, LineField, label

SIDE = 96
ROWS_SHOWN = 6
Row = dict[str, Any]


class TicksField(QWidget):
    """Several of a list as ticks. ``changed`` is sent when a person ticks."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        caption = label(name, "label")
        caption.setFixedWidth(SIDE)
        caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        caption.setContentsMargins(0, 4, 0, 0)
        self._chips = ChipRow(name)
        self._codes: list[str] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(caption)
        row.addWidget(self._chips, 1)

    def show_choices(self, choices: Mapping[str, str], ticked: Sequence[str]) -> None:
        """Offer ``choices`` (code → name), of which ``ticked`` are on."""
        self._codes = list(choices)
        chips = [Chip(name, checkable=True, checked=code in ticked) for code, name in choices.items()]
        self._chips.set_chips(chips)
        for chip in chips:
            chip.toggled.connect(lambda _: self.changed.emit())

    def ticked(self) -> list[str]:
        """The codes that are on, in the order of the choices."""
        pairs = zip(self._codes, self._chips.chips(), strict=True)
        return [code for code, chip in pairs if isinstance(chip, Chip) and chip.isChecked()]

    def toggle(self, code: str) -> None:
        """As if somebody ticked ``code``."""
        chip = self._chips.chips()[self._codes.index(code)]
        assert isinstance(chip, Chip)
        chip.click()


class RowForm(QWidget):
    """Fields of one row. ``edited`` when a person changed something; ``read`` gives the row as it stands then."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, LineField] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)

    def show_row(self, row: Row, *, is_new: bool) -> None:
        """Show ``row``; the code of one that is published already stays."""
        raise NotImplementedError

    def read(self) -> Row:
        """The row as it stands."""
        raise NotImplementedError

    def add(self, name: str, caption: str, **kwargs: Any) -> None:
        """One more line."""
        field = self.fields[name] = LineField(caption, side=SIDE, **kwargs)
        field.editor.textEdited.connect(lambda _: self.edited.emit())
        self.column.addWidget(field)

    def fill(self, texts: Mapping[str, str], *, is_new: bool = True) -> None:
        """Put ``texts`` into the lines."""
        for name, text in texts.items():
            self.fields[name].set_text(text)
            self.fields[name].editor.setCursorPosition(0)
            self.fields[name].set_error("")
        if "code" in self.fields:
            self.fields["code"].set_read_only(not is_new)


class RowsEditor(QWidget):
    """``changed`` after every change of a row. Rows are dictionaries of the queue document."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        columns: Mapping[str, Callable[[Row], str]],
        form: RowForm,
        blank: Callable[[list[Row]], Row],
        *,
        fixed: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.form, self._columns, self._blank, self._fixed = form, columns, blank, fixed
        self._rows: list[Row] = []
        self._published: frozenset[str] = frozenset()
        self._model = QStandardItemModel(0, len(columns), self)
        self._model.setHorizontalHeaderLabels(list(columns))
        self.table = DataTable(name)
        self.table.setModel(self._model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.add = ActionButton(f"新增{name}", icon_name="plus")
        self.remove = ActionButton(f"删除这个{name}", kind="danger")
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        self.form.edited.connect(self._on_edited)
        self.add.clicked.connect(self._on_add_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)

    def show_rows(self, rows: Sequence[Row], published: frozenset[str]) -> None:
        """Show ``rows``; the codes in ``published`` are fixed."""
        kept = self.table.currentIndex().row()
        self._rows, self._published = [dict(row) for row in rows], published
        self._model.setRowCount(0)
        for row in self._rows:
            self._model.appendRow([QStandardItem(text(row)) for text in self._columns.values()])
        self.choose(min(max(kept, 0), len(self._rows) - 1))

    def rows(self) -> list[Row]:
        """The rows as they stand."""
        return [dict(row) for row in self._rows]

    def choose(self, place: int) -> None:
        """Show the row at ``place``."""
        if 0 <= place < len(self._rows):
            self.table.setCurrentIndex(self._model.index(place, 0))
        self._on_current()

    def set_allowed(self, on: bool) -> None:
        """Whether the one who works here may change anything."""
        self.form.setEnabled(on)
        self.add.setVisible(on)
        self.remove.setVisible(on)

    def _place(self) -> int:
        return self.table.currentIndex().row()

    def _on_current(self) -> None:
        place = self._place()
        is_there = 0 <= place < len(self._rows)
        self.form.setVisible(is_there)
        self.remove.setEnabled(is_there and self._rows[place]["code"] not in self._fixed)
        if is_there:
            row = self._rows[place]
            self.form.show_row(row, is_new=row["code"] not in self._published)

    def _on_edited(self) -> None:
        place = self._place()
        self._rows[place] = {**self._rows[place], **self.form.read()}
        for column, text in enumerate(self._columns.values()):
            self._model.item(place, column).setText(text(self._rows[place]))
        self.changed.emit()

    def _on_add_clicked(self) -> None:
        row = self._blank(self._rows)
        self._rows.append(row)
        self._model.appendRow([QStandardItem(text(row)) for text in self._columns.values()])
        self.choose(len(self._rows) - 1)
        self.form.fields["name"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _on_remove_clicked(self) -> None:
        place = self._place()
        del self._rows[place]
        self._model.removeRow(place)
        self.choose(min(place, len(self._rows) - 1))
        self.changed.emit()

    def _lay_out(self) -> None:
        self.table.tune_columns([5, 9, 12][: len(self._columns)], 1)
        row_height = self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(row_height * ROWS_SHOWN + 36)
        buttons = QHBoxLayout()
        for button in (self.add, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table)
        column.addLayout(buttons)
        column.addWidget(self.form)
        column.addStretch(1)
