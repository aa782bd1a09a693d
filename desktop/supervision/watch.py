"""督办清单: open cases by card, with whose turn it is and how long each board has had them; urging and slips."""

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop import words
from desktop.shell.page import PageContext
from desktop.supervision.board import CasesBoard
from desktop.supervision.columns import LISTS, MOST, short_board, watch_columns
from desktop.supervision.measure_form import MeasureForm
from desktop.widgets import Choice, ChoiceField
from services.supervision.lists import SupervisionFilter, read_supervision

ALL = ""
SEARCH_MS = 150


class WatchBoard(CasesBoard):
    """督办清单."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, LISTS, watch_columns(lambda: self.facts), MeasureForm, "发出并打印", parent)
        self.board = ChoiceField("", [Choice(ALL, "全部板块")], side=1)
        self.scope = ChoiceField(
            "", [Choice(ALL, "点链块"), *(Choice(*pair) for pair in words.SCOPES.items())], side=1
        )
        self.board.editor.setAccessibleName("板块")
        self.scope.editor.setAccessibleName("范围")
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText("企业、编号、诉求")
        self.search.setAccessibleName("筛选督办清单")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(100)
        self.search.setMaximumWidth(220)
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        for part in (self.board, self.scope, self.search):
            self.head.addWidget(part)
        self.board.chosen.connect(lambda _: self.refresh())
        self.scope.chosen.connect(lambda _: self.refresh())
        self.search.textChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(self.refresh)

    def key_of(self, row: Any) -> str:
        return str(row.row.case_id)

    def read(self, name: str) -> None:
        wanted = SupervisionFilter(
            board=self.board.value() or None,
            scope=self.scope.value() or None,
            text=self.search.text().strip(),
        )
        self.context.tasks.run(
            self.context.station.submit,
            read_supervision,
            name,
            wanted,
            limit=MOST,
            on_done=self._on_page,
            on_error=self.on_refused,
        )

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def _on_facts(self, facts: Any) -> None:
        super()._on_facts(facts)
        boards = (Choice(code, short_board(facts, code)) for code in facts.book.boards)
        self.board.set_choices([Choice(ALL, "全部板块"), *boards])

    def _on_page(self, page: Any) -> None:
        counts = [f"{word} {page.counts[name]}" for name, word in LISTS]
        cut = f"    只列出前 {MOST} 件" if page.total > MOST else ""
        self.summary.setText("    ".join(counts) + cut)
        self.show_rows(page.name, page.rows, page.now_ms)
