"""How much at once: more on a line that bears it, less after a cut, remembered from run to run."""

import random

import pytest

from sync.engine.pace import (
    CUTS_IN_VAIN,
    FAST_S,
    FLOOR_BYTES,
    LEVEL,
    MAX_ASKED_S,
    MAX_WAIT_S,
    MAX_WIRE_BYTES,
    PATIENCE,
    SLOW_S,
    THOROUGH_LEVEL,
    Pace,
    wait_s,
)
from sync.protocol import FIRST_BATCH_BYTES, LEAST_BATCH_BYTES


def test_a_good_line_is_soon_used_in_full() -> None:
    pace = Pace()
    assert pace.size == FIRST_BATCH_BYTES
    for _ in range(8):
        pace.arrived(0.05)
    assert pace.size == MAX_WIRE_BYTES
    assert pace.level == LEVEL


def test_the_better_a_line_the_sooner() -> None:
    sizes = []
    for seconds in (FAST_S / 2, FAST_S * 2, SLOW_S * 2):
        pace = Pace()
        pace.arrived(seconds)
        sizes.append(pace.size // FIRST_BATCH_BYTES)
    assert sizes == [4, 2, 1]


def test_a_slow_line_keeps_small_batches_and_is_compressed_for() -> None:
    pace = Pace()
    for _ in range(8):
        pace.arrived(3.0)
    assert pace.size == FIRST_BATCH_BYTES
    assert pace.level == THOROUGH_LEVEL


def test_what_was_cut_is_not_tried_again_at_once() -> None:
    pace = Pace()
    for _ in range(2):
        pace.arrived(0.1)
    was = pace.size
    pace.was_cut()
    for _ in range(PATIENCE - 1):
        pace.arrived(0.1)
    assert pace.size <= was // 4
    pace.arrived(0.1)
    pace.arrived(0.1)
    assert pace.size == was // 2


def test_the_next_run_knows_what_the_line_bore() -> None:
    pace = Pace()
    pace.was_cut()
    again = Pace(pace.ceiling)
    assert again.size == pace.size == FLOOR_BYTES


def test_a_line_that_lets_nothing_through_gets_single_events() -> None:
    pace = Pace()
    for _ in range(CUTS_IN_VAIN + 6):
        pace.was_cut()
    assert pace.size == LEAST_BATCH_BYTES


def total_sent(pace: Pace, need: int, cut_at: int) -> int:
    """Bytes that go over a line which cuts every connection after ``cut_at`` bytes until ``need`` have arrived."""
    sent = arrived = in_connection = 0
    while arrived < need:
        size = min(pace.size, need - arrived)
        if pace.sends(size, in_connection):
            in_connection = 0
        if in_connection + size > cut_at:
            sent += cut_at - in_connection
            in_connection = 0
            pace.was_cut()
            pace = Pace(pace.ceiling)
        else:
            sent += size
            arrived += size
            in_connection += size
            pace.arrived(0.05)
    return sent


def test_little_is_sent_again_where_every_connection_is_cut() -> None:
    need = 2_000 * 180
    assert total_sent(Pace(), need, 64 << 10) <= 1.15 * need


@pytest.mark.parametrize("cut_at", [20_000, 48_000, 90_000, 200_000, 400_000])
def test_wherever_it_is_cut(cut_at: int) -> None:
    need = 2_000_000
    assert total_sent(Pace(), need, cut_at) <= 1.3 * need


def test_without_new_connections_half_of_each_goes_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    sends = Pace.sends
    monkeypatch.setattr(Pace, "sends", lambda *told: bool(sends(*told)) and False)
    need = 2_000 * 180
    assert total_sent(Pace(), need, 64 << 10) > 1.15 * need


def test_what_was_borne_before_a_larger_size_was_tried_is_gone_back_to() -> None:
    pace = Pace(40_000)
    for _ in range(PATIENCE):
        pace.sends(pace.size, 0)
        pace.arrived(0.1)
    assert pace.size == 80_000
    pace.sends(pace.size, 0)
    pace.was_cut()
    assert pace.size == pace.ceiling == 40_000


def test_a_connection_that_had_borne_more_is_not_doubted_as_a_whole() -> None:
    pace = Pace()
    for carried in (0, 16_000, 40_000):
        pace.sends(pace.size, carried)
        pace.arrived(0.7)
    pace.sends(128 << 10, 60_000)
    pace.was_cut()
    assert pace.size == 60_000 * 7 // 8
    pace.sends(pace.size, 0)
    pace.was_cut()
    assert pace.size == 60_000 * 7 // 8 // 4


def test_what_was_made_before_the_last_answer_is_what_was_cut() -> None:
    """The next batch is made while one is under way: its size is not the one that the answer allowed since."""
    pace = Pace()
    pace.sends(20_000, 0)
    pace.arrived(0.1)
    pace.sends(16_000, 0)
    pace.was_cut()
    assert pace.size == FLOOR_BYTES


def test_connections_are_kept_where_nothing_was_cut_or_batches_are_small() -> None:
    assert not Pace().sends(MAX_WIRE_BYTES, 10 << 20)
    assert not Pace(FLOOR_BYTES).sends(FLOOR_BYTES, 10 << 20)
    assert not Pace(40_000).sends(40_000, 0)
    assert Pace(40_000).sends(40_000, 30_000)


def test_waiting_grows_is_capped_and_differs_from_window_to_window() -> None:
    waits = {
        failures: [wait_s(failures, random.Random(seed)) for seed in range(50)] for failures in (0, 3, 40)
    }
    assert max(waits[40]) <= MAX_WAIT_S
    assert min(waits[40]) >= MAX_WAIT_S / 2
    assert max(waits[0]) < min(waits[3])
    assert len(set(waits[3])) == 50


def test_nobody_asks_sooner_than_the_upstream_wishes_and_not_all_at_once() -> None:
    waits = [wait_s(1, random.Random(seed), 120) for seed in range(40)]
    assert 120 <= min(waits) < max(waits) <= 150
    assert len({round(wait) for wait in waits}) > 10


def test_no_wish_of_an_upstream_puts_a_window_off_for_a_day() -> None:
    assert wait_s(1, random.Random(1), 86_400) <= MAX_ASKED_S * 1.25
