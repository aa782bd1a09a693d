"""The lists of the callbacks page: asked for, counted, shown."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.callbacks.columns import LISTS, MOST, SECOND, is_second
from desktop.callbacks.view import CallbacksView
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.widgets import Tone
from services.callbacks.tasks import count_callbacks, list_callbacks
from services.desk import desk_facts

OPEN = "open"
FORM_LISTS = frozenset({"open", "due_today", "overdue", "mine"})


class CallbackLists(CallbacksView):
    """``rows_shown`` are the rows of the list that is looked at."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self.rows_shown: tuple[Any, ...] = ()

    def on_rows(self) -> None:
        """The list was read."""

    def on_list_chosen(self) -> None:
        """Another list is looked at."""

    def refresh(self) -> None:
        """The list and its counts anew."""
        run, submit = self._context.tasks.run, self._context.station.submit
        name = self.which.value()
        run(submit, desk_facts, on_done=self._on_facts)
        run(submit, count_callbacks, on_done=self._on_counts, on_error=self._on_refused)
        run(
            submit,
            list_callbacks,
            OPEN if name == SECOND else name,
            limit=MOST,
            on_done=lambda page: self._on_page(name, page),
            on_error=self._on_refused,
            receiver=self,
        )

    def ask(self, service: Any, key: str, *, on_done: Any, on_error: Any = None) -> None:
        """Run ``service`` with a task's key; what is refused is told as a notice."""
        self._context.tasks.run(
            self._context.station.submit,
            service,
            key,
            on_done=on_done,
            on_error=on_error or self._on_refused,
            receiver=self,
        )

    def _on_facts(self, facts: Any) -> None:
        self.facts = facts

    def _on_counts(self, counts: Any) -> None:
        parts = [f"{word} {counts[name]}" for name, word in LISTS if name in counts and name != "done"]
        self.summary.setText("    ".join(parts))

    def _on_page(self, name: str, page: Any) -> None:
        if name != self.which.value():
            return
        self.rows_shown = tuple(one for one in page.rows if name != SECOND or is_second(one))
        self.table.show_rows(self.rows_shown, page.now_ms)
        self.lists.setCurrentWidget(self.table if self.rows_shown else self.nothing)
        self.form.setEnabled(name in FORM_LISTS and bool(self.rows_shown))
        self.on_rows()

    def choose_list(self, name: str) -> None:
        """Show one of the lists."""
        self.which.set_value(name)
        self.on_list_chosen()

    def _on_refused(self, error: Any) -> None:
        self._context.notices.say(sentence(error), Tone.WARN)
