"""The settings page: two columns of cards that scroll."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.gateway import StationFacts
from desktop.settings_page.safety import BackupCard, ConfirmButton, DoctorCard, RecoveryCard
from desktop.settings_page.sections import LockCard, LooksCard, PrintersCard, WindowCard
from desktop.settings_page.staff import StaffCard
from desktop.shell.page import Command, Page, PageContext
from desktop.widgets import Card, label, title


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
        self.station_card = StationCard()
        self.looks = LooksCard(context.settings)
        self.lock = LockCard(context.settings)
        self.window_card = WindowCard(context.settings)
        self.printers = PrintersCard(context.settings, printer_names)
        self.backup = BackupCard(context)
        self.recovery = RecoveryCard(context)
        self.doctor = DoctorCard(context)
        self.staff = StaffCard(context)
        self.demo = DemoCard()
        self.demo.wipe.confirmed.connect(context.navigator.wipe_asked)
        self.backup.restore_asked.connect(context.navigator.restore_asked)
        self._lay_out()

    def on_shown(self) -> None:
        """Show what the station is now, and the copies there are."""
        self._context.tasks.run(self._context.gateway.facts, self._context.station, on_done=self._on_facts)
        self.backup.load()
        self.looks.scheme.setFocus()

    def on_changes(self, changes: Any) -> None:
        """The site's document may have changed."""
        if "reference" in changes.areas and self.isVisible():
            self._context.tasks.run(
                self._context.gateway.facts, self._context.station, on_done=self._on_facts
            )

    def commands(self) -> list[Command]:
        """Upkeep by name."""
        return [Command("立即备份", self.backup._on_make_clicked, "floppy-disk", words="ljbf bf backup")]

    def _on_facts(self, facts: StationFacts) -> None:
        self.station_card.show_facts(facts)
        self.staff.show_staff(facts)
        self.demo.setVisible(facts.demo)

    def _lay_out(self) -> None:
        left = _column(self.station_card, self.window_card, self.looks, self.lock, self.staff)
        right = _column(self.printers, self.backup, self.recovery, self.doctor, self.demo)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 8, 12)
        outer.addWidget(title("设置"))
        outer.addWidget(area, 1)


class StationCard(Card):
    """本站: what the site's document says; a centre publishes it, a lone station its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("本站", parent)
        self._lines = label("", wrap=True)
        self.body.addWidget(self._lines)

    def show_facts(self, facts: StationFacts) -> None:
        """Show the station's facts, leaving out what is not filled in."""
        rows = (
            ("名称", facts.site_name),
            ("代码", facts.site_letters),
            ("电话", facts.phone),
            ("地址", facts.address),
            ("密钥", facts.key_where),
        )
        self._lines.setText("\n".join(f"{name}：{value}" for name, value in rows if value))


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
