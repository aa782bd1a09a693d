"""A new calendar meets windows that are offline: each settles the promises by itself, and all come to the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.schema import event
from db.schema.supervision import reminder_row
from domain.cases import fold
from services.calendars import recompute_due_times
from services.cases import accept_case, show_case
from services.documents import publish_own, shipped
from services.supervision.reminders import run_reminders
from services.sync.conflicts import list_conflicts
from sync.engine import downward
from tests.fixed import FixedClock, form, local_ms
from tests.sync.world import Node

HOLIDAY = {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}
LONGER = {"name": "元旦", "from": "2027-01-01", "to": "2027-01-05"}


def with_2027(holiday: dict[str, str]) -> dict[str, Any]:
    calendar = shipped("calendar")
    year = {"notice": "国办发明电〔2026〕8号", "title": "2027年放假安排", "date": "2026-11-30"}
    calendar["years"] = {**calendar["years"], "2027": {**year, "holidays": [holiday], "workdays": []}}
    return calendar


class Hall:
    """A centre with two windows of its site, and a case whose promise waits for the calendar of 2027."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        clock.set("2026-12-31 10:00")
        self.clock = clock
        self.centre = Node(folder / "centre", clock).serve()
        self.windows = [Node(folder / name, clock) for name in ("one", "two")]
        for window in self.windows:
            self.centre.enrol(window)
        self.case = str(self.windows[0].call(accept_case, form(limit="standard")).id)
        self.meet()

    def meet(self) -> None:
        for window in (*self.windows, *self.windows):
            window.sync(self.centre)
            while self.centre.call(downward.fold):
                pass
            while window.call(downward.fold):
                pass

    def take_in(self, window: Node, holiday: dict[str, str], version: int) -> None:
        def take(uow: Any, clock: Any, actor: Any) -> None:
            while uow.reference.versions()["calendar"] < version:
                publish_own(uow, "calendar", with_2027(holiday), clock.now_ms())
            recompute_due_times(uow, clock, actor)

        self.clock.move(hours=1)
        window.call(take)

    def dues(self) -> set[Any]:
        return {one.call(show_case, self.case).due for one in (*self.windows, self.centre)}

    def told(self, node: Node) -> int:
        kinds = [one.kind for one in node.call(show_case, self.case).timeline]
        return kinds.count("case_due_recomputed")

    def close(self) -> None:
        for one in (*self.windows, self.centre):
            one.close()


@pytest.fixture
def hall(tmp_path: Path, clock: FixedClock) -> Iterator[Hall]:
    made = Hall(tmp_path, clock)
    yield made
    made.close()


def test_two_windows_settle_the_same_promise_offline(hall: Hall) -> None:
    for window in hall.windows:
        hall.take_in(window, HOLIDAY, 2)
    hall.meet()
    (due,) = hall.dues()
    assert (due.provisional, due.at) == (False, local_ms("2027-01-06 17:00"))
    for node in (*hall.windows, hall.centre):
        assert len(node.rows(sa.select(event.c.id).where(event.c.kind == "case_due_recomputed"))) == 2
        assert hall.told(node) == 1
        assert node.call(list_conflicts) == ()


def test_nobody_is_reminded_twice(hall: Hall) -> None:
    for window in hall.windows:
        hall.take_in(window, HOLIDAY, 2)
    hall.clock.set("2027-01-07 10:00")
    one = hall.windows[0]
    made = one.call(run_reminders)
    assert made
    hall.meet()
    assert one.call(run_reminders) == 0
    assert len(one.rows(sa.select(reminder_row))) == made


def test_the_newer_calendar_counts_whoever_was_later(hall: Hall) -> None:
    """The second window settles it by an older calendar, after the first, without having heard of it."""
    hall.take_in(hall.windows[0], LONGER, 3)
    hall.take_in(hall.windows[1], HOLIDAY, 2)
    hall.meet()
    (due,) = hall.dues()
    assert (due.calendar, due.at) == (3, local_ms("2027-01-08 17:00"))
    assert [hall.told(node) for node in hall.windows] == [1, 1]


def test_without_the_look_at_the_calendar_the_older_one_would_count(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "_is_settled", lambda *_: False)
    hall.take_in(hall.windows[0], LONGER, 3)
    hall.take_in(hall.windows[1], HOLIDAY, 2)
    hall.meet()
    (due,) = hall.dues()
    assert due.calendar == 2
