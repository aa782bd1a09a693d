"""The program as ticket machine, hall display or customer screen in a process of its own."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from desktop.messages import sentence
from desktop.modes.announcing import Announcing, announcer_for
from desktop.modes.kiosk.pin_gate import PinGate, steady_ms
from desktop.modes.mode import NAMES, Mode
from desktop.modes.mode_page import ModeContext
from desktop.modes.mode_window import ModeWindow, plain_page, screen_numbered
from desktop.modes.pages import display_groups, make_page
from desktop.modes.station_link import StationLink
from desktop.settings import load_settings
from desktop.shell.clock import local_now
from desktop.shell.page import SettingsBox
from desktop.shell.single import FirstWindow, call_first
from desktop.shell.tasks import TaskRunner
from desktop.station_gateway import StationGateway
from desktop.theme.theme import Theme
from domain.errors import AppError

LOG_BYTES, LOG_FILES = 1_000_000, 3


class ModeProgram(QObject):
    """One mode, put together once. ``groups`` given at the start stand over those of the settings."""

    def __init__(
        self,
        application: QApplication,
        home: Path,
        mode: Mode,
        *,
        groups: str = "",
        screen: int | None = None,
    ) -> None:
        super().__init__(application)
        self._mode, self._groups, self._screen = mode, groups, screen
        self.settings = SettingsBox(home, load_settings(home), self)
        self.theme = Theme(application)
        self.theme.use(self.settings.value.scheme, self.settings.value.text_size)
        self.tasks = TaskRunner(self)
        self.gateway = StationGateway(home, self.tasks.in_background)
        self.link = StationLink(home, self.gateway, self.tasks, self.settings, self)
        self._gate = PinGate(steady_ms)
        self._announcing: Announcing | None = None
        self._now_shown: tuple[str, ...] = ()
        self._told = f"{NAMES[mode]}正在打开……"
        self.window = ModeWindow(mode, self._make_page)
        self._connect()

    def begin(self) -> None:
        """Show the window, then open the station."""
        self.window.open_on(screen_numbered(self._screen))
        self.link.begin()

    def bring_to_front(self) -> None:
        """Another start asked for this window."""
        self.window.raise_()
        self.window.activateWindow()

    def end(self) -> None:
        """Let go of station, voice and threads."""
        self._fall_silent()
        self.tasks.stop()
        self.link.close()

    def take_crash(self, error: BaseException) -> None:
        """Something in the program went wrong."""
        self.window.take_crash(error)

    def _connect(self) -> None:
        self.link.opened.connect(self._on_opened)
        self.link.failed.connect(self._on_failed)
        self.link.lost.connect(self._on_lost)
        self.tasks.crashed.connect(self.take_crash)
        self.tasks.refused.connect(self._on_refused)
        self.settings.changed.connect(self._on_settings_changed)

    def _make_page(self) -> QWidget:
        if self.link.board is None:
            return plain_page(self._told)
        return make_page(self._mode, self._context(), self._gate)

    def _context(self) -> ModeContext:
        assert self.link.board is not None
        return ModeContext(
            self.link.station,
            self.tasks,
            self.settings,
            self.theme,
            self.gateway,
            self.link.board,
            local_now,
            leave=self.window.leave,
            groups=self._now_shown,
        )

    def _shown_groups(self) -> tuple[str, ...]:
        return display_groups(self._groups or self.settings.value.display_groups)

    def _on_opened(self) -> None:
        self._fall_silent()
        self._now_shown = self._shown_groups()
        assert self.link.board is not None
        if self._mode is Mode.DISPLAY:
            make = announcer_for("display", lambda: self.settings.value, self.link.station.clock)
            self._announcing = Announcing(self.link.board, make, self._now_shown, self)
        self.window.renew()

    def _on_failed(self, error: AppError) -> None:
        self._told = f"{NAMES[self._mode]}现在打不开：{sentence(error)}"
        self.window.renew()

    def _on_lost(self) -> None:
        self._fall_silent()
        self.window.show_screen(plain_page("数据已更换，正在重新打开……"))

    def _on_refused(self, error: AppError) -> None:
        logging.getLogger(__name__).error("%s: refused %s", self._mode, error.code)

    def _on_settings_changed(self) -> None:
        value, tokens = self.settings.value, self.theme.tokens
        if (tokens.scheme, tokens.text_size) != (value.scheme, value.text_size):
            self.theme.use(value.scheme, value.text_size)
        if self.link.board is not None and self._shown_groups() != self._now_shown:
            self._on_opened()

    def _fall_silent(self) -> None:
        if self._announcing is not None:
            self._announcing.stop()
            self._announcing = None


def write_log(home: Path, mode: Mode) -> None:
    """Keep what goes wrong in ``logs/`` of the home: reports name places in the program, nobody and no value."""
    folder = home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / f"{mode}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)


def run_mode(
    application: QApplication, home: Path, mode: Mode, *, groups: str = "", screen: int | None = None
) -> int:
    """Run ``mode`` until it is left."""
    if call_first(home, channel_of(mode, groups)):
        return 0
    write_log(home, mode)
    program = ModeProgram(application, home, mode, groups=groups, screen=screen)

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            program.window.leave()
        else:
            program.take_crash(error)

    sys.excepthook = hook
    first = FirstWindow(home, application, channel_of(mode, groups))
    first.called.connect(program.bring_to_front)
    program.begin()
    code = application.exec()
    first.close()
    program.end()
    return code


def channel_of(mode: Mode, groups: str = "") -> str:
    """What tells the windows of one home apart: displays of different groups may stand side by side."""
    named = ",".join(sorted(display_groups(groups)))
    return f"{mode}:{named}" if named else str(mode)
