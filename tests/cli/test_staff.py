"""``qifu staff``: leave, substitutes, the people of a board and who leads it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixed import FixedClock

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def staff(
    station_home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> Run:
    """Runs ``qifu staff … --as WHO``; gives the exit code, the document or None, and what stderr says."""
    monkeypatch.setattr("services.station.SystemClock", lambda: clock)

    def run(*words: str, who: str) -> tuple[int, Any, str]:
        from desktop.cli.main import main

        argv = ["qifu", "staff", *words, "--home", str(station_home), "--as", who, "--json"]
        monkeypatch.setattr(sys, "argv", argv)
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        return int(left.value.code or 0), json.loads(out) if out else None, err

    return run


def test_away_and_back(staff: Run) -> None:
    code, told, _ = staff(
        "away", "policy", "--until", "2026-11-20", "--substitute", "policy-chief", who="policy"
    )
    assert (code, told["away_until"], told["substitute"]) == (0, "2026-11-20", "policy-chief")
    members = {one["id"]: one for one in staff("board", "policy", who="clerk")[1]["members"]}
    assert members["policy"]["substitute"] == "policy-chief"
    assert members["policy-chief"]["away_until"] is None
    assert staff("back", "policy", who="supervisor")[1]["away_until"] is None
    assert staff("back", "policy", who="supervisor")[0] == 3


def test_the_leader_of_a_board(staff: Run) -> None:
    assert staff("leader", "policy", "陈副市长", who="supervisor")[1]["leader"] == "陈副市长"
    assert staff("board", "policy", who="clerk")[1]["leader"] == "陈副市长"
    assert staff("leader", "policy", "", who="admin")[1]["leader"] is None


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("away", "policy", "--until", "2026-11-20"), "clerk"),
        (("away", "policy", "--until", "2026-11-20"), "legal-chief"),
        (("away", "policy", "--until", "2026-11-17"), "policy"),
        (("away", "policy", "--until", "下周"), "policy"),
        (("away", "policy", "--until", ""), "policy"),
        (("away", "policy"), "policy"),
        (("away", "nobody", "--until", "2026-11-20"), "supervisor"),
        (("away", "policy", "--until", "2026-11-20", "--substitute", "legal"), "supervisor"),
        (("leader", "policy", "陈副市长"), "policy-chief"),
        (("leader", "nope", "陈副市长"), "supervisor"),
        (("board", "nope"), "clerk"),
    ],
)
def test_what_is_refused_is_2_with_a_sentence(staff: Run, words: tuple[str, ...], who: str) -> None:
    code, told, said = staff(*words, who=who)
    assert (code, told, said.count("\n")) == (2, None, 1)
    assert staff("board", "policy", who="clerk")[1]["leader"] is None
