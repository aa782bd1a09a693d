"""Codes shown to the ticket machine: an enterprise's goes onto the ticket, a missed ticket gets back in line."""

from typing import Any

from PySide6.QtCore import QObject

from desktop import words
from desktop.messages import sentence
from desktop.messages.codes import verdict_sentences
from desktop.modes.kiosk.gun_keys import GunKeys
from desktop.modes.kiosk.view import KioskView
from desktop.modes.mode_page import ModeContext
from desktop.scanning.camera import CameraSheet, FrameSource, system_camera
from desktop.scanning.serial import SerialGun
from desktop.scanning.words import ticket_words
from desktop.widgets import Tone
from domain.codes.profiles import MAX_TEXT_CHARS
from domain.codes.verdict import Answer
from domain.errors import AppError
from domain.queue.model import Ticket, TicketState, Visitor
from services.scans import Scan, TicketFacts, scan

WINDOW = "kiosk"
_BACK = (TicketState.MISSED, TicketState.LEFT)


class CodeDesk(QObject):
    """Reads by the gun's keys, by its serial port, or by a camera, and tells ``page`` what came of it."""

    def __init__(self, page: KioskView, context: ModeContext) -> None:
        super().__init__(page)
        self._page: Any = page
        self._context = context
        self.make_camera = system_camera
        self._source: FrameSource | None = None
        self._sheet: CameraSheet | None = None
        self.keys = GunKeys(self)
        self.gun = SerialGun(self)
        self.keys.scanned.connect(self.take)
        self.gun.scanned.connect(self.take)
        page.code.camera_asked.connect(self._open_camera)
        context.settings.changed.connect(self._use_gun)
        self._use_gun()

    def ask(self) -> None:
        """The visitor wants to show a code."""
        if self._source is None:
            self._source = self.make_camera(self)
        self._page.code.ask(gun=self._context.takes_keys, camera=bool(self._source.cameras()))

    def take(self, text: str) -> None:
        """A code was read. It is the device that looks at it, whoever works at the desk beside."""
        station = self._context.station
        self._context.tasks.run(
            station.submit,
            scan,
            text[: MAX_TEXT_CHARS + 1],
            window=WINDOW,
            as_actor=station.device_actor,
            on_done=self._on_scan,
            on_error=self._on_refused,
        )

    def stop(self) -> None:
        """Look through no camera."""
        if self._sheet is not None:
            self._sheet.close_sheet()

    def end(self) -> None:
        """Let go of gun and camera."""
        self.stop()
        self.gun.stop()

    def _use_gun(self, _: Any = None) -> None:
        # Beside a desk the gun is the clerk's.
        if self._context.takes_keys:
            settings = self._context.settings.value
            self.gun.use(settings.scanner_port, settings.scanner_baud)

    def _open_camera(self) -> None:
        if self._sheet is None and self._source is not None:
            self._sheet = CameraSheet(self._page, self._context.tasks, self._source)
            self._sheet.close_button.setProperty("role", "hall-button")
            self._sheet.scanned.connect(self.take)
        if self._sheet is not None:
            self._sheet.open()

    def _on_scan(self, found: Scan) -> None:
        if found.ticket is not None:
            self._take_ticket(found.ticket)
        elif found.uscc and found.verdict.answer is Answer.VALID:
            self._page.take_visitor(Visitor(found.uscc, found.name), verified=True)
        elif found.uscc and found.verdict.answer is Answer.CANNOT_TELL:
            self._page.take_visitor(Visitor(found.uscc), verified=False)
        else:
            why = "".join(verdict_sentences(found.verdict)) or "没有认出这个码。"
            self._refuse(f"{why}可以再试一次，也可以不用企业码直接取号。")

    def _take_ticket(self, ticket: TicketFacts) -> None:
        view = self._page.view
        if ticket.state in _BACK and view and words.moment(ticket.issued_at, view.zone)[:10] == view.day:
            self._context.queue.act("resume", ticket.id, on_done=self._on_back, on_error=self._on_refused)
        else:
            self._page.tell(ticket.number, f"{ticket_words(ticket)}。", None)

    def _on_back(self, ticket: Ticket) -> None:
        self._page.tell(f"{ticket.number} 已重新排队", "请在大厅等候，留意叫号。", Tone.OK)

    def _on_refused(self, error: AppError) -> None:
        self._refuse(sentence(error))

    def _refuse(self, text: str) -> None:
        self._page.ask_code()
        self._page.code.tell(text)
