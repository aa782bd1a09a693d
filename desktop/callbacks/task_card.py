"""One task as the caller needs it: the number, who and what about, what to say, what earlier calls brought."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

import resources
from desktop import words
from desktop.callbacks.columns import attempt_words, due_badge
from desktop.widgets import ActionButton, Badge, Card, ElidedLabel, Tone, label, line

SCRIPT = "texts/callback_script.txt"
NO_PHONE = "没有留电话"


class TaskCard(Card):
    """回访任务. The number is whole only where the one who looks has taken the task."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.phone = label("", "figure")
        self.phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.contact = ElidedLabel("", "strong")
        self.state = Badge()
        self.group = Badge("", Tone.QUIET)
        self.enterprise = label("", "strong", wrap=True)
        self.matter = label("", wrap=True)
        self.answer = label("", wrap=True)
        self.told = label("", "muted", wrap=True)
        self.caller = label("", "muted")
        self.attempts = label("", wrap=True)
        self.script = label("", wrap=True)
        self.take = ActionButton("打这一件（回车）", kind="big")
        self.open_case = ActionButton("打开办件", kind="quiet", icon_name="folders")
        self._script = resources.path(SCRIPT).read_text(encoding="utf-8").strip()
        self._lay_out()

    def show_task(self, view: Any, facts: Any, *, taken: bool) -> None:
        """Show ``view`` (``CallbackView``); ``taken``: it is being called, or entered from paper."""
        task = view.task
        self.phone.setText(view.phone or NO_PHONE)
        self.phone.setAccessibleName(f"电话 {view.phone}" if view.phone else NO_PHONE)
        self.contact.setText(task.contact or "没有留联系人")
        tone, state = due_badge(task, facts.now_ms, facts.zone)
        self.state.show_state(state, Tone(tone))
        self.group.show_state(words.word(words.CALLBACK_GROUPS, task.group), Tone.QUIET)
        self.enterprise.setText(task.applicant)
        self.matter.setText(view.text)
        self.answer.setText(view.answer or "（没有写答复）")
        self.told.setText(view.told)
        self._told_row(bool(view.told))
        name = words.person(task.caller, facts.staff_names) if task.caller else ""
        self.caller.setText(f"{task.number}    {f'{name} 认领' if name else '还没有人认领'}")
        said = [attempt_words(one, facts) for one in view.callback.attempts]
        self.attempts.setText("\n".join(said) or f"还没有打过；打不通 {view.attempts_allowed} 次就结束。")
        self.script.setText(self._spoken(task, facts))
        mine = task.caller == facts.actor.id
        self.take.set_label("打这一件（回车）" if mine or not task.caller else "改由我来打（回车）")
        self.take.setVisible(not taken and task.state in ("open", "unreachable"))
        self._area.verticalScrollBar().setValue(0)

    def _spoken(self, task: Any, facts: Any) -> str:
        closed = words.local(task.closed_at, facts.zone)
        return self._script.format(
            site=facts.book.site.name,
            caller=facts.actor.name or "工作人员",
            contact=task.contact or task.applicant,
            closed=f"{closed.month}月{closed.day}日",
        )

    def _told_row(self, on: bool) -> None:
        for part in (self._told_name, self.told):
            part.setVisible(on)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.phone)
        top.addWidget(self.contact, 1)
        for badge in (self.group, self.state):
            top.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.take)
        self.body.addLayout(top)
        self.body.addWidget(line())
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The arrows turn the pages of a long matter; Tab comes by once.
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setAccessibleName("回访任务的内容")
        self._area.setWidget(self._facts())
        self.body.addWidget(self._area, 1)

    def _facts(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        self._told_name = label("告知了谁", "label")
        foot = QHBoxLayout()
        foot.addWidget(self.caller, 1)
        foot.addWidget(self.open_case)
        rows = (
            (label("企业", "label"), self.enterprise),
            (label("诉求", "label"), self.matter),
            (label("答复", "label"), self.answer),
            (self._told_name, self.told),
            (label("怎么问", "label"), self.script),
            (label("已打", "label"), self.attempts),
            (label("办件", "label"), foot),
        )
        top = Qt.AlignmentFlag.AlignTop
        for place, (name, part) in enumerate(rows):
            grid.addWidget(name, place, 0, top)
            if isinstance(part, QWidget):
                grid.addWidget(part, place, 1, top)
            elif isinstance(part, QLayout):
                grid.addLayout(part, place, 1)
        holder = QWidget()
        holder.setProperty("role", "scrolled")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inner)
        column.addStretch(1)
        return holder
