"""Bad ratings beside the one that is handled: all for supervisors; for a clerk his own, and nobody's name."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.queue.live.model import LiveTable
from desktop.ratings.columns import LISTS, MINE, MOST, OPEN, own_columns, supervisor_columns
from desktop.ratings.panel import RatingPanel
from desktop.shell.page import PageContext
from desktop.widgets import ElidedLabel, EmptyState, Segments, Tone
from services.desk import desk_facts
from services.ratings.views import count_ratings, list_ratings, open_rating

SIDE_WIDTH = 520


class RatingsBoard(QWidget):
    """``own``: the clerk's view of what concerns him; it is not renewed while he looks, or the moment would tell whose
    rating it is.
    """

    def __init__(self, context: PageContext, *, own: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._own = context, own
        self._facts: Any = None
        self._shown = ""
        self.which = Segments([(MINE, "涉及我的")] if own else LISTS, name="列表")
        self.summary = ElidedLabel("", "muted")
        columns = own_columns() if own else supervisor_columns(self._zone)
        self.table = LiveTable("评价", columns, lambda one: one.ref, context.theme)
        self.nothing = EmptyState("check-circle", "没有差评", *_advice(own))
        self.lists = QStackedWidget()
        self.panel = RatingPanel("这条评价")
        self._lay_out()
        self.which.chosen.connect(lambda _: self.refresh())
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda _: self.panel.form and self.panel.form.text.setFocus())
        self.panel.asked.connect(self._take)
        self.panel.case_asked.connect(lambda case: context.navigator.open("cases", case))

    def refresh(self) -> None:
        """The list, its counts and the rating that is looked at, anew."""
        run, submit = self._context.tasks.run, self._context.station.submit
        name = self.which.value()
        run(submit, desk_facts, on_done=self._on_facts)
        if not self._own:
            run(submit, count_ratings, on_done=self._on_counts, on_error=self._on_refused)
        run(
            submit,
            list_ratings,
            name,
            limit=MOST,
            on_done=lambda page: self._on_page(name, page),
            on_error=self._on_refused,
            receiver=self,
        )

    def choose_list(self, name: str) -> None:
        """Show one of the lists."""
        self.which.set_value(name)
        self.refresh()

    def _zone(self) -> str:
        return str(self._facts.zone) if self._facts else "UTC"

    def _on_facts(self, facts: Any) -> None:
        self._facts = facts

    def _on_counts(self, counts: Any) -> None:
        self.summary.setText(
            "    ".join(f"{word} {counts[name]}" for name, word in LISTS if name in counts and name != OPEN)
        )

    def _on_page(self, name: str, page: Any) -> None:
        if name != self.which.value():
            return
        # The order of time would tell whose visit it was.
        rows = (
            sorted(page.rows, key=lambda one: (one.month, one.ref), reverse=True) if self._own else page.rows
        )
        self.table.show_rows(rows, page.now_ms)
        self.lists.setCurrentWidget(self.table if page.rows else self.nothing)
        if not page.rows:
            self._shown = ""
            self.panel.clear()
        elif not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))

    def _on_chosen(self, item: Any) -> None:
        if item is None:
            return
        self._shown = item.ref
        self._context.tasks.run(
            self._context.station.submit,
            open_rating,
            item.ref,
            on_done=self._on_detail,
            on_error=self._on_refused,
        )

    def _on_detail(self, detail: Any) -> None:
        if detail.item.ref == self._shown:
            self.panel.show_rating(detail, self._facts)

    def _take(self, service: Any, arguments: Any) -> None:
        self._context.tasks.run(
            self._context.station.submit,
            service,
            self._shown,
            *arguments,
            on_done=self._on_taken,
            on_error=self.panel.refuse,
            receiver=self,
        )

    def _on_taken(self, detail: Any) -> None:
        self._context.notices.say(f"{detail.item.ref} 已记下", Tone.OK)
        self.panel.done()
        self._on_detail(detail)
        self.refresh()

    def _on_refused(self, error: Any) -> None:
        self._context.notices.say(sentence(error), Tone.WARN)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.which)
        head.addWidget(self.summary, 1)
        for part in (self.table, self.nothing):
            self.lists.addWidget(part)
        self.panel.setFixedWidth(SIDE_WIDTH)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self.lists, 1)
        body.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        self.which.setVisible(not self._own)
        column.addLayout(body, 1)
        self.setFocusProxy(self.table)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _advice(own: bool) -> tuple[str]:
    if own:
        return ("涉及您的差评会到这里，可以申诉；不显示是哪家企业。",)
    return ("不满意和非常不满意的评价会到这里，按步骤和期限处理。",)
