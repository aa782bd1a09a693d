"""The hybrid clock: always forward, never led astray by a wrong one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import clock
from domain.events.clock import MAX_LEAD_MS, counter, milliseconds, observe, order_key, pack, tick

_MS = st.integers(0, 2**42)


@given(st.lists(_MS, min_size=1, max_size=50), _MS)
@settings(deadline=None, max_examples=100)
def test_readings_only_grow_and_never_lag(nows: list[int], start: int) -> None:
    last = pack(start, 0)
    for now in nows:
        reading = tick(last, now)
        assert reading > last
        assert milliseconds(reading) >= now
        last = reading


def test_within_one_millisecond_the_counter_tells() -> None:
    first = tick(0, 1000)
    second = tick(first, 1000)
    assert (milliseconds(first), counter(first)) == (1000, 0)
    assert (milliseconds(second), counter(second)) == (1000, 1)


def test_a_full_counter_carries_into_the_milliseconds() -> None:
    assert tick(pack(1000, 2**16 - 1), 1000) == pack(1001, 0)


def test_a_clock_from_2030_does_not_win_every_merge() -> None:
    received = 1_000_000
    assert order_key(pack(10**12, 0), received) == pack(received + MAX_LEAD_MS, 0)
    assert order_key(pack(received - 5, 3), received) == pack(received - 5, 3)
    assert order_key(pack(10**12, 0), None) == pack(10**12, 0)


def test_without_the_limit_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "MAX_LEAD_MS", 10**12)
    assert clock.order_key(pack(10**12, 0), 1_000_000) == pack(10**12, 0)


def test_observing_raises_to_the_key_only() -> None:
    assert observe(10, 5) == 10
    assert observe(5, 10) == 10
