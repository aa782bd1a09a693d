"""同步: how this desk stands with the node above, what waits, what came back, what is to be decided, the day's end."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop import words
from desktop.messages import sentence
from desktop.shell.page import Command, Page, PageContext
from desktop.sync.conflicts import ConflictsBoard
from desktop.sync.day_end import DayEndBoard
from desktop.sync.lists import HeldBoard, WaitingBoard
from desktop.sync.reviews import ReviewsBoard
from desktop.sync.wording import PHASES, outcome_words, remarks, stage_words
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

WAITING, REFUSED, CONFLICTS, REVIEWS, QUARANTINE, DAY_END = (
    "waiting",
    "refused",
    "conflicts",
    "reviews",
    "quarantine",
    "day_end",
)
SECTIONS = (
    (WAITING, "等待"),
    (REFUSED, "退回"),
    (CONFLICTS, "冲突"),
    (REVIEWS, "复核"),
    (QUARANTINE, "隔离"),
    (DAY_END, "日终核对"),
)
ALONE = "独立网点，没有上级中心。记录保存在本机的加密数据库里；在“设置”里可以用入网码加入中心。"
SOON_MS = 200


class SyncPage(Page):
    """One tab is looked at and asked for at a time; the counts of all stand beside their names."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._zone = "Asia/Shanghai"
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
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._lay_out()
        self._connect()

    def on_shown(self) -> None:
        self._zone = self._zone_of()
        self._show_state()
        self.refresh()
        self.runner.read()
        self._front.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if self.isVisible():
            self._soon.start()

    def open_item(self, argument: Any) -> None:
        """One of the tabs by name."""
        if argument in dict(SECTIONS):
            self.show_section(str(argument))

    def commands(self) -> list[Command]:
        going = [
            Command(f"同步：{word}", lambda name=name: self._go(name), "arrows-clockwise", words=letters)  # type: ignore[misc]
            for (name, word), letters in zip(SECTIONS, LETTERS, strict=True)
        ]
        return [Command("立即同步", self.runner.now, "arrows-clockwise", words="ljtb tb"), *going]

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

    def _zone_of(self) -> str:
        facts = getattr(self._front, "facts", None)
        return facts.zone if facts is not None else self._zone

    def _connect(self) -> None:
        self._soon.timeout.connect(self.refresh)
        self.section.chosen.connect(self.show_section)
        self.now.clicked.connect(self._on_now_clicked)
        self.cancel.clicked.connect(self.runner.cancel)
        self.runner.state_read.connect(lambda _: self._show_state())
        self.runner.run_changed.connect(lambda _: self._show_run())
        self.runner.ended.connect(lambda outcome: self.told.say(*outcome_words(outcome)))
        self.runner.refused.connect(lambda error: self.told.say(sentence(error), Tone.WARN))

    def _go(self, name: str) -> None:
        self._context.navigator.open("sync", name)

    def _on_now_clicked(self) -> None:
        self.told.hide()
        self.runner.now()

    def _show_run(self) -> None:
        run = self.runner.run
        state = self.runner.state
        self.now.setEnabled(run is None and state is not None and state.joined)
        self.cancel.setVisible(run is not None)
        self.stage.setText(stage_words(run))
        if run is None:
            self.busy.stop()
        elif run.total:
            self.busy.show_progress(run.done, run.total)
        else:
            self.busy.start()

    def _show_state(self) -> None:
        state = self.runner.state
        self._show_run()
        if state is None:
            return
        self.state.show_state(*PHASES[state.phase])
        self.where.setText(self._where(state))
        self.now.setVisible(state.joined)
        self._show_remarks(remarks(state, self._context.settings.value.sync_warn_days))
        records = state.waiting if state.records is None else state.records
        counts = (records, state.refused, state.conflicts, state.reviews, state.quarantined, 0)
        for (name, word), count in zip(SECTIONS, counts, strict=True):
            self.section.relabel(name, f"{word} {count:,}" if count else word)

    def _show_remarks(self, found: list[tuple[str, Tone]]) -> None:
        if found:
            self.bar.say("\n".join(text for text, _ in found), found[0][1])
        else:
            self.bar.hide()

    def _where(self, state: Any) -> str:
        if not state.joined:
            return ALONE
        heard = f"最近同步 {words.moment(state.heard_at, self._zone)}" if state.heard_at else "还没有同步过"
        files = f"附件 {state.files} 个待传" if state.files else ""
        return "    ".join(part for part in (f"上级：{state.upstream_name}", heard, files, state.url) if part)

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


LETTERS = (
    "dengdai dd shangbao",
    "tuihui th",
    "chongtu ct",
    "fuhe fh",
    "geli gl",
    "rizhong rz hedui hd",
)
