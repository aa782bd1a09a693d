"""The layout of one enterprise: who it is and who says so, licences, contacts, cases, verifications."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from desktop import words
from desktop.enterprises import wording
from desktop.enterprises.edit import EditCard
from desktop.widgets import (
    ActionButton,
    Badge,
    Card,
    Chip,
    ChipRow,
    ElidedLabel,
    NoticeBar,
    Scrolled,
    Tone,
    empty,
    held,
    label,
)
from desktop.window_words import window_words
from domain.enterprises.profile import FIELDS

SHOWN_VERIFICATIONS = 20


class EnterpriseDetail(QWidget):
    """What stands where. ``case_opened`` carries a case's id."""

    case_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = ActionButton("返回列表", kind="quiet", key="Esc", icon_name="arrow-left")
        self.name = ElidedLabel("", "title")
        self.code = label("", "strong")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.mark = Badge()
        self.begin = ActionButton("为它受理", kind="primary", key="Ctrl+N", icon_name="note-pencil")
        self.change = ActionButton("修改档案", key="Ctrl+E", icon_name="pencil-simple")
        self.bar = NoticeBar()
        self.edit = EditCard()
        self.fields = QVBoxLayout()
        self.tags = ChipRow("标签")
        self.contacts = QVBoxLayout()
        self.licences = QVBoxLayout()
        self.cases = QVBoxLayout()
        self.history = QVBoxLayout()
        self.at_end = QVBoxLayout()
        self.case_head = label("", "small")
        self._lay_out()

    def show_view(self, view: Any) -> None:
        """Put everything into its place."""
        self.name.setText(view.name or "（还没有名称）")
        self.code.setText(view.uscc or "没有信用代码")
        self._show_mark(view)
        self._show_fields(view)
        self._show_tags(view)
        self._show_contacts(view)
        self._show_licences(view)
        self._show_cases(view)
        self._show_history(view)
        self.change.setVisible(view.may_edit)
        self.change.set_label("修改档案" if view.profile.name else "建立档案")

    def _show_mark(self, view: Any) -> None:
        fact = view.profile.fields.get("name")
        if fact is not None and fact.is_proved:
            self.mark.show_state("企业码证明", Tone.OK)
        elif fact is not None:
            self.mark.show_state(words.SOURCES[fact.source.value], Tone.INFO)
        else:
            self.mark.show_state("只来过窗口，没有档案", Tone.QUIET)

    def _show_fields(self, view: Any) -> None:
        empty(self.fields)
        for name in FIELDS:
            fact = view.profile.fields.get(name)
            if fact is not None:
                text = wording.shown(fact.key, fact.value)
                self.fields.addWidget(_fact(words.ENTERPRISE_FIELDS[name], text, fact, view))
        if not view.profile.fields:
            self.fields.addWidget(
                label("还没有档案。扫企业码、导入名单或按“建立档案”补充。", "muted", wrap=True)
            )

    def _show_tags(self, view: Any) -> None:
        chips = []
        for fact in view.profile.tags:
            chip = Chip(f"{words.TAG_GROUPS[fact.value.group.value]}：{fact.value.word}")
            chip.setCheckable(False)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setToolTip(wording.told_by(fact, view.zone, view.staff_names))
            chips.append(chip)
        self.tags.set_chips(chips or [label("没有标签。", "muted")])

    def _show_contacts(self, view: Any) -> None:
        empty(self.contacts)
        for fact in view.profile.contacts:
            one = fact.value
            text = "　".join(filter(None, (one.name or "（没有姓名）", one.phone, one.duty)))
            self.contacts.addWidget(_fact("", text, fact, view))
        row = view.row
        if row and row.contact_name and row.contact_name not in [f.value.name for f in view.profile.contacts]:
            text = f"最近到窗口的经办人：{row.contact_name}　{row.contact_phone}"
            self.contacts.addWidget(label(text, wrap=True))
        if not self.contacts.count():
            self.contacts.addWidget(label("没有登记联系人。", "muted"))

    def _show_licences(self, view: Any) -> None:
        empty(self.licences)
        for fact, standing in zip(view.profile.licences, view.standings, strict=True):
            self.licences.addWidget(_licence(fact, standing, view))
        if not view.profile.licences:
            self.licences.addWidget(label("没有证照。扫企业码后会显示码里带的证照。", "muted", wrap=True))

    def _show_cases(self, view: Any) -> None:
        empty(self.cases)
        self.case_head.setText(f"在办 {view.open_cases} 件" if view.open_cases else "没有在办件")
        for row in view.cases:
            button = ActionButton("", kind="quiet")
            line = wording.case_line(row, view.zone)
            button.setText(button.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, 380))
            button.setAccessibleName(f"办件 {row.number}，{line}")
            button.setToolTip(f"{row.number}\n{row.excerpt}")
            button.setStyleSheet("text-align: left")
            button.clicked.connect(lambda _=False, row=row: self.case_opened.emit(row.id))
            self.cases.addWidget(button)
        if not view.cases:
            self.cases.addWidget(label("还没有办件。", "muted"))

    def _show_history(self, view: Any) -> None:
        empty(self.history)
        for one in view.verifications[:SHOWN_VERIFICATIONS]:
            self.history.addWidget(_verification(one, view))
        if not view.verifications:
            self.history.addWidget(label("还没有核验过企业码。", "muted"))

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.edit)
        self.edit.hide()
        for name, inner in (("档案", self.fields), ("证照", self.licences), ("联系人", self.contacts)):
            left.addWidget(_card(name, inner))
        left.insertWidget(3, _card("标签", self.tags))
        left.addStretch(1)
        cases = _card("办件", self.cases)
        cases.head.addWidget(self.case_head)
        right.addWidget(cases)
        right.addWidget(_card("核验记录", self.history))
        right.addLayout(self.at_end)
        right.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(Scrolled(held(left)), 6)
        body.addWidget(Scrolled(held(right)), 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addWidget(self.bar)
        column.addLayout(body, 1)

    def _head(self) -> QVBoxLayout:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(14)
        first.addWidget(self.back)
        first.addWidget(self.name, 1)
        first.addWidget(self.change)
        first.addWidget(self.begin)
        second.setSpacing(14)
        second.addWidget(self.code)
        second.addWidget(self.mark)
        second.addStretch(1)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addLayout(first)
        head.addLayout(second)
        return head


def _fact(name: str, text: str, fact: Any, view: Any, before: QWidget | None = None) -> QWidget:
    """A value with the mark of who says so, and what others say instead."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 2)
    column.setSpacing(1)
    row = QHBoxLayout()
    row.setSpacing(8)
    if name:
        caption = label(name, "label")
        caption.setFixedWidth(caption.fontMetrics().horizontalAdvance("法定代表人") + 6)
        row.addWidget(caption, 0, Qt.AlignmentFlag.AlignTop)
    if before is not None:
        row.addWidget(before, 0, Qt.AlignmentFlag.AlignTop)
    value = label(text, wrap=True)
    value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row.addWidget(value, 1)
    if fact.is_proved:
        row.addWidget(Badge("已证明", Tone.OK), 0, Qt.AlignmentFlag.AlignTop)
    column.addLayout(row)
    column.addWidget(label(wording.told_by(fact, view.zone, view.staff_names), "small", wrap=True))
    others = wording.others_of(fact, view.staff_names)
    if others:
        column.addWidget(label(f"不同的说法：{others}", "warning", wrap=True))
    return widget


def _licence(fact: Any, standing: Any, view: Any) -> QWidget:
    licence = fact.value
    until = f"有效期至 {licence.until:%Y-%m-%d}" if licence.until else "长期有效"
    badge = Badge(*wording.licence_badge(licence, standing, view.today))
    return _fact("", f"{licence.kind}　{licence.number}　{until}", fact, view, before=badge)


def _verification(one: Any, view: Any) -> QWidget:
    """When, where, by whom, the verdict and its reasons; a verdict that changed says so."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(1)
    badges = QHBoxLayout()
    badges.addWidget(Badge(*wording.answer_badge(one.now.verdict)))
    if one.now.provisional:
        badges.addWidget(Badge("暂定，待复核", Tone.WARN))
    if one.changed:
        badges.addWidget(Badge(f"复核前为{wording.answer_badge(one.verdict)[0]}", Tone.DANGER))
    badges.addStretch(1)
    column.addLayout(badges)
    place = window_words(one.window)
    who = words.person(one.actor, view.staff_names)
    facts = filter(None, (words.moment(one.at, view.zone), place, who, one.issuer))
    column.addWidget(label("　".join(facts), "small", wrap=True))
    for sentence in wording.reason_sentences(one.now.reasons):
        column.addWidget(label(sentence, wrap=True))
    return widget


def _card(name: str, inner: QLayout | QWidget) -> Card:
    card = Card(name)
    if isinstance(inner, QWidget):
        card.body.addWidget(inner)
    else:
        card.body.addLayout(inner)
    return card


def conflict_sentence(conflicts: Iterable[tuple[str, str]]) -> str:
    """What a person should know of events that do not fit."""
    found = dict.fromkeys(words.word(words.CONFLICTS, code) for _, code in conflicts)
    return f"有记录对不上：{words.joined(found)}。内容已保留，请联系管理员核对。"
