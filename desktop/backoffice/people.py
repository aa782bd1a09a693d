"""人员和值班: who works for a board, who is away and who stands in, and handing over all that somebody has."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.cases.day_field import DayField
from desktop.messages import sentence
from desktop.roles import role_word
from desktop.widgets import ActionButton, Badge, Card, Choice, ChoiceField, LineField, Tone, empty, label
from domain.errors import AppError

NOBODY = ""


class PeoplePanel(QWidget):
    """1+1+1+X. What was decided is told: who is away until when, who takes over from whom, who leads.

    ``away_set`` carries (id, day, substitute), ``back_set`` the id, ``all_handed_over`` (from, to),
    ``leader_named`` the name.
    """

    away_set = Signal(str, str, str)
    back_set = Signal(str)
    all_handed_over = Signal(str, str)
    leader_named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: Any = None
        self._facts: Any = None
        self.staffing = Card("1+1+1+X")
        self.department = label("", wrap=True)
        self.leader = LineField("分管领导", max_length=60)
        self.save_leader = ActionButton("保存", kind="quiet")
        self._members = QVBoxLayout()
        self.away = AwayForm()
        self.handing = HandAllForm()
        self._lay_out()
        self.save_leader.clicked.connect(lambda: self.leader_named.emit(self.leader.text()))
        self.leader.entered.connect(self.save_leader.click)
        self.away.confirmed.connect(self.away_set)
        self.handing.confirmed.connect(self.all_handed_over)

    def show_people(self, people: Any, facts: Any) -> None:
        """Show who works for a board; what is typed in a form stays."""
        another = self._people is None or self._people.board != people.board
        self._people, self._facts = people, facts
        leader = "" if people.may_name_leader else f"\n分管领导：{people.leader or '没有登记'}"
        self.department.setText(f"牵头部门：{people.department or '（地方自定）'}{leader}")
        if another or not self.leader.editor.hasFocus():
            self.leader.set_text(people.leader)
        for widget in (self.leader, self.save_leader):
            widget.setVisible(people.may_name_leader)
        empty(self._members)
        for member in people.members:
            self._members.addWidget(self._line(member))
        if not people.members:
            self._members.addWidget(
                label("这个板块还没有人员，请管理员在“设置 › 人员”里登记。", "muted", wrap=True)
            )
        own = [one for one in people.members if people.may_manage or one.id == facts.actor.id]
        self.away.offer(own, people.members, facts)
        self.handing.offer(own, people.members)

    def button(self, staff_id: str) -> ActionButton:
        """销假 of somebody who is away."""
        found = self.findChild(ActionButton, f"back-{staff_id}")
        assert isinstance(found, ActionButton)
        return found

    def _line(self, member: Any) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.addWidget(label(member.name, "strong", wrap=True), 1)
        row.addWidget(Badge("请假", Tone.WARN) if member.away_until else Badge("在岗", Tone.OK))
        column.addLayout(row)
        column.addWidget(label(f"{role_word(member.role.value)} · 在办 {member.in_hand} 件", "muted"))
        if member.away_until:
            column.addLayout(self._away_line(member))
        return holder

    def _away_line(self, member: Any) -> QHBoxLayout:
        names = self._facts.staff_names
        stands = f"，由{names.get(member.substitute, '')}代" if member.substitute else "，没有指定代办人"
        row = QHBoxLayout()
        row.addWidget(label(f"到 {member.away_until}{stands}", "small", wrap=True), 1)
        if self._people.may_manage or member.id == self._facts.actor.id:
            back = ActionButton("销假", kind="quiet")
            back.setObjectName(f"back-{member.id}")
            back.clicked.connect(lambda: self.back_set.emit(member.id))
            row.addWidget(back)
        return row

    def _lay_out(self) -> None:
        leader = QHBoxLayout()
        leader.addWidget(self.leader, 1)
        leader.addWidget(self.save_leader)
        self.staffing.body.addWidget(self.department)
        self.staffing.body.addLayout(leader)
        self.staffing.body.addLayout(self._members)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.staffing, self.away, self.handing):
            column.addWidget(widget)
        column.addStretch(1)
        self.setProperty("role", "scrolled")


class AwayForm(Card):
    """请假. ``confirmed`` carries (id, day, substitute)."""

    confirmed = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("请假", parent)
        self.who = ChoiceField("谁", [])
        self.day = DayField("请到哪天")
        self.substitute = ChoiceField("由谁代办", [])
        self.save = ActionButton("登记请假", kind="secondary")
        self.about = label("代办人在“我经办的”里会看到他的在办件。", "small", wrap=True)
        for widget in (self.who, self.day, self.substitute, self.about, self.save):
            self.body.addWidget(widget)
        self.save.clicked.connect(self._on_save_clicked)

    def offer(self, own: Any, members: Any, facts: Any) -> None:
        """Those who may be let go, and who may stand in."""
        self.setVisible(bool(own))
        self.who.set_choices([Choice(one.id, one.name) for one in own])
        stand_ins = [Choice(one.id, one.name) for one in members]
        self.substitute.set_choices([Choice(NOBODY, "不指定"), *stand_ins])
        self.day.begin(facts)

    def show_error(self, error: AppError) -> None:
        """Why it was refused, at the field it is about."""
        is_day = error.code in ("cases.until_invalid", "staff.away_past")
        (self.day if is_day else self.substitute).set_error(sentence(error))

    def clear(self) -> None:
        """It was noted."""
        self.day.set_value("")
        for field in (self.day, self.substitute):
            field.set_error("")

    def _on_save_clicked(self) -> None:
        day = self.day.value()
        if not day:
            self.show_error(AppError("cases.until_invalid", until=""))
            return
        self.confirmed.emit(self.who.value() or "", day, self.substitute.value() or NOBODY)


class HandAllForm(Card):
    """移交全部在办件. ``confirmed`` carries (from, to)."""

    confirmed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("移交全部在办件", parent)
        self.leaving = ChoiceField("移交人", [])
        self.taking = ChoiceField("接手人", [])
        self.save = ActionButton("移交", kind="secondary")
        for widget in (self.leaving, self.taking, self.save):
            self.body.addWidget(widget)
        self.save.clicked.connect(
            lambda: self.confirmed.emit(self.leaving.value() or "", self.taking.value() or "")
        )

    def offer(self, own: Any, members: Any) -> None:
        """Whose work may be handed over, and who may take it."""
        self.setVisible(bool(own) and len(members) > 1)
        self.leaving.set_choices([Choice(one.id, f"{one.name}（在办 {one.in_hand} 件）") for one in own])
        self.taking.set_choices([Choice(one.id, one.name) for one in members])

    def show_error(self, error: AppError) -> None:
        """Why it was refused."""
        self.taking.set_error(sentence(error))
