"""The witness: old, copied and carried stores are told from killed ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.store import machine, witness
from db.store.witness import Witness, WitnessState


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


def _state(folder: Path, incarnation: int, seq: int, here: str = "a") -> WitnessState:
    one = Witness("store", folder=folder, machine=here)
    verdict = one.check(incarnation, seq)
    one.close()
    return verdict.state


def _advance(folder: Path, incarnation: int, seq: int, here: str = "a") -> None:
    one = Witness("store", folder=folder, machine=here)
    one.advance(incarnation, seq)
    one.close()


def test_no_witness_means_a_copied_store(folder: Path) -> None:
    assert _state(folder, 1, 7) is WitnessState.MISSING
    assert not folder.exists()


@pytest.mark.parametrize(
    ("incarnation", "seq", "expected"),
    [
        (1, 10, WitnessState.OK),
        (1, 9, WitnessState.BEHIND),
        (1, 11, WitnessState.OK),  # killed between COMMIT and advance
        (0, 99, WitnessState.BEHIND),
        (2, 0, WitnessState.OTHER_MACHINE),  # began an incarnation where this witness did not see it
    ],
)
def test_verdicts(folder: Path, incarnation: int, seq: int, expected: WitnessState) -> None:
    _advance(folder, 1, 10)
    assert _state(folder, incarnation, seq) is expected


def test_whole_account_carried_to_another_machine(folder: Path) -> None:
    _advance(folder, 1, 10, "a")
    assert _state(folder, 1, 10, "b") is WitnessState.OTHER_MACHINE
    _advance(folder, 2, 0, "b")
    assert _state(folder, 2, 0, "b") is WitnessState.OK


def test_restored_then_restored_again_never_meets_an_old_number(folder: Path) -> None:
    """The backup was taken at (1, 5); each restore begins above everything that was ever given out."""
    _advance(folder, 1, 20)
    used = {(1, seq) for seq in range(1, 21)}
    for _ in range(3):
        one = Witness("store", folder=folder, machine="a")
        verdict = one.check(1, 5)
        assert verdict.needs_new_incarnation
        incarnation = verdict.highest_incarnation + 1
        one.advance(incarnation, 0)
        fresh = {(incarnation, seq) for seq in range(1, 4)}
        assert not fresh & used
        used |= fresh
        one.advance(incarnation, 3)
        one.close()


def test_copied_to_a_second_machine_and_back(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    _advance(first, 1, 50, "a")
    assert _state(second, 1, 50, "b") is WitnessState.MISSING
    _advance(second, 2, 0, "b")
    _advance(second, 2, 60, "b")
    assert _state(first, 2, 60, "a") is WitnessState.OTHER_MACHINE


def test_a_mark_is_never_lowered(folder: Path) -> None:
    _advance(folder, 2, 5)
    for incarnation, seq, here in ((2, 4, "a"), (1, 99, "a"), (1, 1, "b")):
        _advance(folder, incarnation, seq, here)
    assert _state(folder, 2, 4, "b") is WitnessState.BEHIND
    assert _state(folder, 2, 5, "b") is WitnessState.OK


def test_the_mutation_that_lowers_is_seen(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(
        witness, "max", lambda *pair, **by: max(*pair, **by) if by else pair[-1], raising=False
    )
    _advance(folder, 2, 5)
    _advance(folder, 2, 4)
    assert _state(folder, 2, 4) is not WitnessState.BEHIND


def test_a_torn_write_leaves_the_previous_mark(folder: Path) -> None:
    _advance(folder, 1, 10)
    _advance(folder, 1, 11)  # second mark, hence the slot at the start of the file
    with (folder / "store.witness").open("rb+") as file:
        file.seek(20)
        file.write(b"\0" * 30)
    assert _state(folder, 1, 10) is WitnessState.OK
    assert _state(folder, 1, 9) is WitnessState.BEHIND


def test_both_slots_lost_is_as_good_as_missing(folder: Path) -> None:
    _advance(folder, 1, 10)
    (folder / "store.witness").write_bytes(os.urandom(9000))
    assert _state(folder, 1, 10) is WitnessState.MISSING
    _advance(folder, 2, 0)
    assert _state(folder, 2, 0) is WitnessState.OK


def test_forced_to_the_disk_rarely_but_surely(folder: Path, monkeypatch) -> None:
    synced: list[int] = []
    clock = [100.0]
    monkeypatch.setattr(witness.os, "fsync", synced.append)
    monkeypatch.setattr(witness.time, "monotonic", lambda: clock[0])
    one = Witness("store", folder=folder, machine="a")
    one.advance(1, 0)
    assert len(synced) == 1  # an incarnation begins
    for seq in range(1, witness.SYNC_EVERY):
        one.advance(1, seq)
    assert len(synced) == 1
    one.advance(1, witness.SYNC_EVERY)
    assert len(synced) == 2
    clock[0] += witness.SYNC_EVERY_S
    one.advance(1, 100)
    assert len(synced) == 3
    one.advance(1, 101)
    assert len(synced) == 3
    one.settle()
    assert len(synced) == 4
    one.close()


def test_settling_makes_no_witness(folder: Path) -> None:
    """A copied store that is backed up before its first write must still be found without one."""
    one = Witness("store", folder=folder, machine="a")
    one.settle()
    assert one.check(1, 1).state is WitnessState.MISSING
    one.close()


def test_a_witness_that_cannot_be_written_does_not_fail_the_commit(tmp_path: Path, caplog) -> None:
    (tmp_path / "file").write_text("in the way")
    one = Witness("store", folder=tmp_path / "file", machine="a")
    one.advance(1, 1)
    assert one.check(1, 1).state is WitnessState.MISSING
    assert "witness cannot be" in caplog.text


_ADVANCER = """
import sys
from pathlib import Path
from db.store.witness import Witness
one = Witness("store", folder=Path(sys.argv[1]), machine="a")
for seq in range(int(sys.argv[2]), 400, 4):
    one.advance(1, seq)
"""


def test_processes_share_it(folder: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", _ADVANCER, str(folder), str(start)]) for start in range(1, 5)
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    assert _state(folder, 1, 398) is WitnessState.BEHIND
    assert _state(folder, 1, 400) is WitnessState.OK


def test_folder_of_the_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("QIFU_WITNESS_DIR", str(tmp_path / "x"))
    assert witness.witness_folder() == tmp_path / "x"
    monkeypatch.delenv("QIFU_WITNESS_DIR")
    assert witness.witness_folder().name == "qifu-desk"


def test_machine_id_stays_and_is_not_the_systems_own(tmp_path: Path, monkeypatch) -> None:
    own = tmp_path / "machine-id"
    own.write_text("3d" * 16 + "\n")
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(machine, "_LINUX", (tmp_path / "none", own))
    first = machine.machine_id(tmp_path / "fallback")
    assert first == machine.machine_id(tmp_path / "fallback")
    assert first not in own.read_text()
    own.write_text("4e" * 16)
    assert machine.machine_id(tmp_path / "fallback") != first
    assert not (tmp_path / "fallback").exists()


def test_machine_without_an_id_gets_one(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(machine, "_of_system", lambda: "")
    first = machine.machine_id(tmp_path / "fallback")
    assert machine.machine_id(tmp_path / "fallback") == first
    assert machine.machine_id(tmp_path / "other") != first
