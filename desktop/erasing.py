"""依法删除个人信息, on the page of a case or an enterprise: for an administrator of a station that works alone."""

from typing import Any

from PySide6.QtCore import Signal

from desktop.erasure_words import plan_lines
from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.shell.tasks import Task
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, ConfirmButton, label
from desktop.words import ERASURE_GROUNDS
from domain.staff import Actor
from services.permissions import allows

NAMED = 12
"""So many cases are named one by one before the rest of an enterprise's are counted."""


class EraseCard(Card):
    """Shows what will go before it can be confirmed; ``erased`` once it has gone."""

    erased = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__("个人信息")
        self._context = context
        self._wanted: dict[str, str] = {}
        self._name = ""
        self.ask = ActionButton("依法删除…", kind="quiet")
        self.told = label("", wrap=True)
        self.ground = ChoiceField("依据", [Choice(code, word) for code, word in ERASURE_GROUNDS.items()])
        self.confirm = ConfirmButton("删除…", "不能恢复，再按一次删除")
        for widget in (self.ask, self.told, self.ground, self.confirm):
            self.body.addWidget(widget)
        self.ask.clicked.connect(self._on_asked)
        self.confirm.confirmed.connect(self._on_confirmed)
        self._fold()

    def offer(self, actor: Actor, name: str, **wanted: str) -> None:
        """Offer it to whoever may do it; ``wanted`` is ``case`` or ``uscc`` (empty: nothing to offer), called ``name``.

        A listing of what would go of another one goes itself.
        """
        if wanted != self._wanted:
            self._wanted = wanted
            self._fold()
        self._name = name
        self.setVisible(allows(actor, "erase") and any(wanted.values()))

    def _fold(self) -> None:
        self.ask.show()
        for widget in (self.told, self.ground, self.confirm):
            widget.hide()

    def _on_asked(self) -> None:
        from services.erasure import Wanted, plan_erasure

        self._run(plan_erasure, Wanted(**self._wanted), on_done=self._on_plan)

    def _on_plan(self, plan: Any) -> None:
        self.ask.hide()
        self.told.setText(f"将删除{self._name}的个人信息：\n" + "\n".join(plan_lines(plan, NAMED)))
        for widget in (self.told, self.ground, self.confirm):
            widget.show()
        self.ground.setFocus()

    def _on_confirmed(self) -> None:
        from domain.erasure import Ground
        from services.erasure import Wanted, erase_person

        ground = Ground(self.ground.value())
        self._run(erase_person, Wanted(**self._wanted), ground, on_done=self._on_erased)

    def _on_erased(self, _: Any) -> None:
        from services.erasure import finish_erasure

        self._fold()
        tasks = self._context.tasks
        # Another thread than the store's own: the file is written anew, and nobody waits for that.
        tasks.run(
            tasks.in_background,
            self._context.station.run_aside,
            finish_erasure,
            on_error=self._on_refused,
            receiver=self,
        )
        self.erased.emit()

    def _run(self, service: Any, *args: Any, on_done: Any) -> Task:
        return self._context.tasks.run(
            self._context.station.submit,
            service,
            *args,
            on_done=on_done,
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_refused(self, error: Any) -> None:
        self.told.setText(sentence(error))
        self.told.show()
