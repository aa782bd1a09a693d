"""The self-test of the program, and that it would notice what must not be in the frozen desk."""

import sys
from pathlib import Path

import pytest

from services import selftest

SPEC = Path(__file__).parents[2] / "build.spec"


def test_the_main_job_passes() -> None:
    assert [step.name for step in selftest.run() if not step.ok] == []


def test_an_issuing_room_in_the_frozen_desk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    steps = selftest.run()
    assert [(step.name, step.ok) for step in steps] == [("rooms", False)]


def test_the_issuing_room_is_left_out_of_the_build() -> None:
    assert f'"{selftest.ISSUING_ROOM}"' in SPEC.read_text("utf-8")
