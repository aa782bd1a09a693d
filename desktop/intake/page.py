"""受理: the main job on one screen. Collects what is typed, asks the services, shows the answers."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.intake.acceptance import Acceptance, Order
from desktop.intake.draft_shelf import DraftShelf
from desktop.intake.drafts import DraftKeeper
from desktop.intake.form import Fields, is_empty, may_be_of, to_form
from desktop.intake.live import LiveAnswers
from desktop.intake.view import IntakeView
from desktop.intake.visit import VisitLink
from desktop.messages import sentence
from desktop.printing.run import SLIP, Printing, outcome_words
from desktop.queue.visit import Visit
from desktop.shell.page import Command, PageContext
from desktop.widgets import Tone
from domain.errors import AppError
from services.drafts import SavedDraft
from services.scans import Scan, SlipFacts

BLANK: Fields = {"who": {}, "what": {}, "promise": {}, "material": {}, "visit": {}}


class IntakePage(IntakeView):
    """The intake page. After an acceptance the form stays as it was accepted until the next visitor."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._context = context
        self._waiting_order: bool | None = None
        self.setAcceptDrops(True)
        self.printing = Printing(context, self, tells=False)
        self.acceptance = Acceptance(context, self.printing, self)
        self.keeper = DraftKeeper(context.station, context.tasks, self.fields, self)
        self.shelf = DraftShelf(self, self.keeper, self.fields, self.restore)
        self.live = LiveAnswers(self, context, self.fields)
        self.visits = VisitLink(self.who.visit, context)
        self._connect()
        self.keeper.open_form()
        self.printing.offer_waiting()
        self.live.ask_facts()
        self.keeper.list_all()

    def fields(self) -> Fields:
        """What stands on the page."""
        return {
            "who": self.who.fields(),
            "what": self.what.fields(),
            "promise": self.promise.fields(),
            "material": self.material.fields(),
            "visit": self.who.visit.fields(),
        }

    def on_shown(self) -> None:
        target = self.result.next if self.is_accepted else self.who.entry
        if self.is_accepted or is_empty(self.fields()):
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if "reference" in changes.areas or changes.elsewhere:
            self.live.ask_facts()

    def open_item(self, argument: Any) -> None:
        """Begin with an enterprise, ``(credit code or None, name)`` or a ``Scan``, or with the ``Visit`` of a ticket;
        go on with a ``SavedDraft``, or with the case of a slip (``SlipFacts``).
        """
        if isinstance(argument, SavedDraft):
            self.shelf.go_on_with(argument)
            return
        if isinstance(argument, Visit):
            self.begin_visit(argument)
            return
        self.next_visitor()
        if isinstance(argument, SlipFacts):
            self.who.continue_case(argument.case, argument.number)
        elif isinstance(argument, Scan):
            self.who.take_scan(argument)
        else:
            self.who.take_enterprise(*argument)

    def on_scan(self, scan: Scan) -> bool:
        """An enterprise fills the form; slips and cases open their own page."""
        if scan.uscc is None:
            return False
        if self.is_accepted:
            # Who shows the same code again stays the visitor who was called.
            here = self.who.visit.visit is not None and self.who.fields()["uscc"] == scan.uscc
            self.begin_again() if here else self.next_visitor()
        elif _is_about_another(self.fields(), scan.uscc):
            self.next_visitor()
            self.bar.say("上一位的内容已存为草稿，这里是刚扫码的企业。", Tone.INFO)
        was_here = self.who.isAncestorOf(self.focusWidget() or self)
        self.who.take_scan(scan)
        if was_here and scan.name:
            self.what.matter.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def commands(self) -> list[Command]:
        return [Command("受理：下一位", self.next_visitor, "note-pencil", words="xiayiwei xyw sl")]

    def accept_form(self, *, prints: bool) -> None:
        """F9 and Ctrl+F9."""
        if self.is_accepted or self.acceptance.is_running:
            return
        if self.keeper.form_id is None:
            self._waiting_order = prints
            return
        try:
            form = to_form(self.fields(), self.keeper.form_id, self._context.settings.value.window)
        except AppError as error:
            self.show_refusal(error)
            return
        self._show_running(True)
        files = tuple(self.material.files.value())
        self.acceptance.begin(Order(form, prints, files, self.duplicate.value()))

    def answer_at_once(self) -> None:
        """F10: asks for the answer in the page first, then accepts and closes."""
        if self.is_accepted:
            return
        if not self.what.is_answering:
            self.what.begin_answer()
        elif not self.what.answer.text().strip():
            self.what.answer.set_error(sentence(AppError("cases.answer_missing")))
            self.what.answer.setFocus()
        else:
            self.accept_form(prints=False)

    def next_visitor(self) -> None:
        """An empty form; what was not accepted stays among the drafts."""
        self._begin(BLANK)

    def begin_visit(self, visit: Visit) -> None:
        """The case of a visitor who was called. What was typed for them already, or for nobody yet, stays."""
        fields = self.fields()
        if self.is_accepted and fields["visit"].get("ticket") == visit.ticket:
            self.begin_again()
        elif self.is_accepted or not may_be_of(fields, visit):
            self._begin(BLANK)
        self.who.visit.show_visit(visit)
        who = self.fields()["who"]
        if (visit.uscc or visit.name) and not (who["uscc"] or who["name"]):
            self.who.take_enterprise(visit.uscc or None, visit.name)
            self.what.matter.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_changed()

    def begin_again(self) -> None:
        """Another case of the same visit: enterprise and contact stay."""
        fields = self.fields()
        kept = {
            name: value for name, value in fields["who"].items() if name not in ("continues", "continued")
        }
        self._begin({**BLANK, "who": kept, "visit": fields["visit"]})
        self.what.matter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self, fields: Fields) -> None:
        self._leave_form()
        self._fill(fields)
        self.keeper.open_form()
        self.keeper.list_all()
        self.who.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_form(self) -> None:
        if not self.is_accepted:
            self.keeper.save()
        self.result.hide()
        self.zones.setEnabled(True)
        self._show_running(False)

    def give_up(self) -> None:
        """Throw the form away; it can be brought back until the next one is begun."""
        fields, form_id = self.fields(), self.keeper.form_id
        self.keeper.drop()
        self._fill(BLANK)
        self.keeper.open_form()
        self.who.entry.setFocus()
        if not is_empty(fields) and form_id:
            self.shelf.keep_given_up(form_id, fields)

    def restore(self, form_id: str, fields: Fields) -> None:
        """Bring back a form as it was kept; what stands on the page stays among the drafts."""
        self._leave_form()
        self._fill(fields)
        self.keeper.take_over(form_id)
        self.keeper.soon()
        self.keeper.list_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The next visitor's scan or first letter begins the next form, so that nobody has to press a key for it.
        typed = event.text()
        if self.is_accepted and typed.isprintable() and typed.strip():
            self.next_visitor()
            self.who.entry.editor.insert(typed)
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # The window may be closing: what was typed is kept at once, and nothing is asked afterwards.
        self.keeper.flush()
        self.who.forget_questions()
        self.live.forget()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.is_accepted:
            self.live.all_changed()

    def _connect(self) -> None:
        for zone in (self.who, self.what, self.promise, self.material):
            zone.changed.connect(self._on_changed)
        self.who.visit.closed.connect(self._on_changed)
        self.who.changed.connect(lambda: self.visits.who_changed(self.who.known))
        self.what.text_changed.connect(self.live.text_changed)
        self.what.overflowed.connect(self.show_overflow)
        self.who.settled.connect(lambda: self.what.matter.setFocus(Qt.FocusReason.TabFocusReason))
        for link in (self.who.case_clicked, self.duplicate.open_asked, self.result.open_asked):
            link.connect(lambda case_id: self._context.navigator.open("cases", case_id))
        self.offers.taken.connect(self.live.take)
        self.offers.taken.connect(lambda _: self._on_changed())
        self.acceptance.accepted.connect(self._on_accepted)
        self.acceptance.refused.connect(self.show_refusal)
        self.acceptance.told.connect(self.result.tell)
        self.printing.finished.connect(
            lambda outcome: self.result.show_papers(outcome_words(outcome)[0], outcome.file)
        )
        self.keeper.opened.connect(self._on_form_opened)
        self.keeper.kept.connect(lambda: self.kept.setText("草稿已保存"))
        self._connect_buttons()

    def _connect_buttons(self) -> None:
        self.accept.clicked.connect(lambda: self.accept_form(prints=True))
        self.accept_only.clicked.connect(lambda: self.accept_form(prints=False))
        self.answer.clicked.connect(self.answer_at_once)
        self.clear.clicked.connect(self.give_up)
        self.result.next_asked.connect(self.next_visitor)
        self.result.again_asked.connect(self.begin_again)
        self.result.print_asked.connect(lambda case_id: self.printing.print_paper(case_id, SLIP))
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            _shortcut(self, key, self.offers.take_first)
        for number in range(1, 10):
            _shortcut(self, f"Alt+{number}", lambda number=number: self.offers.take(number))

    def _on_changed(self) -> None:
        if self.is_accepted:
            return
        self.kept.setText("")
        self.answer.set_label("答复并办结" if self.what.is_answering else "当场即办")
        self.keeper.soon()
        self.live.fields_changed()

    def _on_accepted(self, accepted: Any, order: Order) -> None:
        self.keeper.drop()
        self.who.forget_questions()
        self.live.forget()
        self.bar.hide()
        self.duplicate.hide()
        self.kept.setText("")
        self._show_running(True)
        self.zones.setEnabled(False)
        in_visit = order.form.ticket is not None
        answered = order.form.answer is not None
        self.result.show_accepted(accepted, self.promise.zone, answered=answered, in_visit=in_visit)
        self.visits.case_accepted(accepted.id)

    def _fill(self, fields: Fields) -> None:
        self.who.visit.set_fields(fields.get("visit", {}))
        self.who.set_fields(fields.get("who", {}))
        self.what.set_fields(fields.get("what", {}), self.live.book)
        self.promise.set_fields(fields.get("promise", {}))
        self.material.set_fields(fields.get("material", {}))
        self.duplicate.show_found(())
        self.bar.hide()
        self._on_changed()
        self.live.text_changed()

    def _on_form_opened(self) -> None:
        if self._waiting_order is not None:
            prints, self._waiting_order = self._waiting_order, None
            self.accept_form(prints=prints)


def _is_about_another(fields: Fields, uscc: str) -> bool:
    return bool(fields["what"]["text"].strip()) and fields["who"]["uscc"] not in (None, uscc)


def _shortcut(page: QWidget, key: str, slot: Any) -> None:
    shortcut = QShortcut(QKeySequence(key), page, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(slot)
