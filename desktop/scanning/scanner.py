"""The one way from any scanned text to the page in front."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from desktop.scanning.words import told, tone
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, Page
from desktop.shell.tasks import TaskRunner
from domain.codes.profiles import MAX_TEXT_CHARS
from services.scans import Found, Scan, scan

ENTERPRISES, INTAKE, CASES, CALLBACKS = "enterprises", "intake", "cases", "callbacks"
SUPERVISION, SETTINGS = "supervision", "settings"
INVITATION = "qifu-enrol:"
"""How the QR code begins by which a centre is joined (``sync/enrol_code.py``)."""


class Front(Protocol):
    """What the scanner needs to know of the window."""

    def page(self) -> Page | None:
        """The page in front; None while there is none to work with (wizard, sign-in, lock)."""
        ...

    def offers(self, page_id: str) -> bool:
        """Whether there is such a page."""
        ...


class Scanner(QObject):
    """Takes texts; ``slip_found`` carries a genuine slip whose case is not here, ``answered`` every answer."""

    answered = Signal(object)
    slip_found = Signal(object)

    def __init__(
        self, front: Front, tasks: TaskRunner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._front, self._tasks, self._notices = front, tasks, notices
        self.station: Any = None
        self._navigator: Navigator | None = None
        self._window: Callable[[], str] = lambda: ""
        self._held: Callable[[], bool] = lambda: False
        self._waiting: list[Scan] = []

    def use(self, station: Any, navigator: Navigator, window: Callable[[], str]) -> None:
        """Scan with this station from now on; ``window`` tells the window's number."""
        self.station, self._navigator, self._window = station, navigator, window

    def hold_while(self, held: Callable[[], bool]) -> None:
        """Answers wait while ``held()``, until ``release``: the focus is still in the strip."""
        self._held = held

    def take(self, text: str) -> None:
        """One scan from any source; nothing happens while there is no page to work with."""
        if not text.strip("\r\n\t") or self.station is None or self._front.page() is None:
            return
        if text.lower().startswith(INVITATION) and self._front.offers(SETTINGS):
            assert self._navigator is not None
            self._navigator.open(SETTINGS, text)
            return
        # One more than is allowed says as well as a megabyte that it is too long.
        self._tasks.run(
            self.station.submit,
            scan,
            text[: MAX_TEXT_CHARS + 1],
            window=self._window(),
            on_done=self._on_scan,
            receiver=self,
        )

    def release(self) -> None:
        """Pass on what has waited."""
        waiting, self._waiting = self._waiting, []
        for found in waiting:
            self._route(found)

    def _on_scan(self, found: Scan) -> None:
        if self._held():
            self._waiting.append(found)
        else:
            self._route(found)

    def _route(self, found: Scan) -> None:
        page = self._front.page()
        if page is None:
            return
        if found.found is Found.NOTHING:
            self._notices.say(told(found), tone(found))
        elif not page.on_scan(found):
            self._open(found)
        self.answered.emit(found)

    def _open(self, found: Scan) -> None:
        assert self._navigator is not None
        if found.found is Found.CALLBACK:
            if self._front.offers(CALLBACKS):
                self._navigator.open(CALLBACKS, found.scanned)
        elif found.found is Found.RATING:
            # Never the case: who looks into the box need not know what it was about.
            if found.case is not None and self._front.offers(SUPERVISION):
                self._navigator.open(SUPERVISION, found)
        elif found.case is not None:
            self._navigator.open(CASES, found.case)
        elif found.slip is not None:
            self.slip_found.emit(found.slip)
            return
        elif found.ticket is None:
            self._open_enterprise(found)
        self._notices.say(told(found), tone(found))

    def _open_enterprise(self, found: Scan) -> None:
        assert self._navigator is not None
        if self._front.offers(ENTERPRISES):
            self._navigator.open(ENTERPRISES, found.uscc)
        else:
            self._navigator.open(INTAKE, found)
