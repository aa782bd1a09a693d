"""The task runner delivers in the main thread, to those who are still there, and tells errors apart."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.shell.tasks import Task, TaskRunner
from domain.errors import AppError
from tests.patience import PATIENCE_S


class Taker(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.threads: list[threading.Thread] = []

    def take(self, value: object) -> None:
        self.got.append(value)
        self.threads.append(threading.current_thread())


def test_result_comes_in_the_main_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    taker = Taker()
    tasks.run(tasks.in_background, lambda: 42, on_done=taker.take)
    qtbot.waitUntil(lambda: taker.got == [42])
    assert taker.threads == [threading.main_thread()]
    assert tasks.is_idle


def test_nothing_is_delivered_before_the_caller_is_done(qtbot: QtBot, tasks: TaskRunner) -> None:
    taker = Taker()
    finished: Future[int] = Future()
    finished.set_result(1)
    tasks.run(lambda: finished, on_done=taker.take)
    assert taker.got == []
    qtbot.waitUntil(lambda: taker.got == [1])


def _gone_taker(tasks: TaskRunner, qtbot: QtBot) -> list[object]:
    taker = Taker()
    future: Future[int] = Future()
    tasks.run(lambda: future, on_done=taker.take)
    from shiboken6 import delete

    delete(taker)
    future.set_result(1)
    qtbot.waitUntil(lambda: tasks.is_idle)
    return taker.got


def test_result_for_an_object_that_is_gone_is_dropped(qtbot: QtBot, tasks: TaskRunner) -> None:
    assert _gone_taker(tasks, qtbot) == []


def test_without_the_check_the_gone_object_would_be_called(
    qtbot: QtBot, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Task, "is_wanted", property(lambda task: True))
    assert _gone_taker(tasks, qtbot) == [1]


def test_refusal_goes_to_on_error_else_to_everyone(qtbot: QtBot, tasks: TaskRunner) -> None:
    def refuse() -> None:
        raise AppError("storage.wrong_key")

    taker = Taker()
    tasks.run(tasks.in_background, refuse, on_error=taker.take)
    qtbot.waitUntil(lambda: len(taker.got) == 1)
    with qtbot.waitSignal(tasks.refused) as blocker:
        tasks.run(tasks.in_background, refuse)
    assert blocker.args[0].code == "storage.wrong_key"


def test_bug_is_reported_even_where_refusals_are_taken(qtbot: QtBot, tasks: TaskRunner) -> None:
    taker = Taker()
    with qtbot.waitSignal(tasks.crashed) as blocker:
        tasks.run(tasks.in_background, lambda: 1 // 0, on_error=taker.take)
    assert isinstance(blocker.args[0], ZeroDivisionError)
    assert taker.got == []


def test_function_that_fails_at_once_is_reported_the_same_way(qtbot: QtBot, tasks: TaskRunner) -> None:
    def closed() -> "Future[int]":
        raise RuntimeError

    with qtbot.waitSignal(tasks.crashed):
        tasks.run(closed)


def test_cancel_is_silent(qtbot: QtBot, tasks: TaskRunner) -> None:
    taker = Taker()
    future: Future[int] = Future()
    task = tasks.run(lambda: future, on_done=taker.take, on_error=taker.take)
    with qtbot.assertNotEmitted(tasks.crashed):
        task.cancel()
        qtbot.waitUntil(lambda: tasks.is_idle)
    assert taker.got == []


def test_work_that_is_cancelled_hears_it_from_its_progress(qtbot: QtBot, tasks: TaskRunner) -> None:
    begun, cancelled = threading.Event(), threading.Event()
    answers: list[bool] = []

    def work(progress: Callable[[int, int], bool]) -> None:
        answers.append(progress(1, 2))
        begun.set()
        cancelled.wait(PATIENCE_S)
        answers.append(progress(2, 2))

    task = tasks.run(tasks.in_background, work, on_progress=lambda done, total: None)
    assert begun.wait(PATIENCE_S)
    task.cancel()
    cancelled.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answers == [True, False]


def test_progress_comes_in_order_before_the_result(qtbot: QtBot, tasks: TaskRunner) -> None:
    seen: list[object] = []

    def work(progress: object) -> str:
        for done in range(3):
            progress(done, 3)  # type: ignore[operator]
        return "end"

    tasks.run(
        tasks.in_background,
        work,
        on_done=seen.append,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    qtbot.waitUntil(lambda: "end" in seen)
    assert seen == [(0, 3), (1, 3), (2, 3), "end"]
