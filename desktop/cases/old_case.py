"""An older case whose text lies at the centre: the page brings it back by itself, or says why it cannot."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from desktop.messages import sentence
from desktop.widgets import Tone


class OldCase(QObject):
    """Beside a case's page; ``fetched`` is called once the case is whole again."""

    def __init__(
        self, context: Any, say: Callable[[str, Tone], None], fetched: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._say, self._fetched = context, say, fetched
        self._case = ""

    def look(self, case: str) -> None:
        """What is private of ``case`` is not here: erased, or at the centre."""
        from services.retention import case_at_centre

        self._case = case
        self._context.tasks.run(
            self._context.station.submit, case_at_centre, case, on_done=self._on_place, receiver=self
        )

    def _on_place(self, case: str) -> None:
        if not case:
            self._say("本件的个人信息已依法删除。", Tone.INFO)
        elif case == self._case:
            self._say("本件办结已久，正在从中心取回。", Tone.INFO)
            run = self._context.tasks
            run.run(
                run.in_background,
                _fetch,
                self._context.station,
                case,
                on_done=self._on_fetched,
                on_error=lambda error: self._say(sentence(error), Tone.WARN),
                receiver=self,
            )

    def _on_fetched(self, _: Any) -> None:
        self._fetched()


def _fetch(station: Any, case: str) -> int:
    from services.retention import keep_fetched
    from sync.old_cases import fetch

    return fetch(station, case, keep_fetched)
