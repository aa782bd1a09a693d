"""Opens the station in the home, and leads back to work where that fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.gateway import BackupEntry, Gateway
from desktop.messages import sentence
from desktop.shell.held_keys import HeldKeys
from desktop.shell.notices import Notices
from desktop.shell.opening_screen import OpeningScreen
from desktop.shell.rescue import EMPTY, LOCKED, RescueScreen
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.widgets import Tone
from domain.errors import AppError


class Opening(QObject):
    """``opened`` carries the station, or None where there is none in the home.

    ``typed`` holds what was typed meanwhile, for the page or the sign-in that comes.
    """

    opened = Signal(object)

    def __init__(
        self, window: MainWindow, gateway: Gateway, tasks: TaskRunner, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._gateway, self._tasks, self._notices = window, gateway, tasks, notices
        self.typed = HeldKeys()
        self._under_way = False
        tasks.crashed.connect(self._on_crashed)

    def begin(self) -> None:
        """Open the station, or say why it cannot be."""
        self.after(lambda: None)

    def after(self, work: Callable[[], None]) -> None:
        """Do ``work`` on the files of a station that is closed, then open it."""
        self.typed.forget()
        self._window.show_screen(OpeningScreen(self.typed))

        def work_and_open() -> Any:
            work()
            return self._gateway.open() if self._gateway.exists() else None

        self._run(work_and_open, self.opened.emit, self.show_failure)

    def show_failure(self, error: AppError) -> None:
        """Say why, and offer what can be done."""
        self._run(
            self._gateway.safety.last_backup,
            lambda backup: self._show_rescue(error, backup),
            lambda _: self._show_rescue(error, None),
        )

    def _show_rescue(self, error: AppError, backup: BackupEntry | None) -> None:
        if error.code == EMPTY and backup is None:
            # The making of the station was cut off; the wizard makes it anew in the same place.
            self.opened.emit(None)
            return
        self.typed.forget()
        screen = RescueScreen(error, backup)
        screen.again.connect(self.begin)
        screen.passphrase_given.connect(lambda text: self._try(screen, lambda: self._gateway.open(text)))
        screen.code_given.connect(lambda code: self._recover(screen, code))
        screen.backup_asked.connect(lambda: self._restore(screen, backup))
        self._window.show_screen(screen)

    def _recover(self, screen: RescueScreen, code: str) -> None:
        def recover_and_open() -> Any:
            self._gateway.safety.recover(code)
            return self._gateway.open()

        self._try(screen, recover_and_open)

    def _try(self, screen: RescueScreen, work: Callable[[], Any]) -> None:
        def refuse(error: AppError) -> None:
            typed_wrong = error.code in LOCKED or error.code.startswith("storage.recovery")
            screen.refuse(error) if typed_wrong else self.show_failure(error)

        screen.wait(True)
        self._run(work, self.opened.emit, refuse, screen)

    def _restore(self, screen: RescueScreen, backup: BackupEntry | None) -> None:
        screen.wait(True)
        self._run(self._gateway.safety.restore_last, self._on_restored, self._on_not_restored, screen)

    def _on_restored(self, kept: Path | None) -> None:
        name = f"损坏的文件保留为 {kept.name}。" if kept else ""
        text = f"已打开最近一次完好的备份。{name}备份之后受理的办件，请按纸质回执补录。"
        self._notices.say(text, Tone.WARN)
        self.begin()

    def _on_not_restored(self, error: AppError) -> None:
        self._notices.say(sentence(error), Tone.DANGER)
        self.show_failure(AppError("storage.damaged"))

    def _run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[AppError], None],
        receiver: QObject | None = None,
    ) -> None:
        def ended(then: Callable[[Any], None], value: Any) -> None:
            self._under_way = False
            then(value)

        self._under_way = True
        self._tasks.run(
            self._tasks.in_background,
            work,
            on_done=lambda value: ended(on_done, value),
            on_error=lambda error: ended(on_error, error),
            receiver=receiver or self,
        )

    def _on_crashed(self, _: BaseException) -> None:
        # The report stands in its own dialog; the screen must not go on saying that the store is being opened.
        if self._under_way:
            self._under_way = False
            self._show_rescue(AppError("storage.cannot_open"), None)
