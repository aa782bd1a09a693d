"""督办: the supervisor's page beside the live hall."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop.ratings.board import RatingsBoard
from desktop.ratings.columns import LISTS as RATED
from desktop.ratings.paper import PaperRatings
from desktop.shell.page import Command, Page, PageContext
from desktop.supervision.columns import LISTS
from desktop.supervision.columns import PENDING as WAITING
from desktop.supervision.pending import PendingBoard
from desktop.supervision.problems import ProblemsBoard
from desktop.supervision.watch import WatchBoard
from desktop.widgets import ActionButton, NoticeBar, Segments, Tone, title
from services.desk import desk_facts
from services.permissions import allows
from services.scans import Found, Scan

WATCH, PENDING, PROBLEMS, RATINGS, PAPER = "watch", "pending", "problems", "ratings", "paper"
SECTIONS = (
    (WATCH, "督办清单"),
    (PENDING, "待批待裁"),
    (PROBLEMS, "问题清单"),
    (RATINGS, "差评"),
    (PAPER, "纸质评价"),
)
AREAS = frozenset({"cases", "ratings", "supervision", "problems", "reference"})
MINUTE_MS = 60_000
SOON_MS = 80
READ_ONLY = "现在只能看。要处理，请由督办或管理员登录（点右上角的姓名换人）。"


class SupervisionPage(Page):
    """One section is looked at and asked for at a time. Limits run out by themselves: looked at once a minute."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.section = Segments(SECTIONS, name="督办什么")
        self.hall = ActionButton("大厅实况", icon_name="desktop")
        self.bar = NoticeBar()
        self.watch, self.pending = WatchBoard(context), PendingBoard(context)
        self.problems = ProblemsBoard(context)
        self.ratings, self.paper = RatingsBoard(context), PaperRatings(context)
        self.stack = QStackedWidget()
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._lay_out()
        self._minute.timeout.connect(self.refresh)
        self._soon.timeout.connect(self.refresh)
        self.section.chosen.connect(self.show_section)
        self.hall.clicked.connect(lambda: context.navigator.open("hall"))

    def on_shown(self) -> None:
        self._context.tasks.run(self._context.station.submit, desk_facts, on_done=self._on_facts)
        self.refresh()
        self._front.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _front(self) -> Any:
        return self.stack.currentWidget()

    def on_changes(self, changes: Any) -> None:
        if (changes.elsewhere or changes.areas & AREAS) and self.isVisible():
            self._soon.start()

    def open_item(self, argument: Any) -> None:
        """A section, one of the lists of the sections, or the scanned code of a rating form (评价表)."""
        if isinstance(argument, Scan):
            self.show_section(PAPER)
            self.on_scan(argument)
            return
        if argument in dict(SECTIONS):
            self.show_section(argument)
        boards = (
            (WATCH, self.watch, LISTS),
            (PENDING, self.pending, WAITING),
            (RATINGS, self.ratings, RATED),
        )
        for section, board, lists in boards:
            if argument in dict(lists):
                self.show_section(section)
                board.choose_list(argument)
                return

    def on_scan(self, scan: Scan) -> bool:
        """A rating form is entered; in 纸质评价 a slip, a number or a ticket says what is rated, too."""
        if scan.found is Found.RATING and scan.case is not None:
            self._enter_form(scan)
            return True
        if self.section.value() != PAPER:
            return False
        if scan.found is Found.TICKET and scan.ticket is not None:
            self.paper.take(scan.ticket.id, scan.ticket.number)
        elif scan.case is not None:
            self._enter_form(scan)
        else:
            return False
        return True

    def commands(self) -> list[Command]:
        return [
            Command(f"督办：{word}", lambda name=name: self._go(name), "flag", words="duban db")  # type: ignore[misc]
            for name, word in SECTIONS
        ]

    def refresh(self) -> None:
        """What is looked at, anew."""
        if self._front is not self.paper and self.isVisible():
            self._front.refresh()

    def show_section(self, name: str) -> None:
        """Bring one section to the front."""
        self.section.set_value(name)
        self.stack.setCurrentIndex([section for section, _ in SECTIONS].index(name))
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self._minute.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._minute.stop()
        self._soon.stop()
        super().hideEvent(event)

    def _go(self, name: str) -> None:
        self._context.navigator.open("supervision")
        self.show_section(name)

    def _enter_form(self, scan: Scan) -> None:
        self.show_section(PAPER)
        if scan.case is not None:
            self.paper.take(scan.case, scan.slip.number if scan.slip else scan.text)

    def _on_facts(self, facts: Any) -> None:
        may = allows(facts.actor, "supervise")
        self.paper.record.setEnabled(may)
        if may:
            self.bar.hide()
        else:
            self.bar.say(READ_ONLY, Tone.INFO)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(title("督办"))
        head.addWidget(self.section)
        head.addStretch(1)
        head.addWidget(self.hall)
        for part in (self.watch, self.pending, self.problems, self.ratings, self.paper):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
