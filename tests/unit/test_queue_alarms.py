"""When the supervisor's page rings: never too early, never about nothing, and the same hall always the same way."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.queue import alarms
from domain.queue.alarms import Alarm, AlarmKind, alarms_of
from domain.queue.desk import GroupLine, HallView, TicketLine, WindowLine
from domain.queue.model import TicketState

NOW = 1_763_431_200_000
MINUTE = 60_000


def ticket(since: int, state: TicketState = TicketState.SERVING) -> TicketLine:
    return TicketLine("1", "2026-11-18", "A001", "A", state, "normal", since, since, since)


def group(**told: Any) -> GroupLine:
    base = GroupLine("A", "综合受理", 0, None, 0, 1, 0)
    return replace(base, **told)


def window(**told: Any) -> WindowLine:
    return replace(WindowLine("1", "", ("A",), "clerk", NOW, open=True), **told)


def hall(**told: Any) -> HallView:
    return replace(HallView("2026-11-18", NOW, "Asia/Shanghai", "", (), (), ()), **told)


def kinds(view: HallView, now_ms: int = NOW) -> list[AlarmKind]:
    return [one.kind for one in alarms_of(view, now_ms)]


def test_a_quiet_hall_is_silent() -> None:
    assert alarms_of(hall(), NOW) == ()
    assert alarms_of(hall(groups=(group(),), windows=(window(),)), NOW) == ()


@pytest.mark.parametrize(("waited", "rings"), [(30 * MINUTE, False), (30 * MINUTE + 1, True)])
def test_a_wait_rings_when_it_passes_the_limit(waited: int, rings: bool) -> None:
    view = hall(groups=(group(waiting=3, oldest_since=NOW - waited),))
    assert kinds(view) == ([AlarmKind.LONG_WAIT] if rings else [])
    if rings:
        assert alarms_of(view, NOW)[0] == Alarm(AlarmKind.LONG_WAIT, "A", NOW - waited, count=3)


def test_people_without_a_window_ring_at_once_and_only_once() -> None:
    view = hall(groups=(group(waiting=1, oldest_since=NOW - 40 * MINUTE, open_windows=0),))
    assert kinds(view) == [AlarmKind.NO_WINDOW]
    assert kinds(replace(view, closed="停电")) == [AlarmKind.LONG_WAIT]


@pytest.mark.parametrize(("served", "rings"), [(180 * MINUTE, False), (180 * MINUTE + 1, True)])
def test_a_service_rings_when_it_passes_the_limit(served: int, rings: bool) -> None:
    view = hall(windows=(window(ticket=ticket(NOW - served)),))
    assert kinds(view) == ([AlarmKind.LONG_SERVICE] if rings else [])


@pytest.mark.parametrize(("rested", "rings"), [(30 * MINUTE, False), (30 * MINUTE + 1, True)])
def test_a_paused_window_rings_in_hours_alone(rested: int, rings: bool) -> None:
    view = hall(windows=(window(open=False, since=NOW - rested, reason="取材料"),))
    assert kinds(view) == ([AlarmKind.WINDOW_PAUSED] if rings else [])
    assert kinds(replace(view, outside_hours=True)) == []
    assert kinds(replace(view, closed="消防演练")) == []


def test_a_window_nobody_has_opened_today_is_not_paused() -> None:
    assert kinds(hall(windows=(window(open=False, since=None, staff=""),))) == []


GROUPS = st.builds(
    group,
    code=st.sampled_from("ABC"),
    waiting=st.integers(0, 3),
    oldest_since=st.none() | st.integers(NOW - 300 * MINUTE, NOW),
    open_windows=st.integers(0, 2),
)
WINDOWS = st.builds(
    window,
    code=st.sampled_from("123"),
    open=st.booleans(),
    staff=st.sampled_from(("", "clerk")),
    since=st.none() | st.integers(NOW - 300 * MINUTE, NOW),
    ticket=st.none() | st.builds(ticket, st.integers(NOW - 400 * MINUTE, NOW)),
)
HALLS = st.builds(
    hall,
    groups=st.lists(GROUPS, max_size=3, unique_by=lambda one: one.code).map(tuple),
    windows=st.lists(WINDOWS, max_size=3, unique_by=lambda one: one.code).map(tuple),
    closed=st.sampled_from(("", "停电")),
    outside_hours=st.booleans(),
)


@given(HALLS, st.integers(0, 120 * MINUTE))
@settings(deadline=None, max_examples=150)
def test_while_nothing_happens_alarms_only_come(view: HallView, later: int) -> None:
    before, after = alarms_of(view, NOW), alarms_of(view, NOW + later)
    assert {one.key for one in before} <= {one.key for one in after}
    assert len({one.key for one in after}) == len(after)


@given(HALLS)
@settings(deadline=None, max_examples=150)
def test_every_alarm_is_about_something_that_is_there(view: HallView) -> None:
    groups, windows = {one.code: one for one in view.groups}, {one.code: one for one in view.windows}
    found = alarms_of(view, NOW)
    for one in found:
        if one.is_about_window:
            assert windows[one.place].ticket or not windows[one.place].open
        else:
            assert groups[one.place].waiting == one.count > 0
    assert [list(AlarmKind).index(one.kind) for one in found] == sorted(
        list(AlarmKind).index(one.kind) for one in found
    )


@given(HALLS)
@settings(deadline=None, max_examples=100)
def test_order_of_groups_and_windows_does_not_matter(view: HallView) -> None:
    turned = replace(view, groups=view.groups[::-1], windows=view.windows[::-1])
    assert alarms_of(turned, NOW) == alarms_of(view, NOW)


def test_without_the_limit_the_tests_go_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "_longer", lambda since, limit_s, now_ms: now_ms > since)
    with pytest.raises(AssertionError):
        test_a_wait_rings_when_it_passes_the_limit(30 * MINUTE, False)
    with pytest.raises(AssertionError):
        test_a_service_rings_when_it_passes_the_limit(180 * MINUTE, False)
