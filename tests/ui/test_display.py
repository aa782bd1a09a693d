"""大厅屏: legible from afar, a new call stands out and is spoken once, and nothing that is late is cried out."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.modes.announcing import Announcing
from desktop.modes.calls import LATE_MS, UNDER_WAY_MS, NewCalls
from desktop.modes.display.page import NO_NEWS, STALE_MS, DisplayPage
from desktop.modes.labels import FitLabel
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.theme.tokens import Scheme, TextSize
from services.queue.hall import close_hall, open_hall, pause_window, set_notice
from services.queue.rules import change_queue_rules, read_rules_facts
from services.queue.tickets import call_next, recall_ticket
from services.station import Station
from tests.fixed import FixedClock
from tests.ui.hall import Hall, Mouth, hall_of

LONG = "高新技术企业与专精特新中小企业认定及研发费用加计扣除专窗"
SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture
def hall(station: Station, tasks: TaskRunner, theme: Theme, qtbot: QtBot) -> Iterator[Hall]:
    with hall_of(station, tasks, theme, qtbot) as made:
        yield made


def display(hall: Hall, *groups: str, size: tuple[int, int] = SIZES[0]) -> Any:
    return hall.show(DisplayPage(hall.context(groups=groups)), *size)


def speaking(hall: Hall, *groups: str) -> tuple[Announcing, Mouth]:
    mouth = Mouth()
    return Announcing(hall.board, lambda zone, parent: mouth, groups, hall.tasks), mouth


def texts(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(FitLabel) if one.isVisible())


def rename(hall: Hall, *, groups: int, window_name: str = "") -> None:
    rules = hall.station.call(read_rules_facts).rules.document()
    rules["groups"] = [
        {
            **rules["groups"][0],
            "code": chr(65 + n),
            "prefix": chr(65 + n),
            "name": LONG if n % 2 else "综合受理",
        }
        for n in range(groups)
    ]
    rules["windows"] = [
        {
            "code": str(n + 1),
            "name": window_name and f"{window_name}{n or ''}",
            "groups": ["A"],
            "helps": ["B"],
        }
        for n in range(8)
    ]
    hall.do(change_queue_rules, rules)


def test_a_new_call_is_shown_stands_out_and_is_spoken_once(hall: Hall) -> None:
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.take()
    assert page.flashing == set()
    hall.call("3")
    assert (page.now_called.number.text(), page.now_called.window_label.text()) == ("A001", "请到 3 号窗口")
    assert page.now_called.property("tone") == "info"
    for _ in range(3):
        hall.look()
    assert mouth.said == [("A001", "3")]
    (key,) = page.flashing
    page._calm(key)
    assert page.now_called.property("tone") is None
    announcing.stop()
    assert mouth.stopped


def test_a_recall_is_spoken_again_and_stands_there_once(hall: Hall) -> None:
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.take()
    hall.call("3")
    hall.do(recall_ticket, "A001")
    assert mouth.said == [("A001", "3")] * 2
    assert [one.number.text() for one in page.last if one.isVisible()] == []
    announcing.stop()


def test_without_memory_a_call_would_be_spoken_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(self: NewCalls, view: Any) -> Any:
        return list(reversed(view.calls))

    monkeypatch.setattr(NewCalls, "take", forgetful)
    announcing, mouth = speaking(hall)
    hall.take()
    hall.call("3")
    hall.look()
    assert len(mouth.said) > 1
    announcing.stop()


def test_calls_from_before_the_start_are_shown_but_not_spoken(hall: Hall) -> None:
    hall.take()
    hall.call("3")
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.look()
    assert page.now_called.number.text() == "A001"
    assert page.flashing == set()
    assert mouth.said == []
    announcing.stop()


@pytest.mark.parametrize(("ago_ms", "said"), [(UNDER_WAY_MS, 1), (UNDER_WAY_MS + 1, 0)])
def test_calls_that_come_in_dated_before_the_start_are_not_spoken(
    hall: Hall, clock: FixedClock, ago_ms: int, said: int
) -> None:
    """As the made-up morning of a demonstration does; only what was under way at the first look counts."""
    clock.move(ms=-ago_ms)
    hall.take()
    clock.move(ms=ago_ms)
    hall.look()
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.board._reading = True  # nobody looks while the clock is another one
    clock.move(ms=-ago_ms)
    hall.station.call(call_next, "3")
    clock.move(ms=ago_ms)
    hall.board._reading = False
    hall.look()
    assert (len(mouth.said), len(page.flashing)) == (said, said)
    announcing.stop()


def test_a_clock_that_is_set_back_silences_nobody(hall: Hall, clock: FixedClock) -> None:
    announcing, mouth = speaking(hall)
    clock.move(hours=-2)
    hall.look()
    hall.take()
    hall.call("3")
    assert mouth.said == [("A001", "3")]
    announcing.stop()


def test_a_call_that_was_seen_too_late_is_not_spoken(hall: Hall, clock: FixedClock) -> None:
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.take()
    hall.settle()
    hall.board._reading = True  # nobody looks for a while, as when the machine sleeps
    hall.station.call(call_next, "3")
    clock.move(ms=LATE_MS + 1)
    hall.board._reading = False
    hall.look()
    assert page.now_called.number.text() == "A001"
    assert (mouth.said, page.flashing) == ([], set())
    announcing.stop()


def test_displays_of_different_groups_show_and_speak_their_own(hall: Hall) -> None:
    first, one_mouth = speaking(hall, "A")
    second, other_mouth = speaking(hall, "B", "C")
    page, other = display(hall, "A"), display(hall, "B", "C")
    hall.take("A")
    hall.call("1")
    hall.take("B")
    hall.call("2")
    assert page.now_called.number.text() == "A001"
    assert other.now_called.number.text() == "B001"
    assert [row.name.text() for row in page.groups.rows if row.isVisible()] == ["综合受理"]
    assert len([row for row in other.groups.rows if row.isVisible()]) == 2
    assert (one_mouth.said, other_mouth.said) == ([("A001", "1")], [("B001", "2")])
    first.stop()
    second.stop()


def test_groups_that_there_are_not_are_told(hall: Hall) -> None:
    page = display(hall, "X")
    assert "“X”" in page.notice.text()


def test_a_named_window_is_shown_and_spoken_by_its_name(hall: Hall) -> None:
    rename(hall, groups=2, window_name="综合一窗")
    announcing, mouth = speaking(hall)
    page = display(hall)
    hall.take()
    hall.call("1")
    assert page.now_called.window_label.text() == "请到 综合一窗"
    assert mouth.said == [("A001", "综合一窗")]
    announcing.stop()


def test_the_last_calls_stand_below_the_newest_first(hall: Hall) -> None:
    page = display(hall)
    for window in ("1", "2", "3"):
        hall.take()
        hall.call(window)
    assert page.now_called.number.text() == "A003"
    shown = [(one.number.text(), one.window_label.text()) for one in page.last if one.isVisible()]
    assert shown == [("A002", "2 号窗口"), ("A001", "1 号窗口")]


def test_pauses_notice_closing_and_hours(hall: Hall, clock: FixedClock) -> None:
    page = display(hall)
    hall.do(pause_window, "3", "午休，13:30 恢复")
    assert [row.text() for row in page.paused.rows] == ["3 号窗口 暂停服务：午休，13:30 恢复"]
    hall.do(set_notice, "请保管好随身物品。")
    assert page.notice.text() == "请保管好随身物品。"
    assert not page.notice.is_running
    hall.do(set_notice, "请保管好随身物品，" * 13)
    assert page.notice.is_running
    hall.do(close_hall, "消防演练")
    assert "消防演练" in texts(page)
    assert "等候情况" not in texts(page)
    hall.do(open_hall)
    clock.set("2026-11-18 20:00")
    hall.look()
    assert "不在服务时间" in texts(page)


def test_a_hall_that_cannot_be_read_says_so(hall: Hall) -> None:
    page = display(hall)
    page._read = _Elapsed(STALE_MS + 1)
    page.on_tick()
    assert page.notice.text() == NO_NEWS
    hall.look()
    assert page.notice.text() == ""


class _Elapsed:
    def __init__(self, ms: int) -> None:
        self.ms = ms

    def elapsed(self) -> int:
        return self.ms

    def restart(self) -> None:
        self.ms = 0


def inked_rows(label: FitLabel, colour: QColor) -> int:
    """How high the picture of a label is that shows its colour."""
    image = label.grab().toImage()
    rows = [
        y
        for y in range(image.height())
        if any(_near(image.pixelColor(x, y), colour) for x in range(0, image.width(), 2))
    ]
    return max(rows) - min(rows) + 1 if rows else 0


def _near(one: QColor, other: QColor) -> bool:
    return (
        abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue()) < 40
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_number_is_read_from_the_back_of_the_hall(
    hall: Hall, theme: Theme, size: tuple[int, int], scheme: Scheme
) -> None:
    theme.use(scheme, TextSize.NORMAL)
    rename(hall, groups=12, window_name="综合服务一窗（涉企诉求与惠企政策）")
    page = display(hall, size=size)
    for window in range(1, 9):
        hall.take()
        hall.call(str(window))
    hall.do(pause_window, "3", "设备检修，请到旁边的窗口，给您带来不便敬请谅解")
    assert page.minimumSizeHint().height() <= size[1]
    assert page.minimumSizeHint().width() <= size[0]
    assert inked_rows(page.now_called.number, theme.colour("accent")) >= 0.12 * size[1]
    small = [one for one in page.findChildren(FitLabel) if one.isVisible() and one.text()]
    assert all(one.height() >= one.fitted().pixelSize() for one in small)
    assert all(one.fitted().pixelSize() >= size[1] / 50 for one in small)
    assert not page.now_called.number.is_cut()
    theme.use(Scheme.LIGHT, TextSize.NORMAL)


def test_more_groups_than_fit_take_turns(hall: Hall) -> None:
    rename(hall, groups=12)
    page = display(hall)
    first = [row.name.text() for row in page.groups.rows if row.isVisible()]
    page.groups.turn_over()
    rest = [row.name.text() for row in page.groups.rows if row.isVisible()]
    assert len(first) + len(rest) == 12
    page.groups.turn_over()
    assert [row.name.text() for row in page.groups.rows if row.isVisible()] == first
