"""What is done with the ticket that is chosen on the queue page, and its paper."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from desktop.printing.tickets import TicketPrinter
from desktop.queue import lists, wording
from desktop.queue.menus import closing_menu, drop_down, transfer_menu
from desktop.queue.page_view import QueueView
from desktop.queue.paper import ticket_paper
from desktop.queue.serving import Serving
from desktop.shell.page import PageContext
from domain.printing.papers import Ticket as TicketPaper
from domain.queue.desk import IssuedTicket, TicketLine
from domain.queue.model import TicketState
from services.cases import case_numbers


class TicketPapers(QObject):
    """小票: printed, and printed again with the number of the copy."""

    def __init__(self, view: QueueView, context: PageContext) -> None:
        super().__init__(view)
        self._view, self._board = view, context.queue
        self._copies: dict[str, TicketPaper] = {}
        self.printer = TicketPrinter(
            context.settings, context.tasks, context.notices, context.gateway.home, parent=self
        )

    def print(self, issued: IssuedTicket) -> None:
        """Print a number, as a further copy where it came out here before."""
        if self._view.view is None:
            return
        before = self._copies.get(issued.ticket.id)
        paper = ticket_paper(issued, self._view.view) if before is None else before.again()
        self._copies[issued.ticket.id] = paper
        self.printer.print(paper)

    def print_again(self, ticket: str) -> None:
        """Print a number that was given out, here or elsewhere."""
        if self._board is not None:
            self._board.ask("issued", ticket, on_done=self.print)


class RowActions(QObject):
    """The buttons below the lists."""

    def __init__(self, view: QueueView, context: PageContext, serving: Serving, papers: TicketPapers) -> None:
        super().__init__(view)
        self._view, self._context, self._serving, self._papers = view, context, serving, papers
        for table in view.tables.values():
            table.chosen.connect(lambda _: self.show())
            table.opened.connect(lambda _: self.go())
        self._connect()

    def show(self) -> None:
        """Offer what can be done with the one that is chosen."""
        view = self._view
        name, row = view.which.value(), self._row()
        held = row is not None and row.state is TicketState.HELD
        left = row is not None and row.state in (TicketState.LEFT, TicketState.MISSED)
        view.go.setVisible(name in (lists.LINE, lists.BACK))
        view.go.set_label("继续办理" if held else "叫这一位")
        view.rejoin.setVisible(name in (lists.BACK, lists.ENDED) and left)
        view.transfer.setVisible(name in (lists.LINE, lists.BACK))
        view.leave.setVisible(name in (lists.LINE, lists.BACK))
        view.leave.set_question(f"确认：{row.number} 已离开" if row is not None else "确认离开")
        view.wrong.setVisible(name == lists.ENDED)
        view.wrong.set_label("用时准" if row is not None and row.time_wrong else "用时不准")
        view.case.setVisible(row is not None and bool(row.cases))
        for button in (view.go, view.transfer, view.leave, view.wrong, view.again):
            button.setEnabled(row is not None)
        view.go.setEnabled(row is not None and self._serving.window is not None)
        view.go.setToolTip("" if self._serving.window is not None else wording.NO_WINDOW)

    def go(self) -> None:
        """Call the one that is chosen, or go on with who was held."""
        row = self._row()
        if (
            row is None
            or self._serving.window is None
            or self._view.which.value() not in (lists.LINE, lists.BACK)
        ):
            return
        if row.state is TicketState.HELD:
            self._serving.resume(row)
        else:
            self._serving.call(row.id, row.number)

    def _connect(self) -> None:
        self._view.go.clicked.connect(self.go)
        self._view.rejoin.clicked.connect(lambda: self._with_row(self._serving.rejoin))
        self._view.transfer.clicked.connect(lambda: self._with_row(self._ask_where))
        self._view.leave.confirmed.connect(
            lambda: self._with_row(lambda one: self._serving.do("leave", one.id))
        )
        self._view.wrong.clicked.connect(
            lambda: self._with_row(lambda one: self._serving.do("mark_time", one.id, not one.time_wrong))
        )
        self._view.again.clicked.connect(lambda: self._with_row(lambda one: self._papers.print_again(one.id)))
        self._view.case.clicked.connect(lambda: self._with_row(self._ask_cases))

    def _row(self) -> TicketLine | None:
        row = self._view.table.row()
        return row if isinstance(row, TicketLine) else getattr(row, "ticket", None)

    def _with_row(self, act: Any) -> None:
        row = self._row()
        if row is not None:
            act(row)

    def _ask_where(self, ticket: TicketLine) -> None:
        pick = lambda group, window: self._serving.do("transfer", ticket.id, group, window)  # noqa: E731
        drop_down(transfer_menu(self._serving, self._view, ticket.group, pick), self._view.transfer)

    def _ask_cases(self, ticket: TicketLine) -> None:
        submit, run = self._context.station.submit, self._context.tasks.run
        run(submit, case_numbers, ticket.cases, on_done=self._on_cases, receiver=self)

    def _on_cases(self, cases: Any) -> None:
        if len(cases) == 1:
            self._context.navigator.open("cases", cases[0][0])
        elif cases:
            menu: QMenu = closing_menu(self._view)
            for case_id, number in cases:
                menu.addAction(number, partial(self._context.navigator.open, "cases", case_id))
            drop_down(menu, self._view.case)
