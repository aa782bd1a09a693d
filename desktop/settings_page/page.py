"""The settings page: two columns of cards that scroll."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.gateway import StationFacts
from desktop.settings_page.hub import HubCard
from desktop.settings_page.kiosk import KioskCard
from desktop.settings_page.papers import PapersCard
from desktop.settings_page.queue import QueueCard
from desktop.settings_page.safety import BackupCard, DoctorCard, RecoveryCard
from desktop.settings_page.scanner import ScannerCard
from desktop.settings_page.sections import LockCard, LooksCard, PrintersCard, WindowCard
from desktop.settings_page.site import SiteCard
from desktop.settings_page.staff import PasswordCard, StaffCard
from desktop.settings_page.tickets import TicketCard
from desktop.settings_page.voice import VoiceCard
from desktop.shell.page import Command, Page, PageContext
from desktop.sync.enrol_card import EnrolCard
from desktop.sync.enrol_form import SCANNED
from desktop.sync.settings_card import SyncCard
from desktop.widgets import Card, ConfirmButton, label, title

SAFETY, HUB = "safety", "hub"


def system_printers() -> list[str]:
    """The names of the system's printers. The print module is large and loaded only here."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return QPrinterInfo.availablePrinterNames()


class SettingsPage(Page):
    """设置."""

    def __init__(
        self, context: PageContext, printer_names: Callable[[], list[str]] = system_printers
    ) -> None:
        super().__init__()
        self._context = context
        self.site = SiteCard(context)
        self.queue = QueueCard(context)
        self.hub = HubCard(context)
        self.enrol = EnrolCard(context)
        self.looks = LooksCard(context.settings)
        self.lock = LockCard(context.settings)
        self.window_card = WindowCard(context.settings)
        self.printers = PrintersCard(context.settings, printer_names)
        self.tickets = TicketCard(context)
        self.papers = PapersCard(context)
        self.kiosk = KioskCard(context)
        self.scanner = ScannerCard(context)
        self.voice = VoiceCard(context)
        self.sync = SyncCard(context)
        self.backup = BackupCard(context)
        self.recovery = RecoveryCard(context)
        self.doctor = DoctorCard(context)
        self.staff = StaffCard(context)
        self.password = PasswordCard(context)
        self.demo = DemoCard()
        self.demo.wipe.confirmed.connect(context.navigator.wipe_asked)
        self.backup.restore_asked.connect(context.navigator.restore_asked)
        self._lay_out()

    def on_shown(self) -> None:
        """Show what the station is now, and the copies there are."""
        self._ask_facts()
        self.scanner.load_trust()
        self.backup.load()
        self.enrol.load()
        self.window_card.number.setFocus()

    def on_changes(self, changes: Any) -> None:
        """The site's document may have changed."""
        if ("reference" in changes.areas or changes.elsewhere) and self.isVisible():
            self._ask_facts()

    def open_item(self, argument: Any) -> None:
        """Bring the part that was asked for into view: ``safety`` is about recovery code and key.

        The text of an invitation's QR code goes into the form by which a centre is joined.
        """
        if isinstance(argument, str) and argument.lower().startswith(SCANNED):
            self.enrol.take(argument)
            QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(self.enrol.form))
        elif argument == SAFETY:
            QTimer.singleShot(0, self, self._show_safety)
        elif argument == HUB:
            QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(self.hub))

    def commands(self) -> list[Command]:
        """Upkeep by name."""
        return [Command("立即备份", self.backup._on_make_clicked, "floppy-disk", words="ljbf bf backup")]

    def _show_safety(self) -> None:
        self._area.ensureWidgetVisible(self.recovery)
        self.recovery.new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_facts(self) -> None:
        self._context.tasks.run(self._context.gateway.facts, self._context.station, on_done=self._on_facts)
        self.site.load()
        self.queue.load()
        self.hub.load()

    def _on_facts(self, facts: StationFacts) -> None:
        self.staff.show_staff(facts)
        self.password.show_for(facts, self._context.station.actor.id)
        self.recovery.show_facts(facts)
        self.demo.setVisible(facts.demo)

    def _lay_out(self) -> None:
        left = _column(
            self.window_card,
            self.voice,
            self.queue,
            self.hub,
            self.scanner,
            self.site,
            self.enrol,
            self.staff,
            self.demo,
        )
        right = _column(
            self.printers,
            self.papers,
            self.tickets,
            self.kiosk,
            self.looks,
            self.lock,
            self.password,
            self.sync,
            self.backup,
            self.recovery,
            self.doctor,
        )
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 8, 12)
        outer.addWidget(title("设置"))
        outer.addWidget(area, 1)


class DemoCard(Card):
    """演示中心: wiping it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("演示中心", parent)
        self.wipe = ConfirmButton("清除演示数据，重新开始…", "确认清除：演示办件全部删除")
        self.body.addWidget(label("这里的企业和办件都是虚构的。清除后回到首次使用向导。", "small", wrap=True))
        self.body.addWidget(self.wipe, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()


def _column(*cards: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return column
