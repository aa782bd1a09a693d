"""The form in which a clerk corrects a profile; what a code proves is locked and says so."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from desktop import words
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, LineField
from domain.cases.model import ApplicantKind
from domain.enterprises.decide import Told
from domain.enterprises.profile import EnterpriseContact, Tag, read_tags

_LOCKED = "已由企业码证明，有效期内不能改。"
_LINES = ("name", "legal_representative", "address")


class EditCard(Card):
    """``saved`` carries a ``Told``, ``left`` nothing."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("修改档案", parent)
        self.lines = {name: LineField(words.ENTERPRISE_FIELDS[name], max_length=300) for name in _LINES}
        self.kind = ChoiceField(
            "类型", [Choice(code, text) for code, text in words.choices(words.APPLICANTS)]
        )
        self.tags = LineField("标签", max_length=500, hint="用顿号隔开，例如：初创、专精特新、智能物联产业链")
        self.contact = LineField("联系人", max_length=120)
        self.phone = LineField("联系电话", max_length=40)
        self.save = ActionButton("保存", kind="primary", key="Ctrl+S", icon_name="floppy-disk")
        self.leave = ActionButton("不改了", kind="quiet")
        self._before: Any = None
        self.save.clicked.connect(lambda: self.saved.emit(self.told()))
        self.leave.clicked.connect(self.left)
        self._lay_out()

    def fill(self, view: Any) -> None:
        """Begin with what counts now."""
        self._before = view
        profile = view.profile
        for name, field in self.lines.items():
            field.set_text(profile.text(name) or (view.name if name == "name" else ""))
            self._lock(field, profile.fields.get(name))
        kind = profile.fields.get("kind")
        self.kind.set_value(str(kind.value) if kind else view.row and view.row.kind)
        self.kind.editor.setEnabled(not (kind and kind.is_proved))
        self.tags.set_text("、".join(fact.value.word for fact in profile.tags))
        first = profile.contacts[0].value if profile.contacts else EnterpriseContact("")
        self.contact.set_text(first.name)
        self.phone.set_text(first.phone)
        for field in (self.contact, self.phone, self.tags):
            field.set_error("")

    def told(self) -> Told:
        """What the clerk says, as far as it differs from what stood there."""
        profile = self._before.profile
        wanted = read_tags(self.tags.text())
        before = {fact.value for fact in profile.tags}
        known = {tag.word: tag for tag in before}
        kept: set[Tag] = {known.get(tag.word, tag) for tag in wanted}
        free = {fact.value for fact in profile.tags if not fact.is_proved}
        replaced = {tag.key for tag in kept - before}
        return Told(
            name=self._line("name"),
            legal_representative=self._line("legal_representative"),
            address=self._line("address"),
            kind=self._kind(),
            tags=tuple(sorted(kept - before)),
            drop_tags=tuple(sorted(tag for tag in free - kept if tag.key not in replaced)),
            contacts=self._contacts(),
            drop_contacts=self._dropped(),
        )

    def show_error(self, field: str, sentence: str) -> bool:
        """Show ``sentence`` below the field it is about; False where it is about none."""
        editors = {**self.lines, "phone": self.phone, "contact": self.contact, "tag": self.tags}
        editor = editors.get(field)
        if editor is None:
            return False
        editor.set_error(sentence)
        editor.editor.setFocus()
        return True

    def focus_first(self) -> None:
        """Go to the first field that may be changed."""
        free = next((one for one in self.lines.values() if not one.editor.isReadOnly()), self.tags)
        free.editor.setFocus()

    def _line(self, name: str) -> str | None:
        field = self.lines[name]
        text = field.text()
        said = self._before.profile.text(name)
        return None if field.editor.isReadOnly() or text == said else text

    def _kind(self) -> ApplicantKind | None:
        value = self.kind.value()
        same = not value or value == self._before.profile.text("kind")
        return None if same or not self.kind.editor.isEnabled() else ApplicantKind(value)

    def _contacts(self) -> tuple[EnterpriseContact, ...]:
        name, phone = self.contact.text(), self.phone.text()
        first = self._first_contact()
        duty = first.duty if first and first.name == name else ""
        said = EnterpriseContact(name, phone, duty)
        return (said,) if (name or phone) and said != first else ()

    def _dropped(self) -> tuple[str, ...]:
        first = self._first_contact()
        gone = first is not None and first.name != self.contact.text()
        return (first.name,) if first is not None and gone else ()

    def _first_contact(self) -> EnterpriseContact | None:
        contacts = self._before.profile.contacts
        return contacts[0].value if contacts else None

    @staticmethod
    def _lock(field: LineField, fact: Any) -> None:
        locked = bool(fact and fact.is_proved)
        field.editor.setReadOnly(locked)
        # The style sheet asks for the property when it is polished, not when it changes.
        field.editor.style().unpolish(field.editor)
        field.editor.style().polish(field.editor)
        field.set_error("")
        field.set_hint(_LOCKED if locked else "")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        name, person, address = self.lines.values()
        fields: tuple[QWidget, ...] = (name, person, self.kind, address, self.contact, self.phone)
        for place, field in enumerate(fields):
            grid.addWidget(field, place // 2, place % 2)
        grid.addWidget(self.tags, 3, 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        self.body.addLayout(grid)
        self.body.addLayout(buttons)
