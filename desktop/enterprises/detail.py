"""One enterprise: shown, kept up to date, corrected."""

from typing import Any

from PySide6.QtCore import Signal

from desktop.enterprises.detail_view import EnterpriseDetail, conflict_sentence
from desktop.erasing import EraseCard
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from services.desk import desk_facts
from services.enterprises import save_enterprise, view_enterprise

_FIELD_OF = {"enterprises.name_missing": "name", "cases.phone_invalid": "phone"}


class Enterprise(EnterpriseDetail):
    """``back_asked`` to the list; ``begun`` carries (credit code, name) to begin a case for.

    ``missing`` carries the code or name that nobody knows yet.
    """

    back_asked = Signal()
    missing = Signal(str)
    begun = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._key = ""
        self._view: Any = None
        self.erase = EraseCard(context)
        self.erase.hide()
        self.at_end.addWidget(self.erase)
        self.erase.erased.connect(self._on_erased)
        self.back.clicked.connect(self._on_back)
        self.begin.clicked.connect(self._on_begin)
        self.change.clicked.connect(self._on_change)
        self.edit.saved.connect(self._on_saved)
        self.edit.left.connect(self._stop_editing)

    def show_enterprise(self, key: str) -> None:
        """Show the enterprise of this code or name."""
        if key != self._key:
            self._stop_editing()
            self.bar.hide_bar()
        self._key = key
        self.refresh()

    def refresh(self) -> None:
        """Read it anew; what is being typed into the form stays."""
        if self._key:
            self._context.tasks.run(
                self._context.station.submit,
                view_enterprise,
                self._key,
                on_done=self._on_view,
                on_error=self._on_refused,
            )

    def focus_first(self) -> None:
        """Where the keyboard goes when the page is shown."""
        self.begin.setFocus()

    def _on_view(self, view: Any) -> None:
        self._view = view
        self.show_view(view)
        self._context.tasks.run(
            self._context.station.submit, desk_facts, on_done=self._on_facts, receiver=self
        )
        if view.newer:
            self.bar.say("有的记录来自更新版本的程序，请升级后再看。", Tone.WARN)
        elif view.conflicts:
            self.bar.say(conflict_sentence(view.conflicts), Tone.WARN)

    def _on_facts(self, facts: Any) -> None:
        self.erase.offer(facts.actor, f"“{self._view.name}”", uscc=self._view.uscc or "")

    def _on_erased(self) -> None:
        self.bar.say("个人信息已依法删除。各网点下次同步时跟着删除。", Tone.OK)
        self.refresh()

    def _on_refused(self, error: Any) -> None:
        key, self._key = self._key, ""
        self.missing.emit(key)
        self._context.notices.say(sentence(error), Tone.WARN)

    def _on_begin(self) -> None:
        if self._view is not None:
            self.begun.emit((self._view.uscc, self._view.name))

    def _on_back(self) -> None:
        if self.edit.isHidden():
            self.back_asked.emit()
        else:
            self._stop_editing()

    def _on_change(self) -> None:
        if self._view is None or not self._view.may_edit:
            return
        self.edit.fill(self._view)
        self.edit.show()
        self.edit.focus_first()

    def _stop_editing(self) -> None:
        self.edit.hide()

    def _on_saved(self, told: Any) -> None:
        self.edit.save.setEnabled(False)
        self._context.tasks.run(
            self._context.station.submit,
            save_enterprise,
            self._view.uscc,
            told,
            on_done=self._on_kept,
            on_error=self._on_not_kept,
        )

    def _on_kept(self, view: Any) -> None:
        self.edit.save.setEnabled(True)
        self._stop_editing()
        self._on_view(view)
        self._context.notices.say(f"已保存：{view.name}", Tone.OK)
        self.change.setFocus()

    def _on_not_kept(self, error: Any) -> None:
        self.edit.save.setEnabled(True)
        field = str(error.params.get("field") or _FIELD_OF.get(error.code, ""))
        text = sentence(error)
        if not self.edit.show_error(field, text):
            self.bar.say(text, Tone.DANGER)
