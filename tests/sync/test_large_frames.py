"""Large messages are searched otherwise than small ones, and are read like any other."""

import random

import pytest
import zstandard

from sync import frames
from sync.frames import encode, open_frame

PHRASES = [random.Random(number).randbytes(20).hex() for number in range(6_000)]


def message(size: int) -> dict[str, str]:
    """Phrases that come again, most of them from further back than the window for small messages reaches."""
    chance = random.Random(size)
    return {"text": " ".join(chance.choice(PHRASES) for _ in range(size // 41))}


@pytest.mark.parametrize("size", [1 << 10, 600 << 10, 3 << 20])
@pytest.mark.parametrize("level", [6, 10, 17])
def test_it_is_read_again(size: int, level: int) -> None:
    assert open_frame(encode(message(size), level=min(level, 10) if size > 1 << 20 else level)) == message(
        size
    )


def test_a_large_one_needs_less_than_by_the_search_for_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    large = len(encode(message(1 << 20), level=10))
    monkeypatch.setattr(frames, "_LARGE", 1 << 30)
    assert large < len(encode(message(1 << 20), level=10))


def test_the_window_of_a_large_one_is_within_the_protocols() -> None:
    parameters = zstandard.get_frame_parameters(encode(message(8 << 20), level=10)[1:])
    assert parameters.window_size <= 64 << 20
    assert parameters.dict_id == zstandard.get_frame_parameters(encode(message(1 << 10))[1:]).dict_id != 0
