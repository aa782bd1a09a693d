"""``qifu queue``: the contract of docs/cli.md."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.main import main
from services import clock as clocks
from tests.fixed import FixedClock

Run = Callable[..., tuple[int, str, str]]
Answer = Callable[..., Any]
SUPERVISOR = ("--as", "supervisor")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    station_home: Path,
    clock: FixedClock,
) -> Run:
    """Runs ``qifu`` in this process: exit code, stdout, stderr."""
    monkeypatch.setattr(clocks.SystemClock, "now_ms", lambda self: clock.now_ms())

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", *words, "--home", str(station_home)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


@pytest.fixture
def told(run: Run) -> Answer:
    """The one document on stdout."""

    def told(*words: str, code: int = 0) -> Any:
        left, out, err = run(*words, "--json")
        assert (left, err, out.count("\n")) == (code, "", 1)
        return json.loads(out)

    return told


def test_a_group_is_paused_for_the_machine_alone(told: Answer, run: Run) -> None:
    paused = told("queue", "pause-group", "A", "--reason", "系统维护", *SUPERVISOR)
    assert [one["paused"] for one in paused["groups"]] == ["系统维护", "", "", ""]
    code, _, err = run("ticket", "issue", "--group", "A", "--kiosk")
    assert (code, "系统维护" in err) == (2, True)
    assert told("ticket", "issue", "--group", "A")["number"] == "A001"
    assert told("queue", "resume-group", "A", *SUPERVISOR)["groups"][0]["paused"] == ""
    assert told("ticket", "issue", "--group", "A", "--kiosk")["number"] == "A002"


@pytest.mark.parametrize(("flags", "waiting"), [((), 1), (("--send-away",), 0)])
def test_a_hall_that_is_closed_calls_nobody(
    told: Answer, run: Run, flags: tuple[str, ...], waiting: int
) -> None:
    told("ticket", "issue", "--group", "A")
    closed = told("queue", "close", "--reason", "消防演练", *flags, *SUPERVISOR)
    assert (closed["closed"], closed["groups"][0]["waiting"]) == ("消防演练", waiting)
    assert run("ticket", "next", "--window", "1")[0] == 2
    assert run("queue", "show")[1].startswith("大厅已关闭：消防演练\n")
    assert told("queue", "open", *SUPERVISOR)["closed"] == ""
    assert told("ticket", "next", "--window", "1", code=0 if waiting else 3)


def test_notice(told: Answer) -> None:
    assert told("queue", "notice", "二楼电梯检修", *SUPERVISOR)["notice"] == "二楼电梯检修"
    assert told("queue", "notice", "", *SUPERVISOR)["notice"] != "二楼电梯检修"


def test_windows_open_and_pause(told: Answer, run: Run) -> None:
    assert told("queue", "open-window", "3", "--as", "clerk")["windows"][2]["open"] is True
    line = told("queue", "pause-window", "3", "--reason", "午休", "--as", "clerk")["windows"][2]
    assert (line["window"], line["open"], line["reason"]) == ("3", False, "午休")
    assert "3 号窗口  暂停服务：午休\n" in run("queue", "show")[1]


def test_what_is_so_already_is_done(told: Answer) -> None:
    told("queue", "pause-group", "A", "--reason", "检修", *SUPERVISOR)
    assert told("queue", "pause-group", "A", "--reason", "检修", *SUPERVISOR)["groups"][0]["paused"] == "检修"
    assert told("queue", "resume-group", "B", *SUPERVISOR)
    assert told("queue", "open", *SUPERVISOR)["closed"] == ""


def test_show_tells_who_is_where(told: Answer, run: Run) -> None:
    for _ in range(3):
        told("ticket", "issue", "--group", "A")
    told("ticket", "next", "--window", "1", "--as", "clerk")
    told("ticket", "serve", "A001")
    told("ticket", "hold", "A001")
    told("ticket", "next", "--window", "1", "--as", "clerk")
    shown = told("queue", "show")
    first = shown["windows"][0]
    assert (first["number"], first["state"], first["held"], first["staff"]) == (
        "A002",
        "called",
        ["A001"],
        "clerk",
    )
    assert shown["groups"][0]["oldest"] == "2026-11-18T10:00:00+08:00"
    assert [one["number"] for one in shown["calls"]] == ["A002", "A001"]
    assert "1 号窗口  A002 已叫号  暂挂 A001\n" in run("queue", "show")[1]


@pytest.mark.parametrize(
    "words",
    [
        ("pause-group", "A", "--reason", "检修", "--as", "clerk"),
        ("pause-group", "A", *SUPERVISOR),
        ("pause-group", "Z", "--reason", "检修", *SUPERVISOR),
        ("resume-group", "Z", *SUPERVISOR),
        ("close", *SUPERVISOR),
        ("close", "--reason", "演练", "--as", "clerk"),
        ("notice", "字" * 121, *SUPERVISOR),
        ("open-window", "77"),
        ("pause-window", "77"),
        ("pause-window", "1", "--reason", "字" * 61),
    ],
)
def test_refusals_are_one_sentence_and_change_nothing(words: tuple[str, ...], run: Run, told: Answer) -> None:
    before = told("queue", "show")
    code, out, err = run("queue", *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert told("queue", "show") == before
