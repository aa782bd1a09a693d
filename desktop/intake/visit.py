"""The visit on the page: whose ticket it is, and that the queue learns who came."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.queue.visit import Visit
from desktop.shell.page import PageContext
from desktop.widgets import NoticeBar, Tone
from domain.queue.model import Visitor


class VisitBar(NoticeBar):
    """来访: the form belongs to the visit of a ticket, until somebody takes the bar away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.visit: Visit | None = None
        self.closed.connect(self.forget)

    def fields(self) -> dict[str, Any]:
        """What a draft keeps of the visit."""
        visit = self.visit
        if visit is None:
            return {}
        return {"ticket": visit.ticket, "number": visit.number, "uscc": visit.uscc, "name": visit.name}

    def set_fields(self, fields: dict[str, Any]) -> None:
        """Bring back what ``fields`` gave."""
        self.show_visit(Visit(**fields) if fields else None)

    def show_visit(self, visit: Visit | None) -> None:
        """Say whose visit it is; None takes it away."""
        self.visit = visit
        if visit is None:
            self.hide()
        else:
            self.say(f"{visit.number} 的来访", Tone.INFO)
            self.setToolTip(f"受理后记在 {visit.number} 号下；不是这位来访就点右边的叉。")

    def forget(self) -> None:
        """The form is not about this visitor after all."""
        self.visit = None


class VisitLink:
    """Tells the queue who came, and which case the visit led to."""

    def __init__(self, bar: VisitBar, context: PageContext) -> None:
        self._bar, self._board = bar, context.queue
        self._told: Visitor | None = None

    def who_changed(self, known: Any) -> None:
        """``known`` is the enterprise that zone ① settled on, or None. A ticket that has one keeps it."""
        visit = self._bar.visit
        if visit is None or self._board is None or known is None or visit.uscc or visit.name:
            return
        visitor = Visitor(known.uscc or "", known.name)
        if visitor != self._told:
            self._told = visitor
            self._act("set_visitor", visit.ticket, visitor)

    def case_accepted(self, case: str) -> None:
        """The acceptance has told this station's own queue; a hall's hub learns it here."""
        if self._bar.visit is not None and self._board is not None:
            self._act("begin_case", self._bar.visit.ticket, case)

    def _act(self, name: str, *args: Any) -> None:
        # What the hub refuses or misses is no concern of who hands in a case.
        self._board.act(name, *args, on_done=lambda _: None, on_error=lambda _: None, receiver=self._bar)
