"""The work queues of a board: asks for counts and rows, takes steps with what is chosen."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.backoffice.columns import COLUMNS
from desktop.backoffice.view import QueuesView
from desktop.cases.model import CaseModel
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import Choice, Tone
from services.back_office.absence import set_away
from services.back_office.hand_over import hand_over_open_work
from services.back_office.people import board_people, name_leader
from services.back_office.queues import count_queues, read_queue
from services.back_office.several import hand_over_several, receive_several
from services.desk import desk_facts

ORDER = tuple(words.QUEUES)
TOLD = 3
"""So many refusals are told one by one."""


class Queues(QueuesView):
    """``opened`` carries the id of a case, ``step_asked`` also the step that is wanted there."""

    opened = Signal(str)
    step_asked = Signal(str, str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._facts: Any = None
        self._people: Any = None
        self.shown_board = ""
        self._chosen: list[str] = []
        self.model = CaseModel(context.tasks, self, COLUMNS)
        self.table.setModel(self.model)
        self.fit_text()
        self._connect()

    def refresh(self) -> None:
        """Who acts, the board's people, its counts, and the rows that are looked at, anew."""
        self._context.tasks.run(self._context.station.submit, desk_facts, on_done=self._on_facts)

    def chosen(self) -> list[Any]:
        """The rows that are selected, from the top."""
        found = sorted(self.table.selectionModel().selectedRows(), key=QModelIndex.row)
        return [row for row in map(self.model.row, found) if row is not None]

    def _connect(self) -> None:
        self.board.chosen.connect(self._show_board)
        self.queues.currentRowChanged.connect(lambda _: self._reload())
        self.table.opened.connect(self._on_opened)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        self.model.loaded.connect(self._on_loaded)
        self.receive.clicked.connect(self._on_receive_clicked)
        self.answer.clicked.connect(self._on_answer_clicked)
        self.open.clicked.connect(lambda: self._on_opened(self.table.currentIndex()))
        self.hand_over.clicked.connect(lambda: self.hand_over_bar.ask(self._people, len(self.chosen())))
        self.hand_over_bar.confirmed.connect(self._on_hand_over_confirmed)
        self.people.away_set.connect(self._on_away_set)
        self.people.back_set.connect(lambda staff: self._do(set_away, staff))
        self.people.all_handed_over.connect(self._on_all_handed_over)
        self.people.leader_named.connect(lambda name: self._do(name_leader, self.shown_board, name))
        self._context.theme.changed.connect(self.fit_text)

    def _on_facts(self, facts: Any) -> None:
        if self._facts is None or self._facts.actor != facts.actor:
            # Somebody else has signed in: what was begun is not theirs.
            self.hand_over_bar.hide()
            self.people_button.setChecked(False)
        self._facts = facts
        self.model.set_facts(facts)
        boards = facts.book.boards
        own = facts.actor.board
        self.show_choice(of_boards=own is None)
        self.board.set_choices([Choice(board.code, board.name) for board in boards.values()])
        wanted = own or (self.shown_board if self.shown_board in boards else next(iter(boards)))
        self.board.set_value(wanted)
        self.board_name.setText(facts.board_name(wanted))
        self._show_board(wanted)

    def _show_board(self, board: str) -> None:
        run, submit = self._context.tasks.run, self._context.station.submit
        run(submit, count_queues, board, on_done=self._on_counts)
        run(submit, board_people, board, on_done=self._on_people)
        if board != self.shown_board:
            self.shown_board = board
            self._reload()
        else:
            self.model.refresh()

    def _reload(self) -> None:
        if self.shown_board:
            self.busy.start()
            self.hand_over_bar.hide()
            self._chosen = []
            self.model.show(self._fetch)

    def _fetch(self, limit: int | None, offset: int) -> "Future[Any]":
        station: Any = self._context.station
        future: Future[Any] = station.submit(
            read_queue, self.queues.chosen(), board=self.shown_board, limit=limit, offset=offset
        )
        return future

    def _on_counts(self, counted: Any) -> None:
        if counted.board == self.shown_board:
            counts = counted.counts | {"mine": counted.mine}
            self.queues.show_counts({name: counts[name] for name in ORDER if name in counts})

    def _on_people(self, people: Any) -> None:
        if people.board != self.shown_board:
            return
        self._people = people
        self.people.show_people(people, self._facts)
        self.duty.setText(duty_words(people, self._facts))

    def _on_loaded(self, total: int) -> None:
        self.busy.stop()
        self.pages.setCurrentWidget(self.table if total else self.nothing)
        self._keep_chosen(total)
        self._show_chosen()

    def _keep_chosen(self, total: int) -> None:
        """What is chosen are cases, not places: rows that came or went meanwhile move the choice along."""
        wanted = set(self._chosen)
        places = [place for place, row in self.model.loaded_rows() if row.case_id in wanted]
        if not places and total:
            places = [min(max(self.table.currentIndex().row(), 0), total - 1)]
        if places == [index.row() for index in self.table.selectionModel().selectedRows()]:
            return
        selection, last = QItemSelection(), len(COLUMNS) - 1
        for place in places:
            selection.select(self.model.index(place, 0), self.model.index(place, last))
        chosen, flags = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        if places:
            chosen.setCurrentIndex(self.model.index(places[0], 0), flags.NoUpdate)
        chosen.select(selection, flags.ClearAndSelect | flags.Rows)

    def _show_chosen(self) -> None:
        rows = self.chosen()
        self._chosen = [row.case_id for row in rows]
        total = self.model.rowCount()
        picked = f"，选中 {len(rows)} 件" if len(rows) > 1 else ""
        self.total.setText(f"{words.QUEUES[self.queues.chosen()]} {total:,} 件{picked}")
        own = self._facts is not None and self._facts.actor.board == self.shown_board
        for button in (self.receive, self.answer):
            button.setEnabled(bool(rows) and own)
            why = (
                ""
                if own
                else "由本板块的服务专员来做（点右上角的姓名换人登录）。打开办件可以看到自己能办的步骤。"
            )
            button.setToolTip(why)
            button.setAccessibleDescription(why)
        self.answer.setEnabled(len(rows) == 1 and own)
        self.hand_over.setEnabled(bool(rows))
        self.open.setEnabled(bool(rows))

    def _on_opened(self, index: QModelIndex) -> None:
        row = self.model.row(index) if index.isValid() else None
        if row is not None:
            self.opened.emit(row.case_id)

    def _on_answer_clicked(self) -> None:
        for row in self.chosen()[:1]:
            self.step_asked.emit(row.case_id, "answer")

    def _on_receive_clicked(self) -> None:
        # Until the answer is there, a second press finds the button disabled.
        self.receive.setEnabled(False)
        self._each("签收", receive_several, [row.case_id for row in self.chosen()])

    def _on_hand_over_confirmed(self, staff_id: str) -> None:
        self.hand_over_bar.confirm.setEnabled(False)
        keys = [row.case_id for row in self.chosen()]
        self._each("移交", hand_over_several, self.shown_board, keys, staff_id)

    def _each(self, word: str, service: Callable[..., Any], *args: Any) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            service,
            *args,
            on_done=lambda several: self._on_several(word, several),
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_several(self, word: str, several: Any) -> None:
        self.hand_over_bar.hide()
        # A third press must not take the cases that move up.
        self._chosen = []
        text, tone = several_words(word, several)
        self._context.notices.say(text, tone)
        self.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_refused(self, error: Any) -> None:
        self._context.notices.say(sentence(error), Tone.DANGER)
        self.refresh()

    def _on_away_set(self, staff_id: str, day: str, substitute: str) -> None:
        self._do(
            set_away,
            staff_id,
            day,
            substitute,
            then=self.people.away.clear,
            refuse=self.people.away.show_error,
        )

    def _on_all_handed_over(self, leaving: str, taking: str) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            hand_over_open_work,
            leaving,
            taking,
            on_done=self._on_handed_over,
            on_error=self.people.handing.show_error,
            receiver=self,
        )

    def _on_handed_over(self, count: int) -> None:
        self._context.notices.say(f"已移交 {count} 件", Tone.OK)
        self.refresh()

    def _do(
        self,
        service: Callable[..., Any],
        *args: Any,
        then: Callable[[], None] = lambda: None,
        refuse: Callable[[Any], None] | None = None,
    ) -> None:
        def on_done(_: Any) -> None:
            then()
            self.refresh()

        self._context.tasks.run(
            self._context.station.submit,
            service,
            *args,
            on_done=on_done,
            on_error=refuse or self._on_refused,
            receiver=self,
        )


def several_words(word: str, several: Any) -> tuple[str, Tone]:
    """What became of a step with several cases, in a sentence."""
    done = f"已{word} {several.done} 件"
    if not several.refused:
        return f"{done}。", Tone.OK
    why = "".join(sentence(one.error) for one in several.refused[:TOLD])
    more = f"还有 {len(several.refused) - TOLD} 件同样没有。" if len(several.refused) > TOLD else ""
    return f"{done}，{len(several.refused)} 件没有{word}：{why}{more}", Tone.WARN


def duty_words(people: Any, facts: Any) -> str:
    """Who is on duty, who is away and who stands in, in a line."""
    here = [one for one in people.members if not one.away_until]
    away = [one for one in people.members if one.away_until]
    parts = [f"在岗：{words.joined(one.name for one in here)}" if here else "没有人在岗"]
    for one in away:
        stands = f"，{facts.staff_names.get(one.substitute, '')}代" if one.substitute else ""
        parts.append(f"{one.name}请假到 {one.away_until[5:]}{stands}")
    return " · ".join(parts)
