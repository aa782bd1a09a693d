"""The version that the program tells is the one that it is released under."""

import tomllib
from pathlib import Path

from domain.program import PROGRAM, VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_the_version_of_the_project() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert told["project"]["version"] == VERSION
    assert PROGRAM.endswith(VERSION)
    assert PROGRAM.isascii()
