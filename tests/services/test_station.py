"""A station: opened, shared with other processes, told of changes, closed."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from db.changes import Changes
from db.store.engine import open_engine
from db.store.keys import find_key
from db.unit_of_work import UnitOfWork
from domain.errors import AppError
from domain.staff import Actor
from services.cases import accept_case, list_cases
from services.rulebook import current
from services.setup import init_station
from services.station import Station, open_station, reads
from tests.fixed import FixedClock, form
from tests.patience import PATIENCE_S


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return caught.value.code


@reads
def _letters(uow: UnitOfWork, clock: object, actor: Actor) -> tuple[int, str]:
    return uow.events.node.incarnation, uow.events.node.letters


def test_no_station(tmp_path: Path) -> None:
    assert _code(lambda: open_station(tmp_path / "none")) == "station.missing"
    assert not (tmp_path / "none").exists()


def test_a_station_is_made_once(station_home: Path) -> None:
    assert _code(lambda: init_station(station_home, demo=True)) == "station.exists"


@pytest.mark.parametrize(
    ("name", "letters", "code"),
    [
        ("", "AB", "station.name_missing"),
        ("名" * 61, "AB", "station.name_too_long"),
        ("网点", "A", "station.letters_invalid"),
        ("网点", "ABCDE", "station.letters_invalid"),
        ("网点", "A1", "station.letters_invalid"),
    ],
)
def test_bad_input_makes_nothing(tmp_path: Path, name: str, letters: str, code: str) -> None:
    home = tmp_path / "new"
    assert _code(lambda: init_station(home, site_name=name, site_letters=letters)) == code
    assert not home.exists()


def test_own_station(tmp_path: Path) -> None:
    made = init_station(tmp_path / "own", site_name=" 云溪  站 ", site_letters="yx", clock=FixedClock())
    opened = open_station(made.home, clock=FixedClock())
    site = opened.call(current).site
    assert (site.name, site.letters, site.demo) == ("云溪 站", "YX", False)
    opened.close()


def test_a_store_left_without_its_station_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between making the tables and the first transaction."""
    from services import station as stations

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stations, "begin_node", killed)
        with pytest.raises(KeyboardInterrupt):
            init_station(tmp_path / "own", demo=True)
    init_station(tmp_path / "own", demo=True)
    opened = open_station(tmp_path / "own")
    opened.call(accept_case, form())
    opened.close()


def test_listeners_hear_of_each_commit_and_of_nothing_else(station: Station) -> None:
    heard: list[Changes] = []
    stop = station.add_listener(heard.append)
    done = station.call(accept_case, form())
    assert [(set(c.areas), set(c.streams), c.elsewhere) for c in heard] == [({"cases"}, {done.id}, False)]
    station.call(list_cases)
    with pytest.raises(AppError):
        station.call(accept_case, form(boards=("nope",)))
    assert len(heard) == 1
    stop()
    station.call(accept_case, form(text="另一件"))
    assert len(heard) == 1


def test_a_failing_listener_does_not_undo_what_was_done(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(changes: Changes) -> None:
        raise RuntimeError("a page that has gone")

    heard: list[Changes] = []
    station.add_listener(fails)
    station.add_listener(heard.append)
    assert station.call(accept_case, form()).number
    assert len(heard) == 1
    assert "a listener failed" in caplog.text


def test_a_change_by_another_process_is_noticed(
    station: Station, station_home: Path, clock: FixedClock
) -> None:
    heard: list[Changes] = []
    station.add_listener(heard.append)
    station.poll().result()
    assert heard == []
    other = open_station(station_home, clock=clock)
    other.call(accept_case, form())
    station.poll().result()
    assert [change.elsewhere for change in heard] == [True]
    station.poll().result()
    assert len(heard) == 1
    station.call(accept_case, form(text="自己的"))
    station.poll().result()
    assert [change.elsewhere for change in heard] == [True, False]
    other.close()


def test_one_that_never_looks_would_not_notice(
    station: Station, station_home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Changes] = []
    station.add_listener(heard.append)
    monkeypatch.setattr(station._store, "data_version", lambda: station._data_version)
    other = open_station(station_home, clock=clock)
    other.call(accept_case, form())
    other.close()
    station.poll().result()
    assert heard == []


def test_closing_finishes_what_was_submitted(station_home: Path, clock: FixedClock) -> None:
    opened = open_station(station_home, clock=clock)
    gate = threading.Event()

    def waits(uow: UnitOfWork, clock: object, actor: Actor) -> None:
        gate.wait(10)

    opened.submit(waits)
    pending = [opened.submit(accept_case, form(text=f"第 {n} 件")) for n in range(5)]
    gate.set()
    opened.close()
    assert len({one.result().number for one in pending}) == 5
    again = open_station(station_home, clock=clock)
    assert again.call(list_cases).total == 5
    again.close()


def test_a_reader_does_not_wait_for_a_writer(station: Station, station_home: Path) -> None:
    station.call(accept_case, form())
    engine = open_engine(station_home / "store.db", find_key(station_home)[0])
    with engine.connect() as writer:
        writer.begin()  # BEGIN IMMEDIATE: nobody else may write now
        assert station.submit(list_cases).result(timeout=PATIENCE_S).total == 1
    engine.dispose()


def test_a_writer_would(station: Station, station_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: the same service without its mark asks for the write lock."""
    engine = open_engine(station_home / "store.db", find_key(station_home)[0])

    def unmarked(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> int:
        return list_cases(uow, clock, actor).total

    with engine.connect() as writer:
        writer.begin()
        waiting = station.submit(unmarked)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        writer.rollback()
    assert waiting.result(timeout=PATIENCE_S) == 0
    engine.dispose()


def test_a_copy_on_another_machine_gets_letters_of_its_own(
    station_home: Path, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(station_home, tmp_path / "elsewhere"))
    here = open_station(station_home, clock=clock)
    mine = here.call(accept_case, form()).number
    before = here.call(_letters)
    here.close()
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "other-witness"))
    there = open_station(copy, clock=clock)
    theirs = there.call(accept_case, form()).number
    assert there.call(_letters)[0] > before[0]
    assert there.call(_letters)[1] != before[1]
    assert theirs != mine
    there.close()


def test_an_old_backup_put_back_uses_no_number_again(
    station_home: Path, tmp_path: Path, clock: FixedClock
) -> None:
    old = Path(shutil.copytree(station_home, tmp_path / "old"))
    opened = open_station(station_home, clock=clock)
    numbers = {opened.call(accept_case, form(text=f"第 {n} 件")).number for n in range(3)}
    opened.close()
    shutil.rmtree(station_home)
    shutil.copytree(old, station_home)
    opened = open_station(station_home, clock=clock)
    with pytest.raises(AppError):  # the first write fails: the new incarnation must not be forgotten over it
        opened.call(accept_case, form(boards=("nope",)))
    numbers |= {opened.call(accept_case, form(text=f"第 {n} 件")).number for n in range(3)}
    opened.close()
    assert len(numbers) == 6


def test_without_the_witness_it_would(
    station_home: Path, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.store.witness import WitnessVerdict

    monkeypatch.setattr(WitnessVerdict, "needs_new_incarnation", False)
    old = Path(shutil.copytree(station_home, tmp_path / "old"))
    numbers = []
    for home in (station_home, old):
        opened = open_station(home, clock=clock)
        numbers.append(opened.call(accept_case, form()).number)
        opened.close()
    assert numbers[0] == numbers[1]
