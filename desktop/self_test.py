"""``qifu-desk --self-test``: the real window over a throw-away demonstration centre, without a person or a display.

It opens, shows intake, takes what is typed, finds the enterprise, and ends with 0; otherwise it says what was missing
and ends with 1. The frozen program runs it to show that nothing was left out of it.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from desktop.app import Desk

PATIENCE_MS = 60_000
LOOK_MS = 50
TYPED = "云溪"


def use_no_display(folder: Path) -> None:
    """Draw into memory, and keep what the store leaves outside its home in ``folder``."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QIFU_WITNESS_DIR"] = str(folder / "witness")


class Trial(QObject):
    """One run over an open desk; ``step`` says how far it came."""

    def __init__(self, desk: "Desk", application: QApplication) -> None:
        super().__init__(application)
        self._desk, self._application = desk, application
        self.step = "opening the station"
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._on_look)
        desk.startup.ready.connect(self._on_ready)
        desk.tasks.crashed.connect(self.fail)
        QTimer.singleShot(PATIENCE_MS, self, lambda: application.exit(1))

    def _on_ready(self) -> None:
        self.step = "typing into intake"
        self._desk.window.open_page("intake")
        field = self._page.who.entry.editor
        for character in TYPED:
            press = QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
            QApplication.sendEvent(field, press)
        if field.text() == TYPED:
            self.step = "finding an enterprise"
            self._look.start()

    def _on_look(self) -> None:
        if self._page.who.offers.count():
            self.step = ""
            self._application.exit(0)

    def fail(self, error: BaseException) -> None:
        """End now: something went wrong that nobody expected."""
        self.step = f"{self.step}: {type(error).__name__}: {error}"
        self._application.exit(1)

    @property
    def _page(self) -> Any:
        return self._desk.window.frame.pages.currentWidget()


def run(make_application: Callable[[list[str]], QApplication]) -> int:
    """0 when the window worked, else 1 with one line on stderr."""
    with tempfile.TemporaryDirectory(prefix="qifu-self-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        use_no_display(folder)
        trial = _run_in(folder / "home", make_application(sys.argv[:1]))
    if trial.step:
        sys.stderr.write(f"self-test failed: {trial.step}\n")
    else:
        sys.stdout.write("self-test passed\n")
    return 1 if trial.step else 0


def _run_in(home: Path, application: QApplication) -> Trial:
    from desktop.app import Desk
    from desktop.gateway import StationPlan

    desk = Desk(application, home)
    desk.gateway.make(StationPlan(demo=True))
    trial = Trial(desk, application)
    sys.excepthook = lambda kind, error, trace: trial.fail(error)
    desk.begin()
    application.exec()
    desk.end()
    return trial
