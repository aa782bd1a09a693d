"""The headless demonstration and the self-test: the whole main job in one go."""

from pathlib import Path

import pytest

from services.case_lists import count_lists
from services.demo import demo_forms, fill_demo, run_demo
from services.printing import waiting_prints
from services.station import Station
from tests.fixed import FixedClock


def test_three_kinds_one_of_them_a_package_each_with_its_slip(station: Station, tmp_path: Path) -> None:
    made = run_demo(station, tmp_path / "out")
    assert len({one.kind for one in made}) >= 3
    assert "package" in {one.kind for one in made}
    assert "one_time_notice" in {one.paper for one in made}
    assert all(one.file.read_bytes().startswith(b"%PDF-") for one in made)
    assert station.call(waiting_prints) == ()


@pytest.mark.parametrize("now", ["2026-11-18 10:00", "2026-11-18 00:01"])
def test_the_made_up_cases_are_accepted(station: Station, clock: FixedClock, now: str) -> None:
    clock.set(now)
    count = station.call(fill_demo)
    assert count > len(demo_forms())
    counts = station.call(count_lists).counts
    assert counts["all"] == count
    assert counts["accepted_today"] == len(demo_forms())
    assert counts["conflicts"] == 0
