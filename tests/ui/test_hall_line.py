"""Who decides over the queue: the hub while it answers, this window alone while it does not, and back again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.queue import wording
from desktop.queue.board import QueueBoard
from desktop.queue.hall_line import HallLine, LineState
from desktop.shell.tasks import TaskRunner
from domain.errors import AppError
from domain.queue.desk import HallView

VIEW = HallView("2026-11-18", 0, "Asia/Shanghai", "大厅", (), (), ())


@dataclass
class PaperHub:
    """A hub whose hall is what ``notice`` says; ``error`` is what it answers instead."""

    notice: str = "一"
    error: str = ""
    asked: list[str] = field(default_factory=list)
    stirred: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def change(self, notice: str) -> None:
        self.notice = notice
        self.stirred.set()

    def fail(self, code: str) -> None:
        self.error = code
        self.stirred.set()

    def wait(self, seen: str, seconds: int) -> str:
        if seconds and seen == self.notice and not self.error:
            self.stirred.wait(20)
        self.stirred.clear()
        self._check()
        return self.notice

    def view(self) -> HallView:
        self.asked.append("view")
        self._check()
        return replace(VIEW, notice=self.notice)

    def next(self, window: str) -> str:
        self.asked.append("next")
        self._check()
        return "hub"

    def close(self) -> None:
        self.closed = True
        self.stirred.set()

    def _check(self) -> None:
        if self.closed:
            raise AppError("queue.hub_away")
        if self.error:
            raise AppError(self.error, number="A001", term=2, known=3)


class PaperDesk:
    """A desk that says which it is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def next(self, window: str) -> str:
        return self.name

    def view(self) -> HallView:
        return replace(VIEW, notice=self.name)


@dataclass
class World:
    hub: PaperHub = field(default_factory=PaperHub)
    where: str = "hub 1"
    holds_own: bool = False
    is_heard_of: bool = True
    opened: int = 0

    def open_hub(self, silent_s: int) -> PaperHub:
        self.opened += 1
        return self.hub

    def no_hub(self) -> None:
        self.where = ""

    @property
    def line(self) -> HallLine:
        return HallLine(
            is_elsewhere=lambda: self.where,
            is_heard_of=lambda: self.is_heard_of,
            own=PaperDesk("own"),
            alone=PaperDesk("alone"),
            open_hub=self.open_hub,
            holds_own=lambda: self.holds_own,
            found_no_hub=self.no_hub,
        )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("AGAIN_S", "ALONE_S", "HELD_S"):
        monkeypatch.setattr(f"desktop.queue.hall_line.{name}", 0.01)
    return World()


def code_of(act: Any) -> str:
    with pytest.raises(AppError) as caught:
        act()
    return caught.value.code


def test_without_a_hub_the_own_store_decides(world: World) -> None:
    world.where = ""
    line = world.line
    assert (line.next("1"), line.state, world.opened) == ("own", LineState.OWN, 0)


def test_with_one_the_hub_does(world: World) -> None:
    line = world.line
    assert (line.next("1"), line.state) == ("hub", LineState.HUB)
    assert line.view().notice == "一"
    assert world.opened == 1


def test_a_press_without_an_answer_is_not_pressed_again_elsewhere(world: World) -> None:
    """The hub may have called somebody for it. The next press is this window's own."""
    line = world.line
    world.hub.error = "queue.hub_away"
    assert code_of(lambda: line.next("1")) == "queue.hub_away"
    assert (line.state, line.next("1")) == (LineState.AWAY, "alone")


def test_what_is_only_read_is_read_here_at_once(world: World) -> None:
    line = world.line
    world.hub.error = "queue.hub_away"
    assert line.view().notice == "alone"


def test_before_anybody_said_who_decides_no_hub_is_missed(world: World) -> None:
    line = world.line
    world.hub.error, world.is_heard_of = "queue.hub_away", False
    assert line.view().notice == "alone"
    assert (line.state, line.state.is_alone) == (LineState.UNHEARD, True)
    world.is_heard_of = True
    line.follow()
    assert line.state is LineState.AWAY


