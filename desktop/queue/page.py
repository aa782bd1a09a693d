"""排队: the line, the windows, those who may come back and those who are through; and a number for who has none."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.messages import sentence
from desktop.queue import lists, wording
from desktop.queue.live.window_panel import renew
from desktop.queue.page_view import ALL, QueueView
from desktop.queue.row_actions import RowActions, TicketPapers
from desktop.queue.serving import Serving
from desktop.shell.page import Command, PageContext
from desktop.widgets import Choice
from desktop.window_words import window_words
from domain.queue.desk import HallView, IssuedTicket, TicketLine, TicketOrder
from domain.queue.statistics import Figures, QueueStatistics
from services.scans import Scan

SOON_MS = 80
FIGURES_MS = 2_000


class QueuePage(QueueView):
    """The queue page. What is shown follows the board; while the page is hidden, nothing is asked."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._context, self._board = context, context.queue
        self._tickets: tuple[TicketLine, ...] = ()
        self._wanted = ""
        self._prints = True
        self.serving = Serving(context.settings, self)
        self.serving.use(self._board)
        self.papers = TicketPapers(self, context)
        self.row_actions = RowActions(self, context, self.serving, self.papers)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._figures = QTimer(self, singleShot=True, interval=FIGURES_MS)
        self._figures.timeout.connect(self._ask_figures)
        self._connect()
        self._show_list()

    def on_shown(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_item(self, argument: Any) -> None:
        """Show a ticket by its id."""
        self._wanted = str(argument)
        self._find()

    def on_scan(self, scan: Scan) -> bool:
        """A ticket is found; an enterprise takes a number."""
        if scan.ticket is not None and scan.ticket.state is not None:
            self.open_item(scan.ticket.id)
            return True
        if scan.uscc is not None:
            self.take.set_enterprise(scan.uscc, scan.name)
            self.take.group.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def commands(self) -> list[Command]:
        return [
            Command("替来访者取号", self._begin_taking, "printer", words="quhao qh"),
            Command("排队：查找号码", self._find_number, "magnifying-glass", words="paidui pd"),
        ]

    def refresh(self) -> None:
        """Ask for the list that is shown."""
        name = self.which.value()
        if self._board is None or not self.isVisible() or name == lists.WINDOWS:
            return
        if name == lists.LINE:
            self._board.ask("line", on_done=lambda found: self._on_tickets(lists.LINE, found))
        else:
            self._board.ask("tickets", on_done=lambda found: self._on_tickets(name, found))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._board is not None and self._board.view is not None:
            self._on_view(self._board.view)
        self._ask_figures()

    def hideEvent(self, event: QHideEvent) -> None:
        self._soon.stop()
        self._figures.stop()
        super().hideEvent(event)

    def _connect(self) -> None:
        if self._board is not None:
            self._board.changed.connect(self._on_view)
        self.which.chosen.connect(lambda _: self._show_list())
        self.group.chosen.connect(lambda _: self._show_rows())
        self.search.textChanged.connect(lambda _: self._show_rows())
        self.search.returnPressed.connect(self._choose_first)
        self.serving.changed.connect(self._show_message)
        self.bar.acted.connect(self.serving.confirm)
        self.bar.closed.connect(self.serving.forget)
        self.take.asked.connect(self._on_take)
        self.take.again_asked.connect(self.papers.print_again)
        find = QShortcut(QKeySequence("Ctrl+F"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find_number)

    def _on_view(self, view: HallView) -> None:
        self.view = view
        if not self.isVisible():
            return
        groups = [Choice(one.code, f"{one.code} {one.name}") for one in view.groups]
        renew(self.group, [Choice(ALL, "全部队列"), *groups])
        self.take.show_view(view)
        self.tables[lists.WINDOWS].show_rows(view.windows, view.now_ms)
        self.row_actions.show()
        self._soon.start()
        if not self._figures.isActive():
            self._figures.start()

    def _on_tickets(self, name: str, found: Any) -> None:
        if name == self.which.value():
            self._tickets = tuple(one for one in found if lists.belongs(one, name))
            self._show_rows()

    def _show_list(self) -> None:
        self._tickets = ()
        self._show_rows()
        self.refresh()

    def _show_rows(self) -> None:
        name, now = self.which.value(), self.serving.now_ms
        rows: list[Any] = list(self.view.windows) if self.view and name == lists.WINDOWS else []
        if name != lists.WINDOWS:
            rows = lists.matching(self._tickets, self.group.value() or ALL, self.search.text())
            if name == lists.ENDED:
                rows.sort(key=lambda one: -(one.ended_at or 0))
            self.table.show_rows(rows, now)
        self.count.setText(f"{len(rows)} 个号" if name != lists.WINDOWS else "")
        shown = self.nothing[name] if not rows and name in self.nothing else self.table
        self.stack.setCurrentWidget(shown)
        if self._wanted and self.table.rows.place_of(self._wanted) is not None:
            self.table.choose(self._wanted)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._wanted = ""
        elif rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
        self.row_actions.show()

    def _show_message(self) -> None:
        message = self.serving.message
        if message is None:
            self.bar.hide()
        else:
            self.bar.say(message.text, message.tone, message.action)

    def _on_take(self, order: TicketOrder, prints: bool) -> None:
        if self._board is None:
            return
        self._prints = prints
        self.take.set_busy(True)
        self._board.issue(order, on_done=self._on_issued, on_error=self._on_not_issued)

    def _on_issued(self, issued: IssuedTicket) -> None:
        self.take.set_busy(False)
        self.take.show_issued(issued)
        if self._prints:
            self.papers.print(issued)

    def _on_not_issued(self, error: Any) -> None:
        self.take.set_busy(False)
        self.take.show_refusal(sentence(error), enterprise=error.code.startswith("uscc."))

    def _ask_figures(self) -> None:
        if self._board is not None and self.isVisible():
            self._board.ask("statistics", on_done=self._on_figures)

    def _on_figures(self, found: QueueStatistics) -> None:
        own = next((one for one in found.by_window if one.key == self.serving.place), None)
        self.own.setText(_own_words(self.serving.place, own))
        wait = found.total.mean_wait_ms
        waited = f"，平均等候 {wording.waited(wait)}" if wait is not None else ""
        self.hall.setText(f"全大厅发号 {found.total.tickets} 个，办结 {found.finished} 个{waited}。")

    def _find(self) -> None:
        if self._board is not None:
            self._board.ask("tickets", on_done=self._on_found)

    def _on_found(self, tickets: Any) -> None:
        ticket = next((one for one in tickets if one.id == self._wanted), None)
        if ticket is None:
            return
        self.search.clear()
        self.group.set_value(ALL)
        self.which.set_value(lists.list_of(ticket))
        if self.which.value() == lists.WINDOWS:
            self._wanted = ticket.window
        self._show_list()

    def _choose_first(self) -> None:
        if self.table.rows.rowCount():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _find_number(self) -> None:
        self._context.navigator.open("queue")
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _begin_taking(self) -> None:
        self._context.navigator.open("queue")
        self.take.group.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _own_words(place: str, figures: Figures | None) -> str:
    if not place:
        return "没有设本机窗口号。"
    if figures is None or not figures.served:
        return f"{window_words(place)}今天还没有接待。"
    mean = figures.mean_service_ms
    average = f"，平均 {wording.clock(mean)}" if mean is not None else ""
    doubtful = f"（{figures.doubtful} 个用时不准，不计入平均）" if figures.doubtful else ""
    return f"{window_words(place)}接待 {figures.served} 位{average}{doubtful}。"
