"""Parts of files at rest: kept over cuts, sealed, torn or changed ones found."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.files.file_ages import written_before, written_ms
from db.files.partial_files import OffsetGap, PartialDamaged, PartialFiles, partial_key

KEY = partial_key(b"seed")


@pytest.fixture
def parts(tmp_path: Path) -> PartialFiles:
    return PartialFiles(tmp_path / "parts", KEY)


def whole(parts: PartialFiles, name: str = "a") -> bytes:
    return b"".join(parts.read(name))


def test_pieces_follow_one_another(parts: PartialFiles) -> None:
    assert parts.have("a") == 0
    assert [parts.append("a", at, b"abc") for at in (0, 3)] == [3, 6]
    assert (parts.have("a"), whole(parts)) == (6, b"abcabc")
    with pytest.raises(OffsetGap) as gap:
        parts.append("a", 7, b"x")
    assert gap.value.have == 6


@settings(deadline=None, max_examples=25)
@given(
    st.binary(min_size=1, max_size=300),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=20),
)
def test_whatever_comes_twice_or_overlaps_the_content_is_right(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, pieces: list[tuple[int, int]]
) -> None:
    parts = PartialFiles(tmp_path_factory.mktemp("parts"), KEY)
    for start, size in [*pieces, (0, 0)]:
        have = parts.have("a")
        if start > have:
            with pytest.raises(OffsetGap):
                parts.append("a", start, content[start : start + size] or b"x")
        else:
            parts.append("a", start, content[start : start + size])
    parts.append("a", 0, content)
    assert whole(parts) == content


@pytest.mark.parametrize("cut", [1, 5, 12, 30, 44])
def test_a_torn_record_is_cut_off(parts: PartialFiles, tmp_path: Path, cut: int) -> None:
    parts.append("a", 0, b"first")
    before = (tmp_path / "parts/a.part").stat().st_size
    parts.append("a", 5, b"second")
    os.truncate(tmp_path / "parts/a.part", before + cut)
    assert parts.have("a") == 5
    assert parts.append("a", 5, b"other") == 10
    assert whole(parts) == b"firstother"


@pytest.mark.parametrize("place", [13, 30, -1])
def test_a_changed_byte_is_found(parts: PartialFiles, tmp_path: Path, place: int) -> None:
    parts.append("a", 0, b"content")
    file = tmp_path / "parts/a.part"
    resting = bytearray(file.read_bytes())
    resting[place] ^= 1
    file.write_bytes(resting)
    with pytest.raises(PartialDamaged):
        whole(parts)


def test_nothing_of_it_is_readable_nor_fits_another_name_or_key(parts: PartialFiles, tmp_path: Path) -> None:
    parts.append("a", 0, b"Zhang San's licence")
    file = tmp_path / "parts/a.part"
    assert b"Zhang" not in file.read_bytes()
    file.rename(tmp_path / "parts/b.part")
    with pytest.raises(PartialDamaged):
        whole(parts, "b")
    (tmp_path / "parts/b.part").rename(file)
    with pytest.raises(PartialDamaged):
        b"".join(PartialFiles(tmp_path / "parts", partial_key(b"another")).read("a"))


def test_what_is_wanted_no_more_goes(parts: PartialFiles, tmp_path: Path) -> None:
    for name in ("a", "a-1", "b"):
        parts.append(name, 0, b"x")
    parts.drop_all("a")
    assert parts.have("a-1") == 0
    assert parts.have("b") == 1
    os.utime(tmp_path / "parts/b.part", (1, 1))
    assert (parts.sweep(1_000), parts.sweep(1_001)) == (0, 1)


def test_a_file_that_went_while_it_was_looked_at_is_passed_over(tmp_path: Path) -> None:
    """Another thread has put it in place, or dropped it, since its name was read."""
    old = tmp_path / "old.part"
    old.write_bytes(b"")
    os.utime(old, (1, 1))
    assert written_ms(old) == 1_000
    assert written_ms(tmp_path / "gone.part") is None
    assert written_before([tmp_path / "gone.part", old], 1_001) == [old]
