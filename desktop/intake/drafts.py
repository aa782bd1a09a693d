"""Keeps what stands in the form while somebody types, under the form's own id."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.intake.form import Fields, is_empty
from desktop.shell.page import Station
from desktop.shell.tasks import TaskRunner
from services.drafts import drop_draft, list_drafts, new_form_id, save_draft

PAUSE_MS = 300


class DraftKeeper(QObject):
    """``opened`` when the form has its id; ``listed`` carries the saved drafts; ``kept`` after each save."""

    opened = Signal()
    listed = Signal(object)
    kept = Signal()

    def __init__(
        self, station: Station, tasks: TaskRunner, fields: Callable[[], Fields], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._station = station
        self._tasks = tasks
        self._fields = fields
        self._saved = False
        self.form_id: str | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.save)

    def open_form(self) -> None:
        """Begin a fresh form: its id comes from the store."""
        self._pause.stop()
        self.form_id = None
        self._saved = False
        self._tasks.run(self._station.submit, new_form_id, on_done=self._on_opened)

    def take_over(self, form_id: str) -> None:
        """Go on with the form of a draft."""
        self._pause.stop()
        self.form_id = form_id
        self._saved = True

    def soon(self) -> None:
        """Something was typed. Who types on without a pause is kept all the same."""
        if not self._pause.isActive():
            self._pause.start()

    def save(self) -> None:
        """Keep the form as it stands; an empty one is forgotten."""
        self._pause.stop()
        if self.form_id is None:
            return
        fields = self._fields()
        if is_empty(fields):
            if self._saved:
                self._saved = False
                self._tasks.run(self._station.submit, drop_draft, self.form_id)
            return
        self._saved = True
        self._tasks.run(
            self._station.submit, save_draft, self.form_id, fields, on_done=self._on_kept, receiver=self
        )

    def flush(self) -> None:
        """Keep at once what has not been kept yet."""
        if self._pause.isActive():
            self.save()

    def drop(self, form_id: str | None = None) -> None:
        """Forget a draft: this form's, or another one."""
        wanted = form_id or self.form_id
        if wanted is None:
            return
        if wanted == self.form_id:
            self._pause.stop()
            self._saved = False
        self._tasks.run(self._station.submit, drop_draft, wanted)

    def list_all(self) -> None:
        """Ask for the saved drafts."""
        self._tasks.run(self._station.submit, list_drafts, on_done=self._on_listed)

    def _on_opened(self, form_id: str) -> None:
        self.form_id = form_id
        if not is_empty(self._fields()):
            self._pause.start()
        self.opened.emit()

    def _on_kept(self, _: Any) -> None:
        self.kept.emit()

    def _on_listed(self, drafts: Any) -> None:
        self.listed.emit(drafts)
