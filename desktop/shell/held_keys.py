"""Keys pressed while the station is still being opened: kept, and given to the page that comes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

MOST = 2_000
"""Several times the longest printed code. Who holds more has left something lying on the keyboard."""
_MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
)
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class HeldKeys:
    """What was typed, in order. It goes to one place once, or nowhere: it may hold a password."""

    def __init__(self) -> None:
        self._typed: list[QKeyEvent | str] = []
        self._overflown = False

    def hold_key(self, event: QKeyEvent) -> None:
        """Keep a key that was pressed."""
        if event.key() not in _MODIFIERS:
            self._hold(event.clone())

    def hold_text(self, text: str) -> None:
        """Keep what an input method made of several keys."""
        if text:
            self._hold(text)

    def forget(self) -> None:
        """What was typed was meant for a screen that does not come."""
        self._typed.clear()
        self._overflown = False

    def replay(self, place: QWidget) -> None:
        """Give all of it to whoever has the focus within ``place``; what follows after it has left is dropped."""
        typed = list(self._typed)
        self.forget()
        for one in typed:
            target = place.window().focusWidget()
            if target is None or not (target is place or place.isAncestorOf(target)):
                return
            if isinstance(one, str):
                _commit(target, one)
            elif not _command(place, target, one):
                _press(target, one)

    def _hold(self, one: QKeyEvent | str) -> None:
        if len(self._typed) >= MOST:
            # A part of it could mean something else than the whole.
            self._overflown = True
            self._typed.clear()
        if not self._overflown:
            self._typed.append(one)


def _commit(target: QWidget, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


def _press(target: QWidget, event: QKeyEvent) -> None:
    QApplication.sendEvent(target, event)
    release = QKeyEvent(QEvent.Type.KeyRelease, event.key(), event.modifiers(), event.text())
    if not event.isAutoRepeat():
        QApplication.sendEvent(target, release)


def _command(place: QWidget, target: QWidget, event: QKeyEvent) -> bool:
    """Do what the key is a shortcut for; Qt looks shortcuts up only for keys that come from the keyboard."""
    if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDING:
        return False
    act = _shortcut(place, QKeySequence(event.keyCombination()))
    if act is None or _is_overridden(target, event):
        return False
    act()
    return True


def _is_overridden(target: QWidget, event: QKeyEvent) -> bool:
    """Whether the one with the focus wants the key for itself, as the scan strip does."""
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, event.key(), event.modifiers(), event.text())
    asked.ignore()
    QApplication.sendEvent(target, asked)
    return asked.isAccepted()


def _shortcut(place: QWidget, key: QKeySequence) -> Callable[[], None] | None:
    for shortcut in place.findChildren(QShortcut):
        owner = shortcut.parent()
        if shortcut.key() == key and shortcut.isEnabled() and isinstance(owner, QWidget) and _is_open(owner):
            return shortcut.activated.emit
    for button in place.findChildren(QAbstractButton):
        if button.shortcut() == key and _is_open(button):
            return button.click
    return None


def _is_open(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()
