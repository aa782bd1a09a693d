"""The drafts beside the form: one comes back at the start, the others wait, and what was given up can return."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from desktop.intake.drafts import DraftKeeper
from desktop.intake.form import Fields, headline, is_empty
from desktop.intake.view import IntakeView
from desktop.widgets import Tone
from services.drafts import SavedDraft

Restore = Callable[[str, Fields], None]


class DraftShelf(QObject):
    """``restore`` puts a draft (form id, fields) on the page, ``fields`` tells what stands there."""

    def __init__(
        self, view: IntakeView, keeper: DraftKeeper, fields: Callable[[], Fields], restore: Restore
    ) -> None:
        super().__init__(view)
        self._view, self._keeper, self._fields, self._restore = view, keeper, fields, restore
        self._restored = False
        self._continued: SavedDraft | None = None
        self._given_up: tuple[str, Fields] | None = None
        keeper.listed.connect(self._on_listed)
        view.drafts.picked.connect(lambda draft: restore(draft.id, draft.fields))
        view.drafts.dropped.connect(self._on_dropped)
        view.bar.acted.connect(self._on_bar_acted)

    def go_on_with(self, draft: SavedDraft) -> None:
        """Somebody asked for this draft, perhaps before the page knew any."""
        self._continued = draft
        if self._restored:
            self._go_on()

    def keep_given_up(self, form_id: str, fields: Fields) -> None:
        """What was thrown away can be brought back until the next form is begun."""
        self._given_up = (form_id, fields)
        self._view.bar.say("已清空。", Tone.INFO, "恢复刚才的内容")

    def _go_on(self) -> None:
        draft, self._continued, self._restored = self._continued, None, True
        if draft is not None and draft.id != self._keeper.form_id:
            self._restore(draft.id, draft.fields)

    def _on_listed(self, drafts: Any) -> None:
        if self._continued is not None:
            self._go_on()
            return
        others = [draft for draft in drafts if draft.id != self._keeper.form_id]
        if not self._restored and others and is_empty(self._fields()):
            first, *others = others
            self._restore(first.id, first.fields)
            self._view.bar.say("已恢复上次没有受理的内容。", Tone.INFO)
        self._restored = True
        self._view.drafts.show_drafts([(draft, headline(draft.fields)) for draft in others])

    def _on_dropped(self, form_id: str) -> None:
        self._keeper.drop(form_id)
        self._keeper.list_all()

    def _on_bar_acted(self) -> None:
        if self._given_up is not None:
            given_up, self._given_up = self._given_up, None
            self._restore(*given_up)
