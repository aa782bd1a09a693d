"""What the page shows while somebody types: suggestions, the promise, possible duplicates."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject

from desktop.intake.form import Fields, to_form
from desktop.intake.latest import Latest
from desktop.intake.offers import Offer, offers_from
from desktop.intake.view import IntakeView
from desktop.shell.page import PageContext, Station
from domain.cases.intake import MAX_TEXT
from domain.cases.model import CaseKind
from domain.errors import AppError
from services.desk import desk_facts
from services.intake import duplicates, preview
from services.routing import route

OFFERS_MS = 120
DUPLICATES_MS = 300


class LiveAnswers(QObject):
    """Asks after each pause in the typing and puts the answers where they are shown. ``book`` names the codes."""

    def __init__(self, view: IntakeView, context: PageContext, fields: Callable[[], Fields]) -> None:
        super().__init__(view)
        self.book: Any = None
        self._view = view
        self._station: Station = context.station
        self._tasks = context.tasks
        self._fields = fields
        self._suggest = Latest(context.tasks, self._ask_offers, OFFERS_MS, self)
        self._preview = Latest(context.tasks, self._ask_preview, OFFERS_MS, self)
        self._duplicates = Latest(context.tasks, self._ask_duplicates, DUPLICATES_MS, self)
        self._suggest.answered.connect(self._on_offers)
        self._preview.answered.connect(self._on_preview)
        self._preview.refused.connect(view.promise.show_refusal)
        self._duplicates.answered.connect(view.duplicate.show_found)

    def ask_facts(self) -> None:
        """Ask what the desk goes by: the book of codes, the zone."""
        self._tasks.run(self._station.submit, desk_facts, on_done=self._on_facts)

    def fields_changed(self) -> None:
        """Something was entered: the promise and the duplicates may be others."""
        self._preview.soon()
        self._duplicates.soon()

    def text_changed(self) -> None:
        """The matter was written on."""
        self._suggest.soon()

    def all_changed(self) -> None:
        """Another form stands on the page."""
        self.fields_changed()
        self.text_changed()

    def forget(self) -> None:
        """Ask nothing more, hear nothing of what is under way."""
        for latest in (self._suggest, self._preview, self._duplicates):
            latest.forget()

    def take(self, offer: Offer) -> None:
        """Put a suggestion where it belongs."""
        if offer.group == "board":
            self._view.promise.boards.take(offer.code)
        elif offer.group == "item":
            self._view.what.ticks.clear()
            self._view.what.choose_item(self.book.items[offer.code])
        else:
            self._view.what.choose_package(self.book.packages[offer.code])

    def _on_facts(self, facts: Any) -> None:
        first, self.book = self.book is None, facts.book
        self._view.who.zone = facts.zone
        self._view.drafts.zone = facts.zone
        names = {code: board.name for code, board in facts.book.boards.items()}
        self._view.promise.set_names(facts.zone, names)
        if first:
            # Whoever wrote faster than the book was read has had no suggestions yet.
            self.text_changed()

    def _text(self) -> str:
        return self._view.what.editor.toPlainText().strip()

    def _ask_offers(self) -> "Future[Any] | None":
        text = self._text()
        if not text or self.book is None:
            self._view.offers.show_offers([])
            return None
        return self._station.submit(route, text[:MAX_TEXT])

    def _on_offers(self, routing: Any) -> None:
        self._view.offers.show_offers(offers_from(routing, self.book))

    def _ask_preview(self) -> "Future[Any] | None":
        text = self._text()
        if not text or len(text) > MAX_TEXT:
            self._view.promise.show_nothing()
            return None
        try:
            form = to_form({**self._fields(), "who": {"contact": {}}}, None, "")
        except AppError as error:
            self._view.promise.show_refusal(error)
            return None
        return self._station.submit(preview, form)

    def _on_preview(self, settled: Any) -> None:
        self._view.what.show_kind(settled.kind.value)
        self._view.show_usual(answered=settled.kind is CaseKind.CONSULTATION)
        self._view.promise.show_settled(settled)

    def _ask_duplicates(self) -> "Future[Any] | None":
        who, text = self._view.who.fields(), self._text()
        if not text or not (who["uscc"] or who["name"]):
            self._view.duplicate.show_found(())
            return None
        return self._station.submit(duplicates, who["uscc"], who["name"] or "", text[:MAX_TEXT])
