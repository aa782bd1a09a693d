"""Entry point of ``qifu-desk``: the window, or one of the hall's screens (``--mode``)."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from desktop.home import default_home
from desktop.modes.mode import Mode
from desktop.pages import PAGES, find_providers
from desktop.settings import load_settings
from desktop.shell.clock import local_now
from desktop.shell.lock import IdleWatch
from desktop.shell.notices import Notices
from desktop.shell.page import SettingsBox
from desktop.shell.single import FirstWindow, call_first
from desktop.shell.startup import Startup
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.station_gateway import StationGateway
from desktop.theme.fonts import load_fonts
from desktop.theme.theme import Theme

MODES_MS = 300
"""The hall's other screens wait until the window can be worked with."""


class Desk:
    """The parts of a running desk, put together once. ``settings`` follow the home."""

    def __init__(self, application: QApplication, home: Path) -> None:
        self.settings = SettingsBox(home, load_settings(home), application)
        self.theme = Theme(application)
        self._use_look()
        self.tasks = TaskRunner(application)
        self.notices = Notices(local_now, application)
        self.window = MainWindow(self.tasks, self.notices, self.theme, local_now)
        self.gateway = StationGateway(home, self.tasks.in_background)
        self.startup = Startup(
            self.window,
            self.gateway,
            self.tasks,
            self.notices,
            self.settings,
            self.theme,
            PAGES,
            find_providers,
        )
        self.scanning: Any = None
        self.queue: Any = None
        self.modes: Any = None
        # A timer of its own can be stopped; one shot would outlive a desk that has ended.
        self._modes_soon = QTimer(self.window, singleShot=True)
        self._modes_soon.timeout.connect(self._begin_modes)
        self.startup.ready.connect(self._on_ready)
        self.idle = IdleWatch(application, self.window)
        self.idle.set_minutes(self.settings.value.idle_minutes)
        self.idle.idle.connect(self.startup.lock)
        self.settings.changed.connect(self._on_settings_changed)

    def begin(self) -> None:
        """Show the window, then open the station."""
        self.window.show()
        self.startup.begin()

    def bring_to_front(self) -> None:
        """Another start asked for this window."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()

    def end(self) -> None:
        """Let go of station and threads."""
        self._modes_soon.stop()
        self.tasks.stop()
        self.startup.close()

    def _on_ready(self) -> None:
        if self.scanning is None:
            # Serial ports, pictures and the queue's bar are no part of the start.
            from desktop.scanning.desk import Scanning

            self.scanning = Scanning(self.window, self.tasks, self.notices, self.settings)
            from desktop.queue.docking import QueueDocking

            self.startup.closed.connect(self.scanning.end)
            self.queue = QueueDocking(self.window, self.tasks, self.settings)
            self.startup.closed.connect(self.queue.end)
        self.scanning.begin(self.startup.station, self.startup.navigator)
        self.queue.begin(self.startup.station, self.startup.board, self.startup.navigator)
        self._modes_soon.start(MODES_MS if self.modes is None else 0)

    def _begin_modes(self) -> None:
        if self.startup.board is None:
            return
        if self.modes is None:
            from desktop.modes.windows import ModeWindows

            self.modes = ModeWindows(
                self.window, self.tasks, self.notices, self.settings, self.theme, self.gateway
            )
            self.startup.closed.connect(self.modes.end)
        self.modes.begin(self.startup.station, self.startup.board, self.startup.navigator)

    def _on_settings_changed(self) -> None:
        self.idle.set_minutes(self.settings.value.idle_minutes)
        tokens = self.theme.tokens
        if (tokens.scheme, tokens.text_size) != (self.settings.value.scheme, self.settings.value.text_size):
            self._use_look()

    def _use_look(self) -> None:
        self.theme.use(self.settings.value.scheme, self.settings.value.text_size)


def make_application(arguments: Sequence[str]) -> QApplication:
    """The application with bundled fonts and Qt's own texts in Chinese."""
    application = QApplication(list(arguments))
    application.setApplicationName("qifu-desk")
    application.setApplicationDisplayName("企服前台")
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(application)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    load_fonts()
    return application


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the desk until its window is closed."""
    parser = argparse.ArgumentParser(prog="qifu-desk", description="企服前台")
    parser.add_argument("--home", type=Path, default=None, help="数据目录")
    parser.add_argument(
        "--mode",
        choices=[str(mode) for mode in Mode],
        default=str(Mode.WINDOW),
        help="窗口、取号机、大厅屏或顾客屏",
    )
    parser.add_argument("--screen", type=int, default=None, metavar="N", help="在第几块屏幕上打开（从 1 数）")
    parser.add_argument("--groups", default="", metavar="A,B", help="大厅屏只显示这些队列")
    parser.add_argument("--self-test", action="store_true", help="自检：不显示窗口，走一遍后退出")
    options = parser.parse_args(arguments)
    if options.self_test:
        from desktop.self_test import run

        return run(make_application)
    home: Path = options.home or default_home()
    if no_display():
        sys.stderr.write("没有可用的显示器，打不开窗口。请在桌面环境里运行，或用 qifu 命令行。\n")
        return 2
    application = make_application(sys.argv[:1])
    mode = Mode(options.mode)
    if mode is not Mode.WINDOW:
        from desktop.modes.program import run_mode

        return run_mode(application, home, mode, groups=options.groups, screen=options.screen)
    if call_first(home):
        return 0
    first = FirstWindow(home, application)
    desk = Desk(application, home)
    first.called.connect(desk.bring_to_front)
    sys.excepthook = _show_crash(desk)
    desk.begin()
    code = application.exec()
    first.close()
    desk.end()
    return code


def no_display() -> bool:
    """Whether Qt would abort for want of a display; elsewhere than on X11 and Wayland there always is one."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _show_crash(
    desk: Desk,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            desk.window.close()
        elif desk.modes is None or not desk.modes.take_crash(error):
            desk.window.show_crash(error)

    return hook


if __name__ == "__main__":
    sys.exit(main())
