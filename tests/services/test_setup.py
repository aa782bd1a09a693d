"""Making the demonstration centre: the whole of it or nothing."""

from pathlib import Path

import pytest

from db.store import keys
from domain.errors import AppError
from services import demo, demo_codes
from services.cases import list_cases
from services.setup import init_demo_centre
from services.station import open_station
from services.upkeep import wipe_demo
from tests.fixed import FixedClock


def _fail(*_: object) -> None:
    raise AppError("storage.disk_full")


@pytest.mark.parametrize(("room", "name"), [(demo, "fill_demo"), (demo_codes, "fill_demo_codes")])
def test_a_demonstration_that_cannot_be_filled_leaves_nothing(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, room: object, name: str
) -> None:
    home = tmp_path / "home"
    with monkeypatch.context() as patch:
        patch.setattr(room, name, _fail)
        with pytest.raises(AppError, match=r"storage\.disk_full"):
            init_demo_centre(home, cases=True, clock=clock)
    assert not home.exists()
    init_demo_centre(home, cases=True, clock=clock)
    station = open_station(home, clock=clock)
    assert station.call(list_cases).total > 0
    station.close()


def test_what_lay_in_the_home_before_stays(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    keys.create_key(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    monkeypatch.setattr(demo_codes, "fill_demo_codes", _fail)
    with pytest.raises(AppError):
        init_demo_centre(tmp_path, clock=clock)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


def test_a_station_that_was_there_stays(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    init_demo_centre(tmp_path / "home", clock=clock)
    monkeypatch.setattr(demo_codes, "fill_demo_codes", _fail)
    with pytest.raises(AppError, match=r"station\.exists"):
        init_demo_centre(tmp_path / "home", clock=clock)
    open_station(tmp_path / "home", clock=clock).close()


def test_wiping_takes_the_codes_too(tmp_path: Path, clock: FixedClock) -> None:
    home = init_demo_centre(tmp_path / "home", clock=clock).home
    assert (home / demo_codes.FOLDER).is_dir()
    wipe_demo(home)
    assert not (home / demo_codes.FOLDER).exists()
