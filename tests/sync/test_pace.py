"""How much at once: more on a line that bears it, less after a cut, remembered from run to run."""

import random

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
    assert total_sent(Pace(), need, 64 << 10) <= 1.25 * need


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
