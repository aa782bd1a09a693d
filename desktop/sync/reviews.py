"""复核: a step that counts although whoever recorded it had no right to; a supervisor keeps or undoes it."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.queue.live.model import Column
from desktop.shell.page import PageContext
from desktop.sync.board import RecordBoard, foot_of
from desktop.sync.side_card import SideCard, side_words
from desktop.sync.wording import device_words, record_words
from desktop.widgets import ActionButton, ConfirmButton, EmptyState, LineField
from domain.cases.decisions import ReviewDecision
from services.permissions import allows
from services.sync.reviews import MAX_WHY, decide_review, list_reviews

UNDO = "确认撤销：这一步不再计入"
WHY = "撤销时必填，会留在办件的经过里。"
NO_UNDO = "受理本身、以及不是办件的步骤不能撤销；可以认可，再在办件页处理。"
ONLY_LOOK = "现在只能看。要复核，请由督办或管理员登录（点右上角的姓名换人）。"


class ReviewsBoard(RecordBoard):
    """Undoing takes a word why and a second press; what was undone stays in the timeline."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        nothing = EmptyState(
            "shield-check",
            "没有要复核的步骤",
            "调岗或停用的人员断网时办的步骤照常计入，同时列在这里由督办复核。",
        )
        super().__init__(context, "复核", self._columns(), lambda one: one.event, nothing, parent)
        self.step = SideCard("这一步")
        self.step.setMinimumHeight(150)
        self.why = LineField("理由", max_length=MAX_WHY, hint=WHY)
        self.keep = ActionButton("认可这一步", kind="primary")
        self.undo = ConfirmButton("撤销这一步…", UNDO)
        self.stand_below(self.step, foot_of(self.why, self.open, self.undo, self.keep))
        self.keep.clicked.connect(lambda: self._decide(ReviewDecision.KEPT))
        self.undo.confirmed.connect(lambda: self._decide(ReviewDecision.UNDONE))

    def read(self) -> None:
        self.ask(list_reviews, on_done=lambda rows: self.show_rows(rows, 0))

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("记录时间", 6, lambda one, now: words.moment(one.step.at, self.zone)[5:], is_fixed=True),
            Column("办件", 14, lambda one, now: record_words(one.label)),
            Column("做了什么", 8, lambda one, now: side_words(one.step, self.facts)[0]),
            Column("谁", 5, lambda one, now: words.person(one.step.actor, self.facts.staff_names)),
            Column("设备", 6, lambda one, now: device_words(one.step)),
            Column("为什么要复核", 11, lambda one, now: words.held_reason(one.reason)),
        )

    def show_chosen(self, row: Any) -> None:
        super().show_chosen(row)
        if row is None or self.facts is None:
            return
        may = allows(self.facts.actor, "decide_review")
        self.step.show_side(row.step, self.facts)
        self.keep.setEnabled(may)
        self.why.setEnabled(may and row.may_undo)
        self.why.set_hint(ONLY_LOOK if not may else WHY if row.may_undo else NO_UNDO, warning=not may)
        self.undo.setEnabled(may and row.may_undo)

    def _decide(self, decision: ReviewDecision) -> None:
        row = self.table.row()
        if row is None:
            return
        self.ask(
            decide_review,
            row.event,
            decision,
            self.why.text(),
            on_done=lambda _: self._on_decided(row, decision),
        )

    def _on_decided(self, row: Any, decision: ReviewDecision) -> None:
        self.why.set_text("")
        self.tell_decided(f"{record_words(row.label)} 已复核：{words.word(words.DECISIONS, decision.value)}")