@pytest.mark.parametrize("code", ["queue.hub_superseded", "queue.hub_old"])
def test_a_hub_that_was_replaced_is_asked_no_more(world: World, code: str) -> None:
    line = world.line
    world.hub.error = code
    assert code_of(lambda: line.next("1")) == code
    assert (line.state, line.next("1")) == (LineState.MOVED, "alone")


def test_a_refusal_is_no_reason_to_leave(world: World) -> None:
    line = world.line
    world.hub.error = "queue.not_called"
    assert code_of(lambda: line.next("1")) == "queue.not_called"
    world.hub.error = ""
    assert (line.next("1"), line.state) == ("hub", LineState.HUB)


def test_a_reason_that_this_program_has_no_words_for_is_told_all_the_same(world: World) -> None:
    line = world.line
    world.hub.error = "queue.of_next_year"
    assert code_of(lambda: line.next("1")) == "queue.refused_by_hub"


def test_a_node_above_that_is_no_hub_leaves_it_to_the_station(world: World) -> None:
    line = world.line
    world.hub.error = "queue.not_a_hub"
    assert (line.next("1"), line.state) == ("own", LineState.OWN)


def test_the_window_keeps_its_own_until_the_hub_has_them(world: World) -> None:
    line = world.line
    world.hub.error = "queue.hub_away"
    line.view()
    world.hub.error, world.holds_own = "", True
    assert (line.follow(), line.state) == (False, LineState.AWAY)
    world.holds_own = False
    assert (line.follow(), line.state) == (True, LineState.HUB)


def test_a_window_that_was_ended_while_alone_keeps_its_own_too(world: World) -> None:
    world.holds_own = True
    line = world.line
    assert (line.next("1"), line.look()) == ("alone", LineState.AWAY)
    world.holds_own = False
    assert (line.look(), line.next("1")) == (LineState.HUB, "hub")


def test_looking_once_finds_out_who_decides(world: World) -> None:
    line = world.line
    assert line.look() is LineState.HUB
    world.hub.error = "queue.hub_away"
    assert line.look() is LineState.AWAY
    assert line.next("1") == "alone"


@contextmanager
def following(world: World, tasks: TaskRunner) -> Iterator[QueueBoard]:
    line = world.line
    board = QueueBoard(lambda: line, tasks)
    board.start()
    try:
        yield board
    finally:
        board.stop()


def shows(board: QueueBoard, notice: str, state: LineState) -> bool:
    return board.view is not None and (board.view.notice, board.line_state) == (notice, state)


def test_a_board_follows_the_hub_by_waiting(world: World, tasks: TaskRunner, qtbot: QtBot) -> None:
    """Nothing is asked by the clock: the timer of a quarter of a minute does not run out here."""
    with following(world, tasks) as board:
        qtbot.waitUntil(lambda: shows(board, "一", LineState.HUB))
        world.hub.change("二")
        qtbot.waitUntil(lambda: shows(board, "二", LineState.HUB))
        world.hub.fail("queue.hub_away")
        qtbot.waitUntil(lambda: shows(board, "alone", LineState.AWAY))
        assert wording.LINES[board.line_state]
        world.hub.error = ""
        qtbot.waitUntil(lambda: shows(board, "二", LineState.HUB))
        world.where = ""
        world.hub.stirred.set()
        qtbot.waitUntil(lambda: shows(board, "own", LineState.OWN))


def test_without_waiting_it_would_not_hear(
    world: World, tasks: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: a board that does not follow."""
    monkeypatch.setattr(QueueBoard, "_follow", lambda self, desk: None)
    with following(world, tasks) as board:
        qtbot.waitUntil(lambda: shows(board, "一", LineState.HUB))
        world.hub.change("二")
        with pytest.raises(Exception, match="timed out"):
            qtbot.waitUntil(lambda: shows(board, "二", LineState.HUB), timeout=300)
