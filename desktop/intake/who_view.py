"""The layout of zone ①: the one field, the offers below it, the profile or three fields, and the contact."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from desktop import words
from desktop.intake.found import FoundEnterprises
from desktop.intake.visit import VisitBar
from desktop.widgets import (
    ActionButton,
    Badge,
    Card,
    Choice,
    ChoiceField,
    ElidedLabel,
    LineField,
    NoticeBar,
    Segments,
    Tone,
    empty,
    label,
    line,
)


def whole_line(field: LineField) -> None:
    """Say it when a pasted text was too long for the line, instead of cutting it silently."""
    longest = field.editor.maxLength()
    sentence = f"粘贴的内容超过 {longest} 个字符，多出的没有放入，请核对。"
    field.editor.inputRejected.connect(lambda: field.set_error(sentence))


class Profile(QWidget):
    """企业概况: what is known of the one who has come."""

    case_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = label("", "strong", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code = ElidedLabel("", "muted")
        self.proof = Badge()
        self.proof.hide()
        self.issuer = ElidedLabel("", "small")
        self.issuer.hide()
        self.open_cases = Badge()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.name, self.code):
            column.addWidget(widget)
        column.addWidget(self.proof, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.issuer)
        column.addWidget(self.open_cases, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._recent)

    def show_facts(self, name: str, facts: str, open_cases: int) -> None:
        """Name, one line of facts, and how many of its cases are open."""
        self.name.setText(name)
        self.code.setText(facts)
        tone = Tone.INFO if open_cases else Tone.QUIET
        self.open_cases.show_state(f"在办 {open_cases} 件" if open_cases else "没有在办件", tone)

    def show_proof(self, issuer: str) -> None:
        """Mark the name and the code as proved by a code of ``issuer``; an empty one takes the mark away."""
        self.proof.show_state("企业码已核验", Tone.OK)
        self.issuer.setText(f"由{issuer}证明，不必再核对")
        for part in (self.proof, self.issuer):
            part.setVisible(bool(issuer))

    def show_card(self, card: Any, zone: str) -> None:
        """Show an ``EnterpriseCard`` with its recent cases as links."""
        row = card.enterprise
        kind = words.word(words.APPLICANTS, row.kind)
        facts = f"{kind} · {row.uscc or '没有代码'} · 来办过 {row.cases} 件"
        self.show_facts(row.name, facts, card.open_cases)
        empty(self._recent)
        for case in card.recent:
            state = words.word(words.STATES, case.state)
            text = f"{words.local(case.accepted_at, zone):%m-%d} {state}  {case.excerpt}"
            self._recent.addWidget(self._link(case.id, text, f"{case.number} {state}\n{case.excerpt}"))
        self.show()

    def _link(self, case_id: str, text: str, tip: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", "quiet")
        button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, 250))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        button.setStyleSheet("text-align: left")
        button.clicked.connect(lambda: self.case_clicked.emit(case_id))
        return button


class ContactFields(QWidget):
    """经办人: name, phone, capacity, authorisation seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = LineField("经办人", max_length=200)
        self.phone = LineField("电话", max_length=60)
        self.capacity = Segments(words.choices(words.CAPACITIES), name="经办人身份")
        self.authorised = QCheckBox("已核对授权委托书")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.name, self.phone, self.capacity, self.authorised):
            column.addWidget(widget)
        for field in (self.name, self.phone):
            whole_line(field)
        self._remembered = ("", "")

    def fields(self) -> dict[str, Any]:
        """What was entered, as ``ContactForm`` names it."""
        return {
            "name": self.name.text(),
            "phone": self.phone.text(),
            "capacity": self.capacity.value(),
            "authorisation_seen": self.authorised.isChecked(),
        }

    def set_fields(self, contact: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave."""
        self._remembered = ("", "")
        self.name.set_text(contact.get("name", ""))
        self.phone.set_text(contact.get("phone", ""))
        self.capacity.set_value(contact.get("capacity", "agent"))
        self.authorised.setChecked(bool(contact.get("authorisation_seen")))

    @property
    def is_remembered(self) -> bool:
        """Whether nobody has typed here: empty, or as remembered from the last visit."""
        return (self.name.text(), self.phone.text()) == self._remembered

    def remember(self, name: str, phone: str, capacity: str) -> None:
        """Fill in who came the last time, unless somebody has typed."""
        if self.is_remembered or not (self.name.text() or self.phone.text()):
            self._remembered = (name, phone)
            self.name.set_text(name)
            self.phone.set_text(phone)
            self.capacity.set_value(capacity)

    def forget(self) -> None:
        """Take out what was only remembered: another enterprise is being looked for."""
        if self.is_remembered:
            self.name.set_text("")
            self.phone.set_text("")
        self._remembered = ("", "")


class ContinuedBar(NoticeBar):
    """接着办: the ``case`` that the one to come goes on with, with its ``number``; empty where none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.case: dict[str, str] = {}
        self.closed.connect(lambda: self.show_case({}))

    def show_case(self, case: dict[str, str]) -> None:
        """Say which one, or take the bar away."""
        self.case = case
        if case:
            self.say(f"接着办 {case['number']}，受理后两件自动关联。", Tone.INFO)
        else:
            self.hide()


class WhoView(Card):
    """① 谁来办."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("① 谁来办", parent)
        self.entry = LineField(
            "代码、名称或拼音首字母", placeholder="扫执照，或输入 yxjx、云溪机械", max_length=300
        )
        whole_line(self.entry)
        self.take_offer = ActionButton("", kind="secondary")
        self.take_offer.hide()
        self.offers = FoundEnterprises()
        self.profile = Profile()
        self.profile.hide()
        self.continuing = ContinuedBar()
        self.visit = VisitBar()
        self.fresh = QWidget()
        self.name = LineField("名称", max_length=500)
        self.code = LineField("信用代码（没有可空）", max_length=100)
        self.kind = ChoiceField("申请人类型", [Choice(None, "按名称判断"), *_kinds()])
        self.contact = ContactFields()
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QVBoxLayout(self.fresh)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(label("初次来办，请补全：", "muted"))
        for field in (self.name, self.code, self.kind):
            inner.addWidget(field)
        for field in (self.name, self.code):
            whole_line(field)
        self.fresh.hide()
        for widget in (
            self.visit,
            self.continuing,
            self.entry,
            self.take_offer,
            self.offers,
            self.profile,
            self.fresh,
            line(),
            self.contact,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)


def _kinds() -> list[Choice]:
    return [Choice(code, text) for code, text in words.choices(words.APPLICANTS)]
