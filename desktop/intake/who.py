"""Zone ①: who has come. One field takes a code, a name or pinyin initials."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.intake.lookup import Lookup
from desktop.intake.pending_enter import PendingEnter
from desktop.intake.verdict import Verdict, judge, looks_like_code
from desktop.intake.who_view import WhoView
from desktop.messages.codes import verdict_sentences
from desktop.shell.page import Station
from desktop.shell.tasks import TaskRunner
from domain.enterprises.credit_code import normalize
from services.scans import Scan


class WhoZone(WhoView):
    """``changed`` after anything was typed or settled; ``settled`` when the next field is the matter.

    ``known`` is the enterprise this station knows by what was entered, or None.
    """

    changed = Signal()
    settled = Signal()
    case_clicked = Signal(str)

    def __init__(self, station: Station, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.known: Any = None
        self._verdict = Verdict(is_code=False)
        self._enter = PendingEnter(self)
        self._proof: dict[str, str] = {}
        self.zone = "Asia/Shanghai"
        self._lookup = Lookup(
            station,
            tasks,
            self.entry.text,
            lambda: (self._verdict.code or judge(self.code.text()).code, self.name.text()),
            self,
        )
        self._connect()

    def fields(self) -> dict[str, Any]:
        """What was entered, as ``IntakeForm`` names it, and ``typed`` for the draft."""
        typed = self.entry.text()
        return {
            "typed": typed,
            "contact": self.contact.fields(),
            "proof": self._proof,
            "continues": self.continuing.case.get("case"),
            "continued": self.continuing.case,
            **self._applicant(typed),
        }

    def set_fields(self, fields: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave; an enterprise is looked up anew."""
        self.contact.set_fields(fields.get("contact", {}))
        self._forget_known()
        self.entry.editor.blockSignals(True)
        self.entry.set_text(fields.get("typed", ""))
        self.entry.editor.blockSignals(False)
        self.name.set_text(fields.get("name") or "")
        for field in (self.entry, self.name):
            # The beginning of a long name tells more than its end.
            field.editor.setCursorPosition(0)
        self.code.set_text(fields.get("uscc") or "")
        self.kind.set_value(fields.get("applicant_kind"))
        self._clear_marks()
        self._lock(fields.get("proof") or {})
        self.continuing.show_case(fields.get("continued") or {})
        if fields.get("name") or fields.get("uscc"):
            self._lookup.card.now()

    def take_enterprise(self, uscc: str | None, name: str) -> None:
        """Begin with a known enterprise; a contact that was typed stays."""
        contact = {} if self.contact.is_remembered else self.contact.fields()
        self.set_fields({"typed": name, "uscc": uscc, "name": name, "contact": contact})

    def forget_questions(self) -> None:
        """Ask nothing more until somebody types again."""
        self._lookup.forget()

    def take_scan(self, scan: Scan) -> None:
        """Fill in what was scanned. What the code proves is not asked again and cannot be typed over."""
        present, proof = self.fields(), scan.proof
        contact = {} if self.contact.is_remembered else present["contact"]
        proved = {"uscc": proof.uscc, "name": proof.name, "issuer": proof.issuer} if proof else {}
        kind = proof.kind if proof else None
        self.set_fields(
            {
                "typed": scan.uscc,
                "uscc": scan.uscc,
                "name": scan.name,
                "applicant_kind": kind,
                "contact": contact,
                "proof": proved,
                "continued": present["continued"],
            }
        )
        reasons = " ".join(verdict_sentences(scan.verdict))
        self.entry.set_hint(reasons, warning=bool(reasons) and proof is None)
        self.changed.emit()

    def continue_case(self, case: str, number: str) -> None:
        """The case to come goes on with the one called ``number``."""
        self.continuing.show_case({"case": case, "number": number})
        self.changed.emit()

    def show_error(self, field: str, sentence: str) -> bool:
        """Show ``sentence`` below the field it is about and go there; False where the field is not of this zone."""
        editors = {
            "uscc": self.code if not self.fresh.isHidden() else self.entry,
            "name": self.name if not self.fresh.isHidden() else self.entry,
            "phone": self.contact.phone,
            "contact": self.contact.name,
        }
        editor = editors.get(field)
        if editor is None:
            return False
        editor.set_error(sentence)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.entry.editor
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self.offers.take_key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self.entry.editor.installEventFilter(self)
        self.entry.changed.connect(self._on_typed)
        self.entry.entered.connect(self._on_entered)
        self.take_offer.clicked.connect(lambda: self.entry.set_text(self._verdict.offer))
        self.take_offer.clicked.connect(self.entry.setFocus)
        self.offers.itemClicked.connect(lambda _: self._enter.press())
        self.offers.itemClicked.connect(lambda _: self._pick())
        self.profile.case_clicked.connect(self.case_clicked)
        self.name.entered.connect(lambda: (self.contact.name if self.code.text() else self.code).setFocus())
        self.code.entered.connect(self.contact.name.setFocus)
        self.name.changed.connect(lambda _: self.name.set_error(""))
        self.code.changed.connect(self._on_code_typed)
        self.contact.name.entered.connect(self.contact.phone.setFocus)
        self.contact.phone.entered.connect(self.settled)
        self.contact.phone.changed.connect(lambda _: self.contact.phone.set_error(""))
        for field in (self.name, self.contact.name, self.contact.phone):
            field.changed.connect(lambda _: self.changed.emit())
        self.kind.chosen.connect(lambda _: self.changed.emit())
        self.contact.capacity.chosen.connect(lambda _: self.changed.emit())
        self.contact.authorised.toggled.connect(lambda _: self.changed.emit())
        self.continuing.closed.connect(self.changed)
        self._lookup.offered.connect(self._on_offers)
        self._lookup.found.connect(self._on_card)

    def _applicant(self, typed: str) -> dict[str, Any]:
        if self.known is not None:
            return {"uscc": self.known.uscc, "name": self.known.name, "applicant_kind": self.known.kind}
        name, code = self.name.text(), self.code.text()
        if typed and not (name or code):
            name, code = ("", typed) if looks_like_code(normalize(typed)) else (typed, "")
        return {"uscc": code or None, "name": name or None, "applicant_kind": self.kind.value()}

    def _on_typed(self, text: str) -> None:
        self._forget_known()
        self._lock({})
        self._enter.forget()
        self.fresh.hide()
        for field in (self.name, self.code):
            field.editor.clear()
        self._judge(judge(text))
        if self._verdict.code:
            self.offers.show_found(())
            self._lookup.offers.forget()
            self._lookup.card.soon()
        else:
            self._lookup.card.forget()
            self._lookup.offers.soon()
        self.changed.emit()

    def _judge(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.entry.set_error("")
        self.entry.set_hint(verdict.hint, warning=verdict.warning)
        if verdict.wrong:
            self.entry.set_error(verdict.wrong)
        self.take_offer.setVisible(bool(verdict.offer))
        if verdict.offer:
            self.take_offer.set_label(f"改为 {verdict.offer}")

    def _on_entered(self) -> None:
        self._enter.press()
        if self.offers.chosen() is not None:
            self._pick()
        elif self.known is not None:
            self._go_on()
        elif self._verdict.code:
            self._lookup.card.now()
        elif self.entry.text():
            self._enter_without_offer()

    def _enter_without_offer(self) -> None:
        verdict = judge(self.entry.text(), finished=True)
        if verdict.is_code:
            self._judge(verdict)
            self._enter.forget()
        else:
            # What was typed may have an offer that is still under way: it decides.
            self._lookup.offers.now()

    def _on_offers(self, rows: Any) -> None:
        self.offers.show_found(rows)
        if self._enter.waits and self.entry.text():
            self._pick() if rows else self._begin_new(self.entry.text(), "")

    def _pick(self) -> None:
        row = self.offers.chosen()
        self.take_enterprise(row.uscc, row.name)

    def _lock(self, proof: dict[str, str]) -> None:
        self._proof = proof
        for field, name in ((self.code, "uscc"), (self.name, "name")):
            field.editor.setReadOnly(bool(proof.get(name)))
        self.kind.setEnabled(not proof.get("name"))
        self.profile.show_proof(proof.get("issuer", ""))

    def _on_card(self, card: Any) -> None:
        if card is not None and card.enterprise.name:
            self._show_known(card)
        elif self._proof:
            # An agent's code proves the enterprise's code, not its name.
            self.fresh.show()
        elif self._verdict.code and self.fresh.isHidden():
            self._begin_new("", self._verdict.code)
        elif self.name.text() or self.code.text():
            self.fresh.show()
        self.changed.emit()

    def _show_known(self, card: Any) -> None:
        row = self.known = card.enterprise
        self.fresh.hide()
        self.offers.show_found(())
        self.profile.show_card(card, self.zone)
        self.contact.remember(row.contact_name, row.contact_phone, row.contact_capacity)
        if self._enter.waits:
            self._go_on()

    def _begin_new(self, name: str, code: str) -> None:
        self.name.set_text(name)
        self.code.editor.blockSignals(True)
        self.code.set_text(code)
        self.code.editor.blockSignals(False)
        self.offers.show_found(())
        self.fresh.show()
        if self._enter.take():
            (self.code if name else self.name).setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _on_code_typed(self, text: str) -> None:
        verdict = judge(text)
        self.code.set_error("")
        self.code.set_hint(verdict.hint, warning=verdict.warning)
        if verdict.wrong:
            self.code.set_error(verdict.wrong)
        if verdict.code and not self.fresh.isHidden():
            self._lookup.card.soon()
        self.changed.emit()

    def _go_on(self) -> None:
        if self._enter.take():
            self.settled.emit()

    def _forget_known(self) -> None:
        self.known = None
        self._verdict = Verdict(is_code=False)
        self.profile.hide()
        self.contact.forget()

    def _clear_marks(self) -> None:
        self.offers.show_found(())
        self.forget_questions()
        self.take_offer.hide()
        self.fresh.hide()
        for field in (self.entry, self.name, self.code, self.contact.name, self.contact.phone):
            field.set_hint("")
            field.set_error("")
