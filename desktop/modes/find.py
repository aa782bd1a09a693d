"""What Ctrl+K knows of the hall's screens."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from desktop.modes.mode import NAMES, SCREEN_MODES, Mode
from desktop.shell.page import Command, Navigator
from desktop.shell.palette import Provider, matching

_WORDS = {
    Mode.KIOSK: "quhaoji qhj kiosk",
    Mode.DISPLAY: "datingping dtp display",
    Mode.CUSTOMER: "gukeping gkp customer",
}
_CLOSE = "close"


def screen_choices() -> list[tuple[int, str]]:
    """(number from 1, words) of every screen of this machine."""
    return [
        (number, f"屏幕 {number}（{screen.geometry().width()}×{screen.geometry().height()}）")
        for number, screen in enumerate(QGuiApplication.screens(), start=1)
    ]


def provider(navigator: Navigator) -> Provider:
    """Open and close them by name."""
    return lambda text: matching(_commands(navigator), text) if text.strip() else []


def _commands(navigator: Navigator) -> list[Command]:
    screens = screen_choices()
    opening = [
        Command(
            f"打开{NAMES[mode]}", _go(navigator, mode, number), "desktop", told, words=f"dakai {_WORDS[mode]}"
        )
        for mode in SCREEN_MODES
        for number, told in (screens if len(screens) > 1 else [(None, "")])
    ]
    closing = [
        Command(f"关闭{NAMES[mode]}", _go(navigator, mode, _CLOSE), "x", words=f"guanbi {_WORDS[mode]}")
        for mode in SCREEN_MODES
    ]
    return opening + closing


def _go(navigator: Navigator, mode: Mode, argument: int | str | None) -> Callable[[], None]:
    return lambda: navigator.open(mode, argument)
