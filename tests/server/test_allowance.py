"""Unfinished files of one device: a bounded number and size, none that lies about for ever."""

import os
from pathlib import Path

import pytest

from db.files.partial_files import PartialFiles
from server.files import allowance
from server.files.allowance import MAX_BYTES, MAX_FILES, STALE_MS, Allowance

NOW = 1_800_000_000_000


@pytest.fixture
def parts(tmp_path: Path) -> PartialFiles:
    return PartialFiles(tmp_path, bytes(32))


@pytest.fixture
def one(tmp_path: Path, parts: PartialFiles) -> Allowance:
    return Allowance(tmp_path, parts)


def name(number: int) -> str:
    return f"{number:064x}"


def begin(one: Allowance, parts: PartialFiles, number: int, size: int = 10, device: str = "00aa") -> bool:
    """Begin a file whose first byte comes a moment before now."""
    admitted = one.admits(device, name(number), size, NOW)
    if admitted:
        parts.append(name(number), 0, b"%")
        age(parts, number, 1)
    return admitted


def age(parts: PartialFiles, number: int, by_ms: int) -> None:
    seconds = (NOW - by_ms) / 1000
    os.utime(parts._path(name(number)), (seconds, seconds))


def test_so_many_and_no_more_of_one_device(one: Allowance, parts: PartialFiles) -> None:
    assert all(begin(one, parts, number) for number in range(MAX_FILES))
    assert not begin(one, parts, MAX_FILES)
    assert begin(one, parts, MAX_FILES, device="00bb")
    assert begin(one, parts, 3), "gone on with, not begun"


def test_their_bytes_count_as_they_are_announced(one: Allowance, parts: PartialFiles) -> None:
    assert begin(one, parts, 1, MAX_BYTES - 10)
    assert begin(one, parts, 2, 10)
    assert not begin(one, parts, 3, 1)


def test_what_has_arrived_makes_room(one: Allowance, parts: PartialFiles) -> None:
    assert begin(one, parts, 1, MAX_BYTES)
    parts.drop(name(1))
    assert begin(one, parts, 2, MAX_BYTES)


def test_what_was_left_lying_makes_room(one: Allowance, parts: PartialFiles) -> None:
    assert all(begin(one, parts, number) for number in range(MAX_FILES))
    age(parts, 5, STALE_MS - 1)
    assert not begin(one, parts, 99)
    age(parts, 5, STALE_MS + 1)
    assert begin(one, parts, 99)
    assert parts.have(name(5)) == 0
    assert parts.have(name(6)) == 1


def test_without_the_bound_a_device_would_fill_the_disk(
    one: Allowance, parts: PartialFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "_fits", lambda *_: True)
    assert all(begin(one, parts, number) for number in range(MAX_FILES + 5))
