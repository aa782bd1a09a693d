"""Stores that meet with accidents: damage, full disk, kills, copies, many processes. Real files, real processes."""

import errno
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from db import errors, unit_of_work
from db.errors import classify, classify_at
from db.log.log_check import broken_chains
from db.node import Node, create_node
from db.store import engine as store_engine
from db.store.backup import make_backup
from db.store.engine import connect, open_engine
from db.store.witness import Witness, WitnessState, WitnessVerdict
from db.unit_of_work import Store, UnitOfWork
from domain.errors import AppError
from domain.events.event import NewEvent, genesis

NOW = 1_790_000_000_000
KILLS = 3
SOAK_KILLS = 150
PROCESSES = 8
EACH = 8


class _Clock:
    @staticmethod
    def now_ms() -> int:
        return NOW


def _append(uow: UnitOfWork) -> int:
    """One event; its sequence number."""
    event = NewEvent("station_opened", {"site": "site", "letters": "AA"})
    return uow.events.append(None, [event], actor="device:d", now_ms=NOW)[0].seq


def _open(home: Path, key: bytes, witness: str = "witness") -> Store:
    return Store(open_engine(home / "store.db", key), _Clock(), witness_folder=home.parent / witness)


@pytest.fixture
def station(home: Path, key: bytes) -> Iterator[Store]:
    """A store with a node and one event."""
    store = _open(home, key)
    with store.write() as uow:
        create_node(uow.connection, Node("s", "d", "site", 1, 0, genesis("d", 1), 0, "AA", "AA", False, NOW))
        uow.events.forget_node()
        _append(uow)
    yield store
    store.close()


def _events(home: Path, key: bytes) -> list[tuple[int, int]]:
    with closing(connect(home / "store.db", key)) as connection:
        rows = connection.execute("SELECT incarnation, seq FROM event ORDER BY incarnation, seq").fetchall()
    return [(row[0], row[1]) for row in rows]


def _broken(store: Store) -> list[tuple[str, int, int]]:
    with store.read() as uow:
        return list(broken_chains(uow.connection))


# Damage, wrong files, locks


def _overwrite(path: Path, start: int, length: int) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + length] = bytes(length)
    path.write_bytes(content)


def test_damaged_page(home: Path, key: bytes, refused) -> None:
    with closing(connect(home / "store.db", key)) as sound:
        (page,) = sound.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event'").fetchone()
    _overwrite(home / "store.db", (page - 1) * 4096, 4096)  # a table; the list of tables stays whole
    engine = open_engine(home / "store.db", key)

    def read_all() -> None:
        with engine.connect().execution_options(qifu_read=True) as connection:
            for table in ("event", "case_row", "node", "outbox", "draft", "enterprise"):
                connection.exec_driver_sql(f"SELECT * FROM {table}").all()

    refused("storage.damaged", read_all)
    engine.dispose()


def test_damaged_first_page_is_not_called_a_wrong_key(home: Path, key: bytes, refused) -> None:
    _overwrite(home / "store.db", 0, 100)
    refused("storage.damaged", open_engine, home / "store.db", key)


def test_cut_off_store(home: Path, key: bytes, refused) -> None:
    content = (home / "store.db").read_bytes()
    (home / "store.db").write_bytes(content[: 4096 * 2 + 100])
    refused("storage.damaged", open_engine, home / "store.db", key)


def test_a_file_that_never_was_a_store(home: Path, tmp_path: Path, refused) -> None:
    (tmp_path / "store.db").write_bytes(b"hello" * 5000)
    error = refused("storage.not_a_store", open_engine, tmp_path / "store.db", bytes(32))
    assert error.params["path"].endswith("store.db")


def test_locked_for_longer_than_the_patience(home: Path, key: bytes, monkeypatch, refused) -> None:
    patience = (("busy_timeout", "30", "30"), *store_engine.PRAGMAS[1:])
    monkeypatch.setattr(store_engine, "PRAGMAS", patience)
    engine = open_engine(home / "store.db", key)
    with closing(connect(home / "store.db", key)) as other:
        other.execute("BEGIN IMMEDIATE")

        def write() -> None:
            with engine.begin():
                pass

        refused("storage.locked", write)
    engine.dispose()


def test_read_only(home: Path, key: bytes, refused) -> None:
    engine = open_engine(home / "store.db", key)

    def write() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("INSERT INTO counter (name, value) VALUES ('a', 1)")

    refused("storage.read_only", write)
    engine.dispose()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "storage.disk_full"),
        (OSError(122, "Disk quota exceeded"), "storage.disk_full"),
        (PermissionError(13, "Permission denied"), "storage.read_only"),
        (OSError(5, "Input/output error"), "storage.disk_error"),
        (OSError(9999, "?"), None),
        (ValueError("a bug"), None),
    ],
)
def test_known_errors_and_bugs(error: Exception, code: str | None) -> None:
    found = classify(error)
    assert (found.code if found else None) == code


