"""The layout of zone ①: the one field, the offers below it, the profile or three fields, and the contact."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QListWidget, QPushButton, QVBoxLayout, QWidget

from desktop import words
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

SHOWN_OFFERS = 6


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
        self.open_cases = Badge()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.name, self.code):
            column.addWidget(widget)
        for badge in (self.proof, self.open_cases):
            column.addWidget(badge, 0, Qt.AlignmentFlag.AlignLeft)
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
        self.proof.setToolTip(f"名称和代码由{issuer}签发的企业码证明，不必再核对。" if issuer else "")
        self.proof.setVisible(bool(issuer))

    def show_recent(self, cases: list[tuple[str, str, str]]) -> None:
        """(id, text, tool tip) of recent cases, as links."""
        empty(self._recent)
        for case_id, text, tip in cases:
            self._recent.addWidget(self._link(case_id, text, tip))

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
        self.offers = QListWidget()
        self.offers.setAccessibleName("找到的企业")
        self.offers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.offers.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.offers.hide()
        self.profile = Profile()
        self.profile.hide()
        self.continuing = NoticeBar()
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
