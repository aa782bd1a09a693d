"""Upkeep: backup and the way back, the doctor, wiping the demonstration centre."""

import shutil
from pathlib import Path

import pytest

from domain.errors import AppError
from domain.staff import Actor, Role
from services.cases import accept_case, list_cases
from services.setup import init_station
from services.station import Station, open_station
from services.upkeep import (
    backup_if_due,
    examine,
    list_backups,
    make_backup,
    new_recovery_code,
    restore_backup,
    wipe_demo,
)
from tests.fixed import FixedClock, form


def test_restored_from_yesterday_numbers_go_on_elsewhere(station: Station, clock: FixedClock) -> None:
    old = station.call(accept_case, form()).number
    station.submit_upkeep(make_backup).result()
    lost = station.call(accept_case, form(text="备份之后")).number
    station.close()
    clock.move(days=1)
    _, kept = restore_backup(station.home, clock=clock)
    assert kept is not None
    again = open_station(station.home, clock=clock)
    fresh = again.call(accept_case, form(text="恢复之后")).number
    assert [row.number for row in again.call(list_cases).rows] == [fresh, old]
    assert len({old, lost, fresh}) == 3
    again.close()


def test_a_backup_a_day(station: Station, clock: FixedClock) -> None:
    assert station.submit_upkeep(backup_if_due).result() is not None
    assert station.submit_upkeep(backup_if_due).result() is None
    clock.move(days=1.1)
    assert station.submit_upkeep(backup_if_due).result() is not None
    assert len(list_backups(station.home)) == 2


def test_the_doctor_finds_a_sound_station_sound_and_a_changed_one_not(station: Station) -> None:
    station.call(accept_case, form())
    assert examine(station.home).level.value in ("ok", "warn")
    station.call(lambda uow, clock, actor: uow.connection.exec_driver_sql("UPDATE case_row SET state = 'x'"))
    assert examine(station.home).level.value == "bad"


def test_recovery_code_a_second_one_is_not_anybody_s(station: Station) -> None:
    assert station.submit_upkeep(new_recovery_code).result()
    assert isinstance(station.submit_upkeep(new_recovery_code).exception(), AppError)
    station.actor = Actor("boss", Role.SUPERVISOR)
    assert station.submit_upkeep(new_recovery_code).result()


def test_only_a_demonstration_centre_is_wiped(station_home: Path, tmp_path: Path, clock: FixedClock) -> None:
    own = init_station(tmp_path / "own", site_name="云溪站", site_letters="YX", clock=clock).home
    with pytest.raises(AppError) as caught:
        wipe_demo(own)
    assert caught.value.code == "station.not_demo"
    open_station(own, clock=clock).close()
    wipe_demo(station_home)
    with pytest.raises(AppError):
        open_station(station_home, clock=clock)


def test_a_key_lost_and_a_wrong_one(station_home: Path, tmp_path: Path, clock: FixedClock) -> None:
    other = init_station(tmp_path / "other", demo=True, clock=clock).home
    shutil.copy(other / "store.key", station_home / "store.key")
    with pytest.raises(AppError) as caught:
        open_station(station_home, clock=clock)
    assert caught.value.code == "storage.wrong_key"
    (station_home / "store.key").unlink()
    with pytest.raises(AppError):
        open_station(station_home, clock=clock)
