"""Editors with a label above (or beside) and an error sentence below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desktop.theme.icons import icon
from desktop.widgets.badges import Tone, set_tone
from desktop.widgets.labels import label

Editor = TypeVar("Editor", bound=QWidget)


class Field(QWidget, Generic[Editor]):
    """Label, editor, and one line below for the error or the hint.

    ``side`` > 0 puts the label to the left, ``side`` pixels wide, for dense forms.
    """

    def __init__(
        self, name: str, editor: Editor, *, hint: str = "", side: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._hint = hint
        self._caption = label(name, "label")
        self._caption.setBuddy(editor)
        self._below = label("", "hint", wrap=True)
        self.name = name.rstrip(" *：:")
        editor.setAccessibleName(self.name)
        self.setFocusProxy(editor)
        self._lay_out(side)
        self.set_error("")

    def error(self) -> str:
        """The sentence that is shown as an error, or an empty string."""
        return self._below.text() if self._below.property("role") == "error" else ""

    def set_error(self, sentence: str) -> None:
        """Show ``sentence`` as an error; an empty one takes the error away and brings the hint back."""
        self._say(sentence or self._hint, "error" if sentence else "hint")
        set_tone(self.editor, Tone.DANGER if sentence else None)

    def set_hint(self, sentence: str, *, warning: bool = False) -> None:
        """Show ``sentence`` quietly below, or as a warning that stops nobody."""
        self._hint = sentence
        self._say(sentence, "warning" if warning else "hint")
        set_tone(self.editor, None)

    def _say(self, sentence: str, role: str) -> None:
        self._below.setText(sentence)
        if self._below.property("role") != role:
            self._below.setProperty("role", role)
            self._below.style().polish(self._below)
        self._below.setVisible(bool(sentence))
        self.editor.setAccessibleDescription(sentence)

    def _lay_out(self, side: int) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        if side:
            self._caption.setFixedWidth(side)
            self._caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            self._caption.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(self._caption, 0, 0)
            grid.addWidget(self.editor, 0, 1)
            grid.addWidget(self._below, 1, 1)
        else:
            grid.addWidget(self._caption, 0, 0)
            grid.addWidget(self.editor, 1, 0)
            grid.addWidget(self._below, 2, 0)
        grid.setColumnStretch(1 if side else 0, 1)


class LineField(Field[QLineEdit]):
    """One line of text. ``changed`` carries the text after each key; ``entered`` is Enter."""

    changed = Signal(str)
    entered = Signal()

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        hint: str = "",
        side: int = 0,
        max_length: int = 500,
        parent: QWidget | None = None,
    ) -> None:
        editor = QLineEdit()
        editor.setPlaceholderText(placeholder)
        editor.setMaxLength(max_length)
        super().__init__(name, editor, hint=hint, side=side, parent=parent)
        editor.textChanged.connect(self.changed)
        editor.returnPressed.connect(self.entered)

    def text(self) -> str:
        """What was typed, without blanks at the ends."""
        return self.editor.text().strip()

    def set_text(self, text: str) -> None:
        """Put ``text`` into the line."""
        self.editor.setText(text)

    def set_read_only(self, on: bool) -> None:
        """Let the text be read and copied only; the look says so."""
        if self.editor.isReadOnly() != on:
            self.editor.setReadOnly(on)
            self.editor.style().polish(self.editor)


class SecretField(LineField):
    """A line for a password; the eye shows it while it is pressed in."""

    def __init__(self, name: str, *, hint: str = "", side: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(name, hint=hint, side=side, parent=parent)
        self.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = QAction(icon("eye", QPalette.ColorRole.Mid), "显示密码", self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._on_eye_toggled)
        self.editor.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    def text(self) -> str:
        """The password as typed: blanks belong to it."""
        return self.editor.text()

    def _on_eye_toggled(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.editor.setEchoMode(mode)


class AreaField(Field[QPlainTextEdit]):
    """Several lines of text, ``lines`` high at least; Tab goes to the next field."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        hint: str = "",
        side: int = 0,
        lines: int = 4,
        parent: QWidget | None = None,
    ) -> None:
        editor = QPlainTextEdit()
        editor.setPlaceholderText(placeholder)
        editor.setTabChangesFocus(True)
        editor.setMinimumHeight(editor.fontMetrics().lineSpacing() * lines + 16)
        super().__init__(name, editor, hint=hint, side=side, parent=parent)
        editor.textChanged.connect(self.changed)

    def text(self) -> str:
        """What was typed, as it is."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put ``text`` into the field; undo brings the old one back."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: the value for the program, the text for people."""

    value: Any
    text: str


class ChoiceField(Field[QComboBox]):
    """One of a list. ``chosen`` is sent when a person chooses."""

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice],
        *,
        hint: str = "",
        side: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        editor = QComboBox()
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        super().__init__(name, editor, hint=hint, side=side, parent=parent)
        self.set_choices(choices)
        editor.activated.connect(self._on_activated)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the list, keeping the value if it is still there."""
        kept = self.value()
        self.editor.clear()
        for choice in choices:
            self.editor.addItem(choice.text, choice.value)
        self.set_value(kept)

    def value(self) -> Any:
        """The chosen value, None while the list is empty."""
        return self.editor.currentData()

    def set_value(self, value: Any) -> None:
        """Choose ``value`` if the list has it."""
        index = self.editor.findData(value)
        if index >= 0:
            self.editor.setCurrentIndex(index)

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self.editor.itemData(index))
