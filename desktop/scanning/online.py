"""在线核验: what proves nothing by itself is asked about, at once or when there is a line again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.messages import sentence
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.widgets import Tone
from domain.codes.registry import RegistryResolver, RegistryUnreachableError
from domain.errors import AppError
from services.registry import take_answer, waiting_questions

AGAIN_MS = 5 * 60_000
Maker = Callable[[str], RegistryResolver]
STATES = {"active": "存续", "suspended": "吊销未注销", "cancelled": "注销", "unknown": "状态不明"}


def http_registry(address: str) -> RegistryResolver:
    """The registry at ``address``; its library is loaded when there is one."""
    from services.clock import SystemClock
    from sync.registry import HttpRegistry

    return HttpRegistry(address, SystemClock())


class OnlineRegistry(QObject):
    """Asks one question at a time on a thread of its own. ``answered`` carries the enterprise's row, or None."""

    answered = Signal(object)

    def __init__(
        self, tasks: TaskRunner, notices: Notices, make: Maker = http_registry, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._make = tasks, notices, make
        self._station: Any = None
        self._address = ""
        self._registry: RegistryResolver | None = None
        self._line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="registry")
        self._asking = False
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.ask)

    def use(self, station: Any, address: str) -> None:
        """Ask at ``address`` from now on; an empty one asks nobody."""
        self._station = station
        if address == self._address:
            return
        self._address, self._registry = address, None
        self._again.stop()
        if address:
            try:
                self._registry = self._make(address)
            except AppError as error:
                self._notices.say(sentence(error), Tone.WARN)
                return
            self._again.start()
            self.ask()

    def ask(self) -> None:
        """Ask about whatever waits."""
        if self._registry is not None and not self._asking:
            self._tasks.run(self._station.submit, waiting_questions, on_done=self._on_waiting, receiver=self)

    def stop(self) -> None:
        """Ask no more; a question under way ends within its three seconds."""
        self._again.stop()
        self._registry = None
        self._line.shutdown(wait=False, cancel_futures=True)

    def _on_waiting(self, texts: tuple[str, ...]) -> None:
        if not texts or self._registry is None or self._asking:
            return
        self._asking = True
        self._tasks.run(
            self._line.submit,
            _resolve,
            self._registry,
            texts[0],
            on_done=lambda answer: self._on_answer(texts[0], answer),
            receiver=self,
        )

    def _on_answer(self, text: str, answer: Any) -> None:
        self._asking = False
        if isinstance(answer, RegistryUnreachableError):
            # It waits; a clerk who has a visitor need not hear of every attempt.
            return
        self._tasks.run(
            self._station.submit,
            take_answer,
            text,
            answer,
            on_done=lambda row: self._on_taken(answer, row),
            receiver=self,
        )

    def _on_taken(self, answer: Any, row: Any) -> None:
        if answer is None:
            self._notices.say("登记机关查无此码，请核验证照原件。", Tone.WARN)
        else:
            state = STATES[answer.state]
            tone = Tone.OK if answer.state == "active" else Tone.WARN
            self._notices.say(f"{answer.source}答复：{answer.name}（{answer.uscc}），{state}。", tone)
        self.answered.emit(row)
        self.ask()


def _resolve(registry: RegistryResolver, text: str) -> Any:
    try:
        return registry.resolve(text)
    except RegistryUnreachableError as error:
        return error
