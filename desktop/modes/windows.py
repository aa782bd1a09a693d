"""The hall's screens as further windows of a running desk, on another screen of the same machine."""

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.modes.announcing import Announcing, announcer_for
from desktop.modes.kiosk.pin_gate import PinGate, steady_ms
from desktop.modes.mode import NAMES, SCREEN_MODES, Mode
from desktop.modes.mode_page import ModeContext, ModePage
from desktop.modes.mode_window import ModeWindow, screen_numbered
from desktop.modes.pages import display_groups, make_page
from desktop.queue.board import QueueBoard
from desktop.shell.clock import local_now
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, SettingsBox
from desktop.shell.single import FirstWindow, call_first
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from desktop.widgets import Tone

if TYPE_CHECKING:
    from desktop.intake.mirror import Mirror

CLOSE = "close"
_HERE = Path(__file__).parent


class ModeWindows(QObject):
    """Opens and closes them, at most one of each. Pages ask by ``navigator.open("display", screen)``, from 1.

    The desk speaks calls aloud where the settings say that the window does (``voice_place``).
    """

    def __init__(
        self,
        window: MainWindow,
        tasks: TaskRunner,
        notices: Notices,
        settings: SettingsBox,
        theme: Theme,
        gateway: StationGateway,
    ) -> None:
        super().__init__(window)
        self._window, self._tasks, self._notices = window, tasks, notices
        self._settings, self._theme, self._gateway = settings, theme, gateway
        self._station: Any = None
        self._board: QueueBoard | None = None
        self._navigator: Navigator | None = None
        self._gate = PinGate(steady_ms)
        self._mirror: Mirror | None = None
        self._shown_groups: tuple[str, ...] = ()
        self._voices: dict[Mode, Announcing] = {}
        self._listening: dict[Mode, FirstWindow] = {}
        self.open_windows: dict[Mode, ModeWindow] = {}
        window.installEventFilter(self)
        tasks.crashed.connect(self.take_crash)
        settings.changed.connect(self._on_settings_changed)
        window.frame.pages.shown.connect(self._on_page_shown)

    def begin(self, station: Any, board: QueueBoard, navigator: Navigator) -> None:
        """There is a station to show."""
        if self._navigator is None:
            navigator.requested.connect(self._on_requested)
            navigator.restore_asked.connect(self.close_all)
            navigator.wipe_asked.connect(self.close_all)
        self._navigator = navigator
        if board is not self._board:
            self._fall_silent()
            self._station, self._board = station, board
            self._speak(Mode.WINDOW, ())

    def open(self, mode: Mode, screen: int | None = None) -> None:
        """Open ``mode`` on the screen called ``screen``, else on one that the desk does not stand on."""
        there = self.open_windows.get(mode)
        if there is not None:
            there.raise_()
            return
        if self._board is None or call_first(self._gateway.home, mode):
            return
        # On the only screen a window that takes no keys and cannot be moved would be in the way for ever.
        apart = len(QGuiApplication.screens()) > 1
        takes_keys = mode is Mode.DISPLAY or not apart
        window = ModeWindow(mode, lambda: self._make_page(mode, takes_keys), takes_keys=takes_keys)
        self.open_windows[mode] = window
        window.left.connect(lambda: self._on_left(mode))
        window.open_on(
            screen_numbered(screen) or self._other_screen(), full=apart or mode is not Mode.CUSTOMER
        )
        self._listening[mode] = listening = FirstWindow(self._gateway.home, self, mode)
        listening.called.connect(window.raise_)
        if mode is Mode.DISPLAY:
            self._speak_for_display()

    def close_all(self) -> None:
        """Close what is open; the desk goes, or its store does."""
        for window in list(self.open_windows.values()):
            window.leave()

    def end(self) -> None:
        """The station is closed."""
        self.close_all()
        self._fall_silent()
        self._board = None

    def take_crash(self, error: BaseException) -> bool:
        """Make a page anew whose own code went wrong; False where the error is not theirs."""
        if not any(
            Path(frame.filename).is_relative_to(_HERE) for frame in traceback.extract_tb(error.__traceback__)
        ):
            return False
        for window in self.open_windows.values():
            window.take_crash(error)
        return bool(self.open_windows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Close:
            self.close_all()
        return False

    def _make_page(self, mode: Mode, takes_keys: bool) -> ModePage:
        assert self._board is not None
        context = ModeContext(
            self._station,
            self._tasks,
            self._settings,
            self._theme,
            self._gateway,
            self._board,
            local_now,
            leave=lambda: self.open_windows[mode].leave(),
            groups=self._groups() if mode is Mode.DISPLAY else (),
            mirror=self._find_mirror() if mode is Mode.CUSTOMER else None,
            takes_keys=takes_keys,
            tell=self._notices.say,
        )
        return make_page(mode, context, self._gate)

    def _groups(self) -> tuple[str, ...]:
        return display_groups(self._settings.value.display_groups)

    def _speak_for_display(self) -> None:
        self._shown_groups = self._groups()
        self._speak(Mode.DISPLAY, self._shown_groups)

    def _on_settings_changed(self, _: Any) -> None:
        display = self.open_windows.get(Mode.DISPLAY)
        if display is not None and self._groups() != self._shown_groups:
            self._voices.pop(Mode.DISPLAY).stop()
            self._speak_for_display()
            display.renew()

    def _find_mirror(self) -> "Mirror | None":
        if self._mirror is None and (page := self._intake()) is not None:
            from desktop.intake.mirror import Mirror

            self._mirror = Mirror(page)
            self._mirror.destroyed.connect(self._on_mirror_gone)
        return self._mirror

    def _intake(self) -> QWidget | None:
        """The intake page, once it was shown; what is never asked for is never imported."""
        from desktop.intake.view import IntakeView

        return self._window.frame.pages.findChild(IntakeView)

    def _on_page_shown(self, _: str) -> None:
        customer = self.open_windows.get(Mode.CUSTOMER)
        if customer is not None and self._mirror is None and self._intake() is not None:
            customer.renew()

    def _on_mirror_gone(self) -> None:
        self._mirror = None

    def _other_screen(self) -> Any:
        here = self._window.screen()
        return next((one for one in QGuiApplication.screens() if one is not here), here)

    def _speak(self, mode: Mode, groups: tuple[str, ...]) -> None:
        assert self._board is not None
        make = announcer_for(str(mode), lambda: self._settings.value, self._station.clock, self._say_mute)
        self._voices[mode] = Announcing(self._board, make, groups, self)

    def _say_mute(self, text: str) -> None:
        self._notices.say(text, Tone.WARN)

    def _fall_silent(self) -> None:
        for voice in self._voices.values():
            voice.stop()
        self._voices.clear()

    def _on_left(self, mode: Mode) -> None:
        self.open_windows.pop(mode, None)
        if (listening := self._listening.pop(mode, None)) is not None:
            listening.close()
        if mode is Mode.DISPLAY and (voice := self._voices.pop(mode, None)) is not None:
            voice.stop()

    def _on_requested(self, what: str, argument: Any) -> None:
        if what not in SCREEN_MODES:
            return
        mode = Mode(what)
        if argument != CLOSE:
            self.open(mode, argument)
        elif mode is Mode.KIOSK:
            self._notices.say(f"{NAMES[mode]}请按住屏幕右上角，用口令退出。")
        elif mode in self.open_windows:
            self.open_windows[mode].leave()
