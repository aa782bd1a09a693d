"""Sealed dumps of a centre: no byte lies open, and nothing that was changed, cut off or moved is taken for whole."""

import random
from io import BytesIO
from pathlib import Path

import pytest

from domain.errors import AppError
from server import sealed_dumps
from server.sealed_dumps import PIECE, SealingKey, is_sealed, seal, unsealed

PASSPHRASE = "河畔大厅的备份口令二〇二六"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_dumps, "_COST", {"time_cost": 1, "memory_cost": 64, "parallelism": 1})


def dump(size: int) -> bytes:
    return (b"PGDMP" + random.Random(size).randbytes(size))[:size]


def sealed(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "centre.dump"
    with path.open("wb") as file:
        seal(BytesIO(content), file, SealingKey.of(PASSPHRASE))
    return path


def refused(path: Path, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(AppError) as caught:
        b"".join(unsealed(path, passphrase))
    return caught.value.code


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    path = sealed(tmp_path, dump(size))
    assert is_sealed(path)
    assert b"".join(unsealed(path, PASSPHRASE)) == dump(size)
    assert size < 5 or b"PGDMP" not in path.read_bytes()


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    assert refused(sealed(tmp_path, dump(100)), PASSPHRASE + "?") == "server.backup_passphrase_wrong"


def test_no_cut_goes_unseen(tmp_path: Path) -> None:
    path = sealed(tmp_path, dump(2 * PIECE + 10))
    whole = path.read_bytes()
    begin = len(whole) - (2 * PIECE + 10 + 3 * 16)
    for end in (3, 6, begin, begin + PIECE + 16, begin + 2 * (PIECE + 16), len(whole) - 1):
        path.write_bytes(whole[:end])
        assert refused(path).startswith("server.backup_")
    path.write_bytes(whole[:begin] + whole[begin + PIECE + 16 :])
    assert refused(path) == "server.backup_passphrase_wrong"


def test_without_the_mark_of_the_last_piece_a_cut_would_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_dumps, "_nonce", lambda number, *, last: number.to_bytes(12, "big"))
    path = sealed(tmp_path, dump(2 * PIECE))
    path.write_bytes(path.read_bytes()[: -(PIECE + 16)])
    assert b"".join(unsealed(path, PASSPHRASE)) == dump(2 * PIECE)[:PIECE]


def test_any_changed_byte_of_the_head_is_found(tmp_path: Path) -> None:
    path = sealed(tmp_path, dump(50))
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert refused(path).startswith("server.backup_")


def test_a_dump_that_asks_for_a_machine_s_whole_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sealed_dumps, "_MAX_COST", {"time_cost": 1, "memory_cost": 63, "parallelism": 1})
        assert refused(sealed(tmp_path, dump(50))) == "server.backup_damaged"


def test_the_key_of_a_home_is_kept_and_no_secret(tmp_path: Path) -> None:
    assert SealingKey.read(tmp_path) is None
    made = SealingKey.of(PASSPHRASE)
    made.write(tmp_path)
    assert SealingKey.read(tmp_path) == made
    assert PASSPHRASE not in (tmp_path / sealed_dumps.FILE_NAME).read_text("utf-8")
    with pytest.raises(AppError, match="backup_passphrase_short"):
        SealingKey.of("kurz")
