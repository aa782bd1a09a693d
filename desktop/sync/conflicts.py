"""冲突: what stood first beside what came later, and a person's choice."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import words
from desktop.queue.live.model import Column
from desktop.shell.page import PageContext
from desktop.sync.board import RecordBoard, foot_of
from desktop.sync.side_card import SideCard
from desktop.sync.wording import AREAS, record_words
from desktop.widgets import ActionButton, EmptyState, label
from domain.cases.decisions import ConflictChoice
from services.permissions import allows
from services.sync.conflicts import decide_conflict, list_conflicts

WHY_NOT = "现在的状态下不能直接改用后到的；请先在办件页办到合适的状态（例如重办）。"
CARD_PX = 190


class ConflictsBoard(RecordBoard):
    """Nothing is lost by a choice: both records stay in the timeline."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        nothing = EmptyState(
            "git-merge",
            "没有要裁定的冲突",
            "两个窗口断网时对同一件做了相反的事，联网后在这里并排列出，由人决定。",
        )
        super().__init__(context, "冲突", self._columns(), lambda one: one.event, nothing, parent)
        self.kept, self.late = SideCard("先到的，现在计入"), SideCard("后到的，没有计入")
        self.why = label("", "warning", wrap=True)
        self.keep = ActionButton(words.CHOICES["kept"], kind="primary")
        self.take = ActionButton(words.CHOICES["other"])
        self.both = ActionButton(words.CHOICES["both"])
        self.sides = self._sides()
        self.stand_below(self.sides, foot_of(self.why, self.open, self.both, self.take, self.keep))
        for button, choice in (
            (self.keep, ConflictChoice.KEPT),
            (self.take, ConflictChoice.OTHER),
            (self.both, ConflictChoice.BOTH),
        ):
            button.clicked.connect(lambda _=False, choice=choice: self._decide(choice))

    def read(self) -> None:
        self.ask(list_conflicts, on_done=lambda rows: self.show_rows(rows, 0))

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("类型", 4, lambda one, now: AREAS[one.label.area], is_fixed=True),
            Column("编号", 12, lambda one, now: one.label.number, is_fixed=True),
            Column("名称", 10, lambda one, now: one.label.name),
            Column("为什么冲突", 12, lambda one, now: words.word(words.CONFLICTS, one.code)),
            Column("发现", 6, lambda one, now: words.moment(one.found_at, self.zone)[5:], is_fixed=True),
        )

    def show_chosen(self, row: Any) -> None:
        super().show_chosen(row)
        if row is None or self.facts is None:
            return
        may = allows(self.facts.actor, "decide_conflict")
        self.kept.show_side(row.kept, self.facts)
        self.late.show_side(row.late, self.facts)
        self.why.setText("" if row.may_take else WHY_NOT)
        for button in (self.keep, self.both):
            button.setEnabled(may)
        self.take.setEnabled(may and row.may_take)

    def _decide(self, choice: ConflictChoice) -> None:
        row = self.table.row()
        if row is not None:
            self.ask(decide_conflict, row.event, choice, on_done=lambda _: self._on_decided(row, choice))

    def _on_decided(self, row: Any, choice: ConflictChoice) -> None:
        self.tell_decided(f"{record_words(row.label)} 已裁定：{words.word(words.CHOICES, choice.value)}")

    def _sides(self) -> QWidget:
        sides = QWidget()
        cards = QHBoxLayout(sides)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(10)
        for card in (self.kept, self.late):
            card.setMinimumHeight(CARD_PX)
            cards.addWidget(card, 1)
        return sides
