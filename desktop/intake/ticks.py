"""The items of a package as ticks: basic ones ticked from the start, value-added ones at the clerk's choice."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets import Chip, ChipRow, label


class PackageTicks(QWidget):
    """``changed`` after a tick. ``package`` is the name of the package, empty while there is none."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.package = ""
        self.basic = ChipRow("基本事项")
        self.value_added = ChipRow("增值事项")
        self._heads = (label("基本事项", "label"), label("增值事项", "label"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for head, row in zip(self._heads, (self.basic, self.value_added), strict=True):
            column.addWidget(head)
            column.addWidget(row)

    def show_package(self, package: Any, ticked: Iterable[str] = ()) -> None:
        """Unfold ``package``; without ``ticked`` its basic items are ticked."""
        self.package = package.name
        names = set(ticked) or {entry.name for entry in package.basic}
        for head, row, entries, word in (
            (self._heads[0], self.basic, package.basic, "基本事项"),
            (self._heads[1], self.value_added, package.value_added, "增值事项"),
        ):
            row.set_chips([self._tick(entry.name, entry.name in names) for entry in entries])
            head.setText(f"{word}（{len(entries)}）")
            head.setVisible(bool(entries))
            row.setVisible(bool(entries))

    def clear(self) -> None:
        """No package."""
        self.package = ""
        self.basic.set_chips([])
        self.value_added.set_chips([])

    def ticked(self) -> list[str]:
        """Names of the ticked items, in the package's order."""
        chips = [*self.basic.chips(), *self.value_added.chips()] if self.package else []
        return [chip.accessibleName() for chip in chips if isinstance(chip, Chip) and chip.isChecked()]

    def _tick(self, name: str, checked: bool) -> Chip:
        chip = Chip(name, checkable=True, checked=checked)
        chip.setToolTip(name)
        chip.toggled.connect(lambda _: self.changed.emit())
        return chip
