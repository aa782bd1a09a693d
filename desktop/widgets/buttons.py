"""Buttons that show their key, and a row of exclusive choices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.theme.icons import icon

_ICON_ROLES = {
    "primary": QPalette.ColorRole.Light,
    "big": QPalette.ColorRole.Light,
    "quiet": QPalette.ColorRole.Link,
}


class ActionButton(QPushButton):
    """按钮 with its key: ``ActionButton("受理并打印", key="F9", kind="big")``."""

    def __init__(
        self,
        text: str,
        *,
        kind: str = "secondary",
        key: str | None = None,
        icon_name: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = key
        self.setProperty("role", kind)
        if icon_name:
            self.setIcon(icon(icon_name, _ICON_ROLES.get(kind, QPalette.ColorRole.WindowText)))
            self.setIconSize(QSize(16, 16))
        self.set_label(text)

    def set_label(self, text: str) -> None:
        """Change the word on the button; its key stays."""
        self.setText(f"{text}  {self._key}" if self._key else text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(f"快捷键 {self._key}" if self._key else "")
        # A new text drops the shortcut of a QAbstractButton.
        if self._key:
            self.setShortcut(QKeySequence(self._key))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter presses the button that has the focus; Qt itself knows only Space outside dialogs.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice of ``Segments``."""

    value: Any
    text: str


class Segments(QWidget):
    """One of a few, all visible: ``Segments([("window", "窗口"), ("phone", "电话")], name="渠道")``.

    One stop for Tab; the arrows move and choose at once. ``chosen`` is sent when a person chooses.
    """

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[Any, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._segments = [Segment(value, text) for value, text in choices]
        self._group = QButtonGroup(self)
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, segment in enumerate(self._segments):
            row.addWidget(self._button(index, segment, name))
        row.addStretch(1)
        self._group.idClicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_value(self._segments[0].value)

    def value(self) -> Any:
        """The value that is chosen."""
        return self._segments[self._group.checkedId()].value

    def set_value(self, value: Any) -> None:
        """Choose ``value`` without sending ``chosen``."""
        for index, segment in enumerate(self._segments):
            if segment.value == value:
                self._group.button(index).setChecked(True)
                self._one_stop(index)

    def relabel(self, value: Any, text: str) -> None:
        """Change the word of one choice, such as a count beside it; which one is chosen stays."""
        for index, segment in enumerate(self._segments):
            if segment.value == value:
                self._segments[index] = replace(segment, text=text)
                button = self._group.button(index)
                button.setText(text)
                button.setAccessibleName(f"{self.accessibleName()}：{text}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._choose((self._group.checkedId() + step) % len(self._segments))

    def _button(self, index: int, segment: Segment, name: str) -> QPushButton:
        button = _SegmentButton(segment.text)
        button.setCheckable(True)
        button.setProperty("role", "segment")
        button.setProperty(
            "edge", "first" if index == 0 else "last" if index == len(self._segments) - 1 else ""
        )
        button.setAccessibleName(f"{name}：{segment.text}")
        self._group.addButton(button, index)
        return button

    def _choose(self, index: int) -> None:
        self._group.button(index).setChecked(True)
        self._group.button(index).setFocus(Qt.FocusReason.TabFocusReason)
        self._on_clicked(index)

    def _on_clicked(self, index: int) -> None:
        self._one_stop(index)
        self.chosen.emit(self._segments[index].value)

    def _one_stop(self, index: int) -> None:
        for button in self._group.buttons():
            checked = self._group.id(button) == index
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if checked else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self._group.button(index))


class _SegmentButton(QPushButton):
    """Hands the arrows to the row; a button would move the focus by itself."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
            return
        super().keyPressEvent(event)
