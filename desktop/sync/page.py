"""同步: how this desk stands with the node above, what waits, what came back, what is to be decided, the day's end."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop import words
from desktop.messages import sentence
from desktop.shell.page import Page, PageContext
from desktop.sync.conflicts import ConflictsBoard
from desktop.sync.day_end import DayEndBoard
from desktop.sync.lists import HeldBoard, WaitingBoard
from desktop.sync.reviews import ReviewsBoard
from desktop.sync.runner import Run
from desktop.sync.sections import SECTIONS
from desktop.sync.wording import PHASES, document_remarks, outcome_words, remarks, stage_words
from desktop.widgets import (
    ActionButton,
    Badge,
    BusyBar,
    ElidedLabel,
    NoticeBar,
    Segments,
    Tone,
    label,
    title,
)
from services.desk import desk_facts
from services.sync.documents import refused_documents

ALONE = "独立网点，没有上级中心。记录保存在本机的加密数据库里；在“设置”里可以用入网码加入中心。"
SOON_MS, SOON_RUNNING_MS = 200, 2_000
"""How soon the list follows a change. A run changes it many times a second, and needs the store itself."""


class SyncPage(Page):
    """One tab is looked at and asked for at a time; the counts of all stand beside their names."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._zone = self._said = ""
        self._not_taken: tuple[Any, ...] = ()
        self.runner = context.sync
        self.state = Badge()
        self.where = ElidedLabel("", "muted")
        self.stage = label("", "muted")
        self.now = ActionButton("立即同步", icon_name="arrows-clockwise", kind="primary", key="F5")
        self.cancel = ActionButton("停下", icon_name="x")
        self.busy = BusyBar()
        self.bar, self.told = NoticeBar(), NoticeBar()
        self.section = Segments(SECTIONS, name="同步的哪一部分")
        self.waiting, self.refused = WaitingBoard(context), HeldBoard(context)
        self.conflicts, self.reviews = ConflictsBoard(context), ReviewsBoard(context)
        self.quarantine = HeldBoard(context, quarantined=True)
        self.day_end = DayEndBoard(context)
        self.stack = QStackedWidget()
        self._soon = QTimer(self, singleShot=True)
        self._lay_out()
        self._connect()

    def on_shown(self) -> None:
        self._context.tasks.run(self._context.station.submit, desk_facts, on_done=self._on_facts)
        self.refresh()
        self.runner.read()
        self._ask_documents()
        self._front.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start(SOON_MS if self.runner.run is None else SOON_RUNNING_MS)

    def open_item(self, argument: Any) -> None:
        """One of the tabs by name."""
        if argument in dict(SECTIONS):
            self.show_section(str(argument))

    def refresh(self) -> None:
        """The tab that is looked at, anew."""
        if self.isVisible():
            self._front.refresh()

    def show_section(self, name: str) -> None:
        """Bring one tab to the front."""
        self.section.set_value(name)
        self.stack.setCurrentIndex([section for section, _ in SECTIONS].index(name))
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self._soon.stop()
        super().hideEvent(event)

    @property
    def _front(self) -> Any:
        return self.stack.currentWidget()

    def _on_facts(self, facts: Any) -> None:
        self._zone = facts.zone
        self._show_state()

    def _ask_documents(self) -> None:
        tasks = self._context.tasks
        tasks.run(
            tasks.in_background,
            self._context.station.run_aside,
            refused_documents,
            on_done=self._on_documents,
        )

    def _on_documents(self, found: Any) -> None:
        self._not_taken = found
        self._show_state()

    def _connect(self) -> None:
        self._soon.timeout.connect(self.refresh)
        self.section.chosen.connect(self.show_section)
        self.now.clicked.connect(self._on_now_clicked)
        self.cancel.clicked.connect(self.runner.cancel)
        self.runner.state_read.connect(lambda _: self._show_state())
        self.runner.run_changed.connect(self._on_run_changed)
        self.runner.ended.connect(lambda outcome: self.told.say(*outcome_words(outcome)))
        self.runner.refused.connect(lambda error: self.told.say(sentence(error), Tone.WARN))
        self.waiting.stick.said.connect(self.told.say)

    def _on_now_clicked(self) -> None:
        self.told.hide()
        self.runner.now()

    def _on_run_changed(self, run: Any) -> None:
        if run is not None and run == Run():
            self.told.hide()  # what an earlier run did is no news beside what this one finds
        self._show_run()
        if run is None and self.isVisible():
            self._ask_documents()

    def _show_run(self) -> None:
        run = self.runner.run
        state = self.runner.state
        self.now.setEnabled(run is None and state is not None and state.joined)
        self.cancel.setVisible(run is not None)
        self.stage.setText(stage_words(run))
        if run is None:
            self.busy.stop()
            if self._soon.isActive():
                self._soon.start(SOON_MS)
        elif run.total:
            self.busy.show_progress(run.done, run.total)
        else:
            self.busy.start()

    def _show_state(self) -> None:
        state = self.runner.state
        self._show_run()
        if state is None or not self._zone:
            return
        self.state.show_state(*PHASES[state.phase])
        self.where.setText(self._where(state))
        self.now.setVisible(state.joined)
        warn_days = self._context.settings.value.sync_warn_days
        self._show_remarks([*remarks(state, warn_days), *document_remarks(self._not_taken)])
        records = state.waiting if state.records is None else state.records
        counts = (records, state.refused, state.conflicts, state.reviews, state.quarantined, 0)
        for (name, word), count in zip(SECTIONS, counts, strict=True):
            self.section.relabel(name, f"{word} {count:,}" if count else word)

    def _show_remarks(self, found: list[tuple[str, Tone]]) -> None:
        said = "\n".join(text for text, _ in found)
        if said and said != self._said:
            self.bar.say(said, found[0][1])
        elif not said:
            self.bar.hide()
        # What somebody has closed stays closed until there is something else to say.
        self._said = said

    def _where(self, state: Any) -> str:
        if not state.joined:
            return ALONE
        heard = f"最近同步 {words.moment(state.heard_at, self._zone)}" if state.heard_at else "还没有同步过"
        files = f"附件 {state.files} 个待传" if state.files else ""
        url = state.url if state.upstream_name else ""
        return "    ".join(part for part in (f"上级：{state.above}", heard, files, url) if part)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(title("同步"))
        head.addWidget(self.state)
        head.addWidget(self.where, 1)
        for part in (self.stage, self.cancel, self.now):
            head.addWidget(part)
        tabs = (self.waiting, self.refused, self.conflicts, self.reviews, self.quarantine, self.day_end)
        for tab in tabs:
            self.stack.addWidget(tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        for below in (self.busy, self.bar, self.told, self.section):
            column.addWidget(below)
        column.addWidget(self.stack, 1)
