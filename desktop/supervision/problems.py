"""问题清单: 点, 链, 块 under the same filters; similar cases gathered into one problem and answered once for all."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.messages import sentence
from desktop.queue.live.model import LiveTable
from desktop.shell.page import PageContext
from desktop.supervision.columns import MOST, short_board
from desktop.supervision.problem_view import ALL, ProblemsView
from desktop.widgets import Choice, Tone
from services import common_problems
from services.desk import desk_facts
from services.problem_lists import ProblemFilter, read_problems

SEARCH_MS = 150
TOLD = 3
"""So many refusals are told one by one."""


class ProblemsBoard(ProblemsView):
    """三张问题清单 and 共性问题."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._ref = self._wanted = ""
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._connect()
        self._show_chosen()

    def refresh(self) -> None:
        """Lists, common problems and the one that is looked at, anew."""
        self._run(desk_facts, on_done=self._on_facts)
        self._run(read_problems, self._filter(), limit=MOST, on_done=self._on_page)
        self._run(common_problems.list_common_problems, on_done=self._on_common)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def _connect(self) -> None:
        for part in (self.scope, self.state, self.age, self.board, self.loose):
            part.chosen.connect(lambda _: self.refresh())
        self.search.textChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(self.refresh)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        self.table.opened.connect(lambda _: self._open_case(self.table.row()))
        self.open_case.clicked.connect(lambda: self._open_case(self.table.row()))
        self.members.opened.connect(lambda _: self._open_case(self.members.row()))
        self.common.chosen.connect(self._on_problem_chosen)
        self.begin.clicked.connect(self._on_begin)
        self.title.entered.connect(self._on_begin)
        self.join.clicked.connect(lambda: self._act(common_problems.join_problem, _ids(self.table)))
        self.similar.clicked.connect(self._on_similar)
        self.leave.confirmed.connect(self._on_leave)
        self.send.clicked.connect(self._on_answer)

    def _run(self, service: Callable[..., Any], *args: Any, on_done: Any, **kwargs: Any) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            service,
            *args,
            on_done=on_done,
            on_error=self._on_refused,
            receiver=self,
            **kwargs,
        )

    def _filter(self) -> ProblemFilter:
        return ProblemFilter(
            scope=self.scope.value() or None,
            board=self.board.value() or None,
            age_days=self.age.value() or None,
            state=self.state.value(),
            text=self.search.text().strip(),
            loose=bool(self.loose.value()),
        )

    def _on_facts(self, facts: Any) -> None:
        self.facts = facts
        boards = (Choice(code, short_board(facts, code)) for code in facts.book.boards)
        self.board.set_choices([Choice(ALL, "全部板块"), *boards])

    def _on_page(self, page: Any) -> None:
        counts = "    ".join(f"{word} {page.counts[code]}" for code, word in words.SCOPES.items())
        cut = f"    只列出前 {MOST} 件" if page.total > MOST else ""
        self.summary.setText(counts + cut)
        self._show_rows(page.rows)

    def _show_rows(self, rows: Any) -> None:
        self.table.show_rows(rows, 0)
        self.stack.setCurrentWidget(self.table if rows else self.nothing)
        self._show_chosen()

    def _show_chosen(self) -> None:
        count = len(_ids(self.table))
        self.chosen.setText(f"选中 {count} 件" if count else "按住 Ctrl 或 Shift 可以选几件")
        for part in (self.begin, self.open_case):
            part.setEnabled(bool(count))
        self.join.setEnabled(bool(count and self._ref))

    def _on_common(self, rows: Any) -> None:
        self.common.show_rows(rows, 0)
        if self._wanted:
            wanted, self._wanted = self._wanted, ""
            self.common.choose(wanted)
        elif rows and not self.common.currentIndex().isValid():
            self.common.setCurrentIndex(self.common.rows.index(0, 0))
        for part in (self.similar, self.send, self.leave, self.answer, self.reason):
            part.setEnabled(bool(rows))

    def _on_problem_chosen(self, row: Any) -> None:
        if row is None:
            return
        if row.ref != self._ref:
            self.answer.editor.clear()
            self.bar.hide()
        self._ref = row.ref
        self._run(common_problems.open_problem, row.ref, on_done=self._on_problem)
        self._show_chosen()

    def _on_problem(self, view: Any) -> None:
        if view.ref != self._ref:
            return
        self.members.show_rows(view.cases, 0)
        said = view.problem.answers[-1].text if view.problem.answers else ""
        self.answered.setText(f"{view.ref}  已答复：{said}" if said else f"{view.ref}  还没有统一答复")

    def _on_begin(self) -> None:
        cases = _ids(self.table)
        if cases:
            self._run(common_problems.begin_problem, self.title.text(), cases, on_done=self._on_begun)

    def _on_begun(self, view: Any) -> None:
        self.title.set_text("")
        self._wanted = view.ref
        self._on_changed(view)

    def _act(self, service: Callable[..., Any], *args: Any) -> None:
        if self._ref:
            self._run(service, self._ref, *args, on_done=self._on_changed)

    def _on_changed(self, view: Any) -> None:
        self.bar.hide()
        self._context.notices.say(f"{view.ref} 现有 {len(view.cases)} 件", Tone.OK)
        self.refresh()

    def _on_similar(self) -> None:
        if self._ref:
            self._run(common_problems.suggest_members, self._ref, on_done=self._on_suggested)

    def _on_suggested(self, found: Any) -> None:
        self.summary.setText(
            f"与 {self._ref} 相似、没归入的 {len(found)} 件；选中后按“归入”，换筛选条件回到清单"
        )
        self._show_rows(tuple(one.row for one in found))

    def _on_leave(self) -> None:
        self._act(common_problems.leave_problem, _ids(self.members), self.reason.text())

    def _on_answer(self) -> None:
        self.send.setEnabled(False)
        text = self.answer.text().strip()
        self._run(common_problems.answer_problem, self._ref, text, on_done=self._on_answered)

    def _on_answered(self, result: Any) -> None:
        self.send.setEnabled(True)
        self.answer.editor.clear()
        self.refresh()
        if result.proposed:
            text = "答复已记下，由各板块用它答复自己牵头的办件。"
        else:
            text = f"已答复 {len(result.answered)} 件。"
        told = [f"{one.number}：{sentence(one.error)}" for one in result.refused[:TOLD]]
        more = [f"另有 {len(result.refused) - TOLD} 件没有答复。"] if len(result.refused) > TOLD else []
        self.bar.say("  ".join([text, *told, *more]), Tone.WARN if result.refused else Tone.OK)

    def _on_refused(self, error: Any) -> None:
        self.send.setEnabled(True)
        self.bar.say(sentence(error), Tone.WARN)

    def _open_case(self, row: Any) -> None:
        if row is not None:
            self._context.navigator.open("cases", row.id)


def _ids(table: LiveTable) -> tuple[str, ...]:
    chosen = sorted(index.row() for index in table.selectionModel().selectedRows())
    rows = (table.rows.row_at(table.rows.index(place, 0)) for place in chosen)
    return tuple(row.id for row in rows if row is not None)