# Full disk

_FILL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, str(Path("tests/db").absolute()))
from test_faults import _append, _open
from domain.errors import AppError
home, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
store = _open(home, key)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    while True:
        with store.write() as uow:
            seq = _append(uow)
            uow.connection.exec_driver_sql("UPDATE counter SET value = value + 1")
        print(seq, flush=True)
except AppError as error:
    print(error.code, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.write() as uow:
    print(_append(uow), flush=True)
"""


def test_full_disk_loses_nothing_that_was_acknowledged(station: Store, home: Path, key: bytes) -> None:
    """A limit on the size of files stands for a full disk: the log cannot grow, so the write is refused."""
    station.close()
    told = subprocess.run(
        [sys.executable, "-c", _FILL, str(home), key.hex(), "400000"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    *acknowledged, code, after = told.stdout.split()
    assert code in ("storage.disk_full", "storage.disk_error"), told.stderr
    assert len(acknowledged) > 3
    assert [seq for _, seq in _events(home, key)] == list(range(1, int(acknowledged[-1]) + 2))
    assert int(after) == int(acknowledged[-1]) + 1  # with space again the same program goes on
    assert _broken(station) == []


def _mount(folder: Path, options: str = "size=1400k") -> bool:
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _write_until_refused(store: Store) -> list[int]:
    told: list[int] = []

    def write_on() -> None:
        while True:
            with store.write() as uow:
                seq = _append(uow)
            told.append(seq)

    with pytest.raises(AppError, match=r"storage\.disk_full"):
        write_on()
    return told


def test_really_full_disk(station: Store, home: Path, key: bytes, tmp_path: Path) -> None:
    station.close()
    small = tmp_path / "small"
    if not _mount(small):
        pytest.skip("only an administrator can make a small disk")
    try:
        target = Path(shutil.copytree(home, small / "home"))
        store = _open(target, key)
        told = _write_until_refused(store)
        store.close()
        # The witness lies elsewhere, so the copy began an incarnation with an event of its own.
        assert [seq for incarnation, seq in _events(target, key) if incarnation != 1] == [1, *told]
        assert _broken(store) == []
        store.close()
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize("state", ["full", "read-only"])
def test_a_disk_that_refuses_readers_is_named(
    station: Store, home: Path, key: bytes, tmp_path: Path, refused, state: str
) -> None:
    """Reading makes a file beside the store, too; the engine calls what comes of it an I/O error."""
    station.close()
    small = tmp_path / "small"
    if not _mount(small):
        pytest.skip("only an administrator can make a small disk")
    try:
        target = Path(shutil.copytree(home, small / "home"))
        if state == "full":
            with suppress(OSError), (small / "rest").open("wb", buffering=0) as rest:
                while True:
                    rest.write(bytes(4096))
            code = "storage.disk_full"
        else:
            assert _mount(small, "remount,ro,size=1400k")
            code = "storage.read_only"
        refused(code, open_engine, target / "store.db", key)
        refused(code, make_backup, target, key, NOW)
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize(
    ("free", "writable", "code"),
    [
        (0, True, "storage.disk_full"),
        (0, False, "storage.read_only"),
        (1 << 30, False, "storage.read_only"),
        (1 << 30, True, "storage.disk_error"),
    ],
)
def test_an_io_error_is_told_by_the_disk(
    tmp_path: Path, monkeypatch, free: int, writable: bool, code: str
) -> None:
    monkeypatch.setattr(errors.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    monkeypatch.setattr(errors.os, "access", lambda *_: writable)
    found = classify_at(OSError(errno.EIO, "x"), tmp_path / "store.db")
    assert found is not None
    assert found.code == code
    no_room = classify_at(OSError(errno.ENOSPC, "x"), tmp_path / "store.db")
    assert no_room is not None
    assert no_room.code == "storage.disk_full"


# Many processes, kills

_WRITE = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path("tests/db").absolute()))
from test_faults import _append, _open
store = _open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    with store.write() as uow:
        seq = _append(uow)
    print(seq, flush=True)
store.close()
"""


def _writing(home: Path, key: bytes, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITE, str(home), key.hex(), str(times)], stdout=subprocess.PIPE, text=True
    )


