"""From the big button to paper: accept, then link or merge, attach files and print. One press is one case."""

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.messages import sentence
from desktop.printing.run import NOTICE, SLIP, Printing
from desktop.shell.page import PageContext
from domain.cases.intake import IntakeForm
from services.case_steps import link_cases, merge_case
from services.cases import accept_case
from services.files import attach_path


@dataclass(frozen=True, slots=True)
class Order:
    """What is to happen after acceptance. ``duplicate`` is (``link`` or ``merge``, the other case's id)."""

    form: IntakeForm
    prints: bool
    files: tuple[str, ...] = ()
    duplicate: tuple[str, str] | None = None


class Acceptance(QObject):
    """``accepted`` carries (Accepted, Order); ``refused`` the error, with nothing recorded.

    ``told`` says what came of a step after acceptance: such a step never takes the acceptance back.
    """

    accepted = Signal(object, object)
    refused = Signal(object)
    told = Signal(str)

    def __init__(self, context: PageContext, printing: Printing, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._printing = printing
        self.is_running = False

    def begin(self, order: Order) -> None:
        """Accept; while it runs, asking again changes nothing."""
        if self.is_running:
            return
        self.is_running = True
        self._run(
            self._context.station.submit(accept_case, order.form),
            lambda accepted: self._on_accepted(accepted, order),
            self._on_refused,
        )

    def _on_accepted(self, accepted: Any, order: Order) -> None:
        self.is_running = False
        self.accepted.emit(accepted, order)
        for path in order.files:
            self._attach(accepted.id, path)
        if order.prints:
            self._printing.print_paper(accepted.id, SLIP)
        if order.form.missing and order.form.answer is None:
            self._printing.print_paper(accepted.id, NOTICE)
        # Last, since a merged case can no longer be handled.
        if order.duplicate is not None:
            self._join(accepted.id, *order.duplicate)

    def _on_refused(self, error: Any) -> None:
        self.is_running = False
        self.refused.emit(error)

    def _attach(self, case_id: str, path: str) -> None:
        name = Path(path).name
        self._run(
            self._context.station.submit_upkeep(attach_path, case_id, Path(path)),
            lambda _: None,
            lambda error: self.told.emit(f"附件“{name}”没有存进来：{sentence(error)}"),
        )

    def _join(self, case_id: str, how: str, other: str) -> None:
        service, done = (merge_case, "已并入") if how == "merge" else (link_cases, "已关联")
        self._run(
            self._context.station.submit(service, case_id, other),
            lambda _: self.told.emit(f"{done}此前的办件"),
            lambda error: self.told.emit(sentence(error)),
        )

    def _run(self, future: "Future[Any]", on_done: Any, on_error: Any) -> None:
        self._context.tasks.run(lambda: future, on_done=on_done, on_error=on_error, receiver=self)
