"""Work for other threads, and the way its results come back to the main thread.

A page never waits: it hands a function that returns a ``concurrent.futures.Future`` (such as ``station.submit``) to
``TaskRunner.run`` and says which slot takes the result. Slots of an object that is gone meanwhile are not called.
"""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from domain.errors import AppError

Done = Callable[[Any], None]
Failed = Callable[[AppError], None]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Task:
    """One piece of work under way."""

    number: int
    on_done: Done | None
    on_error: Failed | None
    on_progress: Progress | None
    receiver: QObject | None
    future: "Future[Any] | None" = None

    def cancel(self) -> None:
        """Ask the work to end and forget its result. Work that has begun runs to its end, unheard."""
        self.on_done = self.on_error = self.on_progress = None
        if self.future is not None:
            self.future.cancel()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody is still there to take the result."""
        return self.receiver is None or isValid(self.receiver)


class TaskRunner(QObject):
    """Runs work elsewhere and delivers in the main thread.

    ``refused`` carries an ``AppError`` that no ``on_error`` took, ``crashed`` any other exception.
    """

    refused = Signal(object)
    crashed = Signal(object)
    _finished = Signal(int, object)
    _advanced = Signal(int, int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: dict[int, Task] = {}
        self._numbers = count(1)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._on_advanced, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        fn: Callable[..., "Future[Any]"],
        *args: Any,
        on_done: Done | None = None,
        on_error: Failed | None = None,
        on_progress: Progress | None = None,
        receiver: QObject | None = None,
        **kwargs: Any,
    ) -> Task:
        """Call ``fn(*args, **kwargs)``, which returns a future at once, and deliver its result to ``on_done``.

        With ``on_progress``, ``fn`` gets one more keyword, ``progress(done, total)``, callable from any thread: it
        answers whether the work is still wanted.
        ``receiver`` is the object the slots belong to; for a bound method of a ``QObject`` it is found.
        """
        owner = receiver or _owner(on_done) or _owner(on_error)
        task = Task(next(self._numbers), on_done, on_error, on_progress, owner)
        if on_progress is not None:
            kwargs["progress"] = lambda done, total: self._advance(task.number, done, total)
        self._tasks[task.number] = task
        try:
            task.future = fn(*args, **kwargs)
        except Exception as error:
            task.future = Future()
            task.future.set_exception(error)
        task.future.add_done_callback(lambda future: self._finish(task.number, future))
        return task

    def in_background(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run a blocking function that is no service on a thread of the desk: ``run(runner.in_background, fn)``."""
        return self._pool.submit(fn, *args, **kwargs)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._tasks

    def stop(self) -> None:
        """Forget all work and let the thread end; for the end of the program."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _finish(self, number: int, future: "Future[Any]") -> None:
        # Called on a worker thread, perhaps when the program is about to end.
        if isValid(self):
            self._finished.emit(number, future)

    def _advance(self, number: int, done: int, total: int) -> bool:
        task = self._tasks.get(number)
        wanted = task is not None and task.on_progress is not None and isValid(self)
        if wanted:
            self._advanced.emit(number, done, total)
        return wanted

    @Slot(int, int, int)
    def _on_advanced(self, number: int, done: int, total: int) -> None:
        task = self._tasks.get(number)
        if task and task.on_progress and task.is_wanted:
            task.on_progress(done, total)

    @Slot(int, object)
    def _on_finished(self, number: int, future: "Future[Any]") -> None:
        task = self._tasks.pop(number, None)
        if task is None or future.cancelled():
            return
        error = future.exception()
        if error is None:
            if task.on_done and task.is_wanted:
                task.on_done(future.result())
        else:
            self._fail(task, error)

    def _fail(self, task: Task, error: BaseException) -> None:
        if isinstance(error, CancelledError):
            return
        if not isinstance(error, AppError):
            self.crashed.emit(error)
        elif task.on_error is None:
            self.refused.emit(error)
        elif task.is_wanted:
            task.on_error(error)


def _owner(slot: Callable[..., None] | None) -> QObject | None:
    owner = getattr(slot, "__self__", None)
    return owner if isinstance(owner, QObject) else None