def test_eight_processes_use_no_number_twice(station: Store, home: Path, key: bytes) -> None:
    station.close()
    running = [_writing(home, key, EACH) for _ in range(PROCESSES)]
    told = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    acknowledged = sorted(int(seq) for output in told for seq in output.split())
    assert acknowledged == list(range(2, 2 + EACH * PROCESSES))
    assert _events(home, key) == [(1, seq) for seq in range(1, 2 + EACH * PROCESSES)]
    assert _broken(station) == []


def _kill_writers(station: Store, home: Path, key: bytes, rounds: int) -> None:
    station.close()
    acknowledged = [1]
    for number in range(rounds):
        with _writing(home, key, 100_000) as process:
            assert process.stdout is not None
            for _ in range(3 + number % 7):
                acknowledged.append(int(process.stdout.readline()))
            process.send_signal(signal.SIGKILL)
            # Only whole lines: the last one may have been cut off by the kill.
            acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        stored = _events(home, key)
        assert {(1, seq) for seq in acknowledged} <= set(stored)
        assert stored == [(1, seq) for seq in range(1, len(stored) + 1)]
    assert _broken(station) == []


def test_killed_while_writing(station: Store, home: Path, key: bytes) -> None:
    """Every acknowledged event is there, the chain is whole, and a kill costs no incarnation."""
    _kill_writers(station, home, key, KILLS)


@pytest.mark.soak
def test_killed_while_writing_many_times(station: Store, home: Path, key: bytes) -> None:
    _kill_writers(station, home, key, SOAK_KILLS)


# Old and copied stores


def _numbers(home: Path, key: bytes, witness: str, times: int = 3) -> set[tuple[int, int]]:
    """(incarnation, seq) of everything written in this sitting."""
    before = set(_events(home, key))
    store = _open(home, key, witness)
    for _ in range(times):
        with store.write() as uow:
            _append(uow)
    store.close()
    assert _broken(store) == []
    store.close()
    return set(_events(home, key)) - before


def test_restored_store_uses_no_number_again(station: Store, home: Path, key: bytes) -> None:
    station.close()
    old = Path(shutil.copytree(home, home.parent / "old"))
    used = _numbers(home, key, "witness")
    assert {incarnation for incarnation, _ in used} == {1}
    for _ in range(3):
        shutil.rmtree(home)
        shutil.copytree(old, home)
        again = _numbers(home, key, "witness")
        assert not again & used
        used |= again


def test_store_copied_to_another_machine(station: Store, home: Path, key: bytes) -> None:
    station.close()
    copy = Path(shutil.copytree(home, home.parent / "copy"))
    here, there = _numbers(home, key, "witness"), _numbers(copy, key, "witness-there")
    assert not here & there
    assert {incarnation for incarnation, _ in here} == {1}
    assert _numbers(copy, key, "witness-there").isdisjoint(there)
    assert (
        len({incarnation for incarnation, _ in _events(copy, key)}) == 2
    )  # the second sitting began no other


def test_without_the_witness_numbers_would_repeat(
    station: Store, home: Path, key: bytes, monkeypatch
) -> None:
    """The mutation: a witness that always agrees."""
    station.close()
    monkeypatch.setattr(
        Witness, "check", lambda self, incarnation, seq: WitnessVerdict(WitnessState.OK, incarnation)
    )
    copy = Path(shutil.copytree(home, home.parent / "copy"))
    assert _numbers(home, key, "witness") & _numbers(copy, key, "witness-there")


def _fail_once(store: Store) -> None:
    class _Stop(Exception):
        pass

    with suppress(_Stop), store.write() as uow:
        _append(uow)
        raise _Stop


def _write_after_failure(home: Path, key: bytes) -> set[tuple[int, int]]:
    before = set(_events(home, key))
    store = _open(home, key)
    _fail_once(store)
    with store.write() as uow:
        _append(uow)
    store.close()
    return set(_events(home, key)) - before


def test_a_failed_first_write_does_not_put_the_new_incarnation_off(
    station: Store, home: Path, key: bytes
) -> None:
    station.close()
    old = Path(shutil.copytree(home, home.parent / "old"))
    used = _numbers(home, key, "witness")
    assert not _write_after_failure(old, key) & used


def test_remembering_the_witness_over_a_failure_would_repeat_numbers(
    station: Store, home: Path, key: bytes, monkeypatch
) -> None:
    """The mutation: what was undone is taken for done."""
    station.close()
    old = Path(shutil.copytree(home, home.parent / "old"))
    used = _numbers(home, key, "witness")
    monkeypatch.setattr(unit_of_work.Store, "_forget_witness", lambda self: None)
    assert _write_after_failure(old, key) & used
