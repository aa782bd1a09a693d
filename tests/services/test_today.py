"""The day's page: its figures, papers that may not have come out, and the care for the data."""

import shutil
from pathlib import Path

import pytest

from services import care
from services.care import daily_backup, look_after, sweep_files
from services.cases import accept_case
from services.demo import fill_demo_once
from services.drafts import save_draft
from services.printing import mark_printed, record_print
from services.station import Station
from services.today import COMING_OUT_MS, read_today
from services.upkeep import new_recovery_code
from tests.fixed import DAY_MS, FixedClock, form

DRAFT = "0193a6c0-0000-7000-8000-000000000001"


def test_figures_of_the_day(station: Station, clock: FixedClock) -> None:
    station.call(accept_case, form(limit="simple", name="昨天的公司"))
    clock.move(days=1)
    station.call(accept_case, form(limit="simple"))
    station.call(accept_case, form(answer="可以，带上执照即可。", name="另一家公司"))
    today = station.call(read_today)
    assert today.counts == {
        "accepted": 2,
        "answered": 1,
        "open": 2,
        "due": 1,
        "overdue": 1,
        "provisional": 0,
    }
    assert [row.applicant for row in today.recent][-1] == "昨天的公司"


def test_paper_waits_until_it_is_confirmed(station: Station, clock: FixedClock) -> None:
    accepted = station.call(accept_case, form())
    job = station.call(record_print, accepted.id, "case_slip", "a5")
    assert station.call(read_today).papers == ()
    clock.move(ms=COMING_OUT_MS)
    paper = station.call(read_today).papers[0]
    assert (paper.id, paper.key, paper.number, paper.copy) == (job.id, accepted.id, accepted.number, 1)
    station.call(mark_printed, job.id)
    assert station.call(read_today).papers == ()


def test_paper_that_failed_is_offered_at_once(station: Station) -> None:
    accepted = station.call(accept_case, form())
    job = station.call(record_print, accepted.id, "case_slip", "a5")
    station.call(mark_printed, job.id, "printing.printer_failed")
    assert [one.id for one in station.call(read_today).papers] == [job.id]


def test_drafts_are_those_of_the_person(station: Station) -> None:
    station.call(save_draft, DRAFT, {"who": {}})
    assert [one.id for one in station.call(read_today).drafts] == [DRAFT]


def test_care_of_a_fresh_station(station: Station, clock: FixedClock) -> None:
    fresh = station.submit_upkeep(look_after).result()
    assert (fresh.recovery_code, fresh.backup_at, fresh.backup_is_old) == (False, None, True)
    station.submit_upkeep(new_recovery_code).result()
    station.run_aside(daily_backup)
    done = station.submit_upkeep(look_after).result()
    assert (done.recovery_code, done.backup_at, done.backup_is_old) == (True, clock.at_ms, False)
    clock.move(days=care.STALE_BACKUP_DAYS)
    assert station.submit_upkeep(look_after).result().backup_is_old


def test_low_disk_is_seen(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=care.LOW_DISK_BYTES - 1))
    assert station.submit_upkeep(look_after).result().disk_is_low


def test_backup_once_a_day(station: Station, clock: FixedClock) -> None:
    assert station.run_aside(daily_backup) is not None
    assert station.run_aside(daily_backup) is None
    clock.move(days=1)
    assert station.run_aside(daily_backup) is not None


def test_sweep_takes_only_what_no_record_names(station: Station, station_home: Path) -> None:
    orphan = station_home / "attachments" / "ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left by a kill")
    assert station.submit_upkeep(sweep_files).result() == 1
    assert not orphan.exists()


def test_a_paper_of_this_hour_stays_where_the_station_goes_by_a_later_clock(
    station: Station, station_home: Path, clock: FixedClock
) -> None:
    paper = station_home / "papers" / "slip.pdf"
    paper.parent.mkdir()
    paper.write_bytes(b"just drawn")
    clock.at_ms = int(paper.stat().st_mtime * 1000) + 3 * DAY_MS
    assert station.submit_upkeep(sweep_files).result() == 0
    assert paper.exists()


def test_demonstration_is_filled_once(station: Station) -> None:
    assert station.call(fill_demo_once) > 0
    assert station.call(fill_demo_once) == 0
