"""等待、退回、隔离: what has not gone up, what was not taken in, and what was set aside until somebody decides."""

import re
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.cases.timeline import SENTENCES, step_words
from desktop.queue.live.model import Column
from desktop.shell.page import PageContext
from desktop.sync.board import RecordBoard, SyncBoard, foot_of
from desktop.sync.steps import step_name
from desktop.sync.stick import StickExport
from desktop.sync.wording import AREAS, age, device_words
from desktop.widgets import ActionButton, ConfirmButton, ElidedLabel, EmptyState, Tone, label
from domain.cases.model import TimelineEntry
from services.permissions import allows
from services.sync.quarantine import release
from services.sync.waiting import list_quarantined, list_refused, list_waiting

_DETAIL = re.compile("[：（，]")
"""Where the facts of a step begin, which are not to be believed of what was held back."""
PAGE = 500
"""So many held records are read at once: each is taken from its bytes."""
RELEASE = "放行：记录从现在起计入"


def _waiting_columns() -> tuple[Column, ...]:
    return (
        Column("类型", 5, lambda one, now: AREAS[one.label.area], is_fixed=True),
        Column("编号", 12, lambda one, now: one.label.number, is_fixed=True),
        Column("名称", 10, lambda one, now: one.label.name),
        Column("内容", 12, lambda one, now: " ".join(one.label.text.split())),
        Column("记录", 4, lambda one, now: f"{one.events} 条", is_right=True),
        Column("已等待", 5, lambda one, now: age(now, one.since), is_right=True),
    )


class WaitingBoard(RecordBoard):
    """等待: record by record, the one that waits longest first. Enter opens a case."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        nothing = EmptyState("cloud-check", "没有等待同步的记录", "这里列出还没有到达上级的办件和其他记录。")
        super().__init__(context, "等待同步的记录", _waiting_columns(), lambda one: one.key, nothing, parent)
        self.summary = ElidedLabel("", "muted")
        self.stick = StickExport(context)
        self.stand_below(foot_of(self.summary, self.stick, self.open))

    def read(self) -> None:
        self.ask(list_waiting, on_done=self._on_list)

    def _on_list(self, found: Any) -> None:
        self.show_rows(found.rows, found.now_ms)
        cut = f"，只列出等得最久的 {len(found.rows)} 件" if found.total > len(found.rows) else ""
        self.summary.setText(f"共 {found.total:,} 件{cut}" if found.rows else "")


class HeldBoard(SyncBoard):
    """退回 or 隔离: event by event, with the reason; those in quarantine can be let in."""

    def __init__(
        self, context: PageContext, *, quarantined: bool = False, parent: QWidget | None = None
    ) -> None:
        self._quarantined, self._most = quarantined, PAGE
        self._list = list_quarantined if quarantined else list_refused
        super().__init__(
            context,
            "隔离的记录" if quarantined else "退回的记录",
            self._columns(),
            lambda one: one.key,
            _nothing(quarantined),
            parent,
        )
        self.about, self.summary = ElidedLabel("", "muted"), label("", "muted")
        self.more = ActionButton("", kind="quiet")
        self.release = ConfirmButton("放行…", RELEASE)
        self.body.addWidget(foot_of(self.about, self.summary, self.more, self.release))
        # Not before it has its place: a part without a parent is shown as a window, which takes the focus.
        self.release.setVisible(quarantined)
        self.more.set_label(f"再列 {PAGE} 条")
        self.more.clicked.connect(self._on_more_clicked)
        self.release.confirmed.connect(self._on_release)
        self.table.chosen.connect(self._on_chosen)

    def read(self) -> None:
        # One more than is shown: whether there are more.
        self.ask(self._list, limit=self._most + 1, on_done=self._on_list)

    def _on_list(self, rows: Any) -> None:
        self.show_rows(rows[: self._most], 0)
        is_cut = len(rows) > self._most
        self.summary.setText(f"只列出最近的 {self._most:,} 条" if is_cut else "")
        for part in (self.summary, self.more):
            part.setVisible(is_cut)

    def _on_more_clicked(self) -> None:
        self._most += PAGE
        self.read()

    def show_rows(self, rows: Any, now_ms: int) -> None:
        super().show_rows(rows, now_ms)
        self._on_chosen(self.table.row())

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("时间", 6, lambda one, now: words.moment(one.held_at, self.zone)[5:], is_fixed=True),
            Column("原因", 9, lambda one, now: words.held_reason(one.reason)),
            Column("什么记录", 8, lambda one, now: self._what(one)),
            Column("编号", 12, lambda one, now: one.label.number, is_fixed=True),
            Column("设备", 6, lambda one, now: device_words(one)),
            Column("序号", 4, lambda one, now: str(one.seq), is_right=True),
        )

    def _what(self, one: Any) -> str:
        if not one.kind:
            return "无法识别的内容"
        if one.kind not in SENTENCES or self.facts is None:
            return step_name(one.kind, AREAS[one.label.area])
        entry = TimelineEntry("", one.kind, one.at or 0, one.actor, "", one.device, {})
        said = step_words(entry, self.facts)[0]
        return _DETAIL.split(said)[0] or AREAS[one.label.area]

    def _on_chosen(self, row: Any) -> None:
        may = self.facts is not None and allows(self.facts.actor, "release_held")
        self.release.setEnabled(row is not None and bool(row.kind) and may)
        self.about.setText("" if row is None else self._about(row, may))

    def _about(self, row: Any, may: bool) -> str:
        who = words.person(row.actor, self.facts.staff_names) if row.actor and self.facts else ""
        when = words.moment(row.at, self.zone) if row.at else ""
        where = device_words(row)
        parts = ("" if who == where else who, when, where, f"第 {row.incarnation} 代第 {row.seq} 条")
        who_may = "由督办或管理员放行" if self._quarantined and not may else ""
        return " · ".join(part for part in (who_may, *parts) if part)

    def _on_release(self) -> None:
        row = self.table.row()
        if row is not None:
            self.ask(release, row.key, on_done=self._on_released)

    def _on_released(self, _: Any) -> None:
        self.context.notices.say("已放行，这条记录从现在起计入。", Tone.OK)
        self.read()


def _nothing(quarantined: bool) -> EmptyState:
    if quarantined:
        return EmptyState(
            "shield-check", "没有隔离的记录", "设备停用后才送来的记录先放在这里，由督办决定是否放行。"
        )
    return EmptyState(
        "check-circle", "没有退回的记录", "只有伪造或残缺的记录会被退回；它们原样保留，不影响后面的记录。"
    )
