"""The self-test of the program, and that it would notice what must not be in the frozen desk."""

import sys
import wave
from pathlib import Path

import pytest

import resources
from services import selftest

SPEC = Path(__file__).parents[2] / "build.spec"


def test_the_main_job_passes() -> None:
    assert [(step.name, step.error) for step in selftest.run() if not step.ok] == []


def test_a_foreign_room_in_the_frozen_desk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    steps = selftest.run()
    assert [(step.name, step.ok) for step in steps] == [("rooms", False)]


@pytest.mark.parametrize("room", selftest.FOREIGN_ROOMS)
def test_a_foreign_room_is_left_out_of_the_build(room: str) -> None:
    assert f'"{room}"' in SPEC.read_text("utf-8")


def test_an_empty_clip_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    with wave.open(str(silent), "wb") as clip:
        clip.setparams((1, 2, 24_000, 0, "NONE", ""))
    shipped = resources.path
    monkeypatch.setattr(resources, "path", lambda name: silent if name == "voice/gong.wav" else shipped(name))
    steps = selftest.run()
    assert [(step.name, step.ok) for step in steps][-1] == ("voice", False)
