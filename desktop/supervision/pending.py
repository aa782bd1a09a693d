"""待批待裁: extensions that boards ask for, and returns that a supervisor may decide."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.cases.board_forms import DecideReturnForm
from desktop.cases.time_forms import DecideExtensionForm
from desktop.shell.page import PageContext
from desktop.supervision.board import CasesBoard
from desktop.supervision.columns import MOST, PENDING, pending_columns
from services.case_lists import count_lists, read_list

FORMS = {"extensions": (DecideExtensionForm, "记下审批"), "returns": (DecideReturnForm, "记下裁定")}


class PendingBoard(CasesBoard):
    """待批延期、待裁定退回."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        form, word = FORMS[PENDING[0][0]]
        super().__init__(context, PENDING, pending_columns(lambda: self.facts), form, word, parent)

    def key_of(self, row: Any) -> str:
        return str(row.id)

    def read(self, name: str) -> None:
        run, submit = self.context.tasks.run, self.context.station.submit
        run(submit, count_lists, on_done=self._on_counts)
        run(
            submit,
            read_list,
            name,
            sort="due",
            descending=False,
            limit=MOST,
            on_done=lambda page: self.show_rows(name, page.rows, 0),
            on_error=self.on_refused,
            receiver=self,
        )

    def on_list(self, name: str) -> None:
        self.panel.use_form(*FORMS[name])

    def _on_counts(self, counted: Any) -> None:
        self.summary.setText("    ".join(f"{word} {counted.counts[name]}" for name, word in PENDING))
