"""``qifu ticket``: the contract of docs/cli.md."""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.main import main
from services import clock as clocks
from services.station import open_station
from tests.fixed import NAME, USCC, FixedClock
from tests.sync_tables import join

Run = Callable[..., tuple[int, str, str]]
Answer = Callable[..., Any]


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> FixedClock:
    """The programs run at the fixed clock's time."""
    monkeypatch.setattr(clocks.SystemClock, "now_ms", lambda self: clock.now_ms())
    return clock


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], station_home: Path) -> Run:
    """Runs ``qifu ticket`` in this process: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "ticket", *words, "--home", str(station_home)])
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


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """The one sentence on stderr of a command that is refused."""

    def refused(*words: str) -> str:
        left, out, err = run(*words, "--json")
        assert (left, out, err.count("\n")) == (2, "", 1)
        return err

    return refused


def test_a_visit(told: Answer, morning: FixedClock) -> None:
    first = told("issue", "--group", "A", "--uscc", USCC, "--name", NAME)
    assert {"number", "id", "group", "state", "window", "ahead", "wait", "periods", "cases"} <= set(first)
    assert (first["number"], first["ahead"], first["wait"], first["uscc"]) == ("A001", 0, 0, USCC)
    assert told("issue", "--group", "A")["ahead"] == 1
    morning.move(ms=60_000)
    assert told("next", "--window", "3")["number"] == "A001"
    assert told("recall", "A001")["recalls"] == 1
    assert told("serve", "ａ００１ ")["state"] == "serving"
    assert told("hold", "A001")["state"] == "held"
    assert told("next", "--window", "3")["number"] == "A002"
    assert told("missed", "A002")["state"] == "missed"
    assert told("resume", "A001")["window"] == "3"
    morning.move(ms=120_000)
    done = told("finish", "A001")
    assert (done["state"], done["reason"], done["ended"]) == (
        "finished",
        "served",
        "2026-11-18T10:03:00+08:00",
    )
    assert [one["seconds"] for one in done["periods"]] == [60, 0, 0, 0, 120]
    assert told("resume", "A002")["state"] == "waiting"
    assert told("transfer", "A002", "--group", "B", "--window", "4")["target"] == "4"
    assert told("next", "--window", "5", code=3) == {"number": None}
    assert told("call", "A002", "--window", "4")["window"] == "4"
    assert told("finish", "A002")["state"] == "finished"


def test_next_finishes_what_is_open_and_nobody_is_3(told: Answer, run: Run) -> None:
    told("issue", "--group", "A")
    told("next", "--window", "1")
    assert told("next", "--window", "1", code=3) == {"number": None}
    assert told("show", "A001")["state"] == "finished"
    assert run("next", "--window", "1") == (3, "没有人等候\n", "")


def test_next_of_some_groups(told: Answer) -> None:
    for group in "ABC":
        told("issue", "--group", group)
    assert told("next", "--window", "1", "--group", "C", "--group", "B")["number"] == "B001"


def test_lists_and_figures(told: Answer, run: Run, morning: FixedClock) -> None:
    told("issue", "--group", "A")
    told("issue", "--group", "A", "--priority", "priority")
    told("issue", "--group", "A", "--appointment", "10:30")
    assert [one["number"] for one in told("line")] == ["A002", "A001", "A003"]
    assert [one["number"] for one in told("line", "--group", "B")] == []
    morning.move(ms=90_000)
    told("next", "--window", "1")
    told("left", "A001")
    assert [one["number"] for one in told("list")] == ["A001", "A002", "A003"]
    assert [one["state"] for one in told("list", "--open")] == ["called", "waiting"]
    assert told("list", "--day", "2026-11-17") == []
    told("time-wrong", "A002")
    figures = told("stats", "--day", "2026-11-01", "--to", "2026-11-18")
    assert (figures["total"]["tickets"], figures["left"], figures["open"]) == (3, 1, 2)
    assert (figures["total"]["wait"], figures["total"]["doubtful"]) == (180, 1)
    assert [one["key"] for one in figures["windows"]] == ["1"]
    assert run("stats", "--day", "2026-11-18", "--to", "2026-11-01")[0] == 2
    code, out, _ = run("stats")
    assert code == 0
    assert "取号 3" in out
    assert run("list")[1].splitlines()[1].startswith("A002  ")


def test_appointments_fall_into_the_line(told: Answer, refused: Callable[..., str]) -> None:
    made = told("issue", "--group", "A", "--appointment", "10:40")
    assert (made["appointment"], made["priority"]) == ("2026-11-18T10:40:00+08:00", "appointment")
    assert "25:00" in refused("issue", "--group", "A", "--appointment", "25:00")


def test_hours_stop_the_machine_and_not_the_clerk(
    told: Answer, refused: Callable[..., str], morning: FixedClock
) -> None:
    morning.set("2026-11-18 20:00")
    refused("issue", "--group", "A", "--kiosk")
    assert told("issue", "--group", "A")["number"] == "A001"
    assert told("list")[0]["number"] == "A001"


def test_the_same_key_is_one_press(told: Answer) -> None:
    first = told("issue", "--group", "A", "--key", "k1")
    assert told("issue", "--group", "A", "--key", "k1")["id"] == first["id"]
    assert told("next", "--window", "1", "--key", "k2")["number"] == "A001"
    told("issue", "--group", "A")
    assert told("next", "--window", "1", "--key", "k2")["number"] == "A001"
    assert [one["state"] for one in told("list")] == ["called", "waiting"]


@pytest.mark.parametrize(
    "words",
    [
        ("issue", "--group", "Z"),
        ("issue", "--group", "A", "--priority", "none"),
        ("issue", "--group", "A", "--uscc", "123"),
        ("next", "--window", "77"),
        ("next", "--window", "1", "--group", "Z"),
        ("finish", "A009"),
        ("finish", "A001"),
        ("recall", "A001"),
        ("missed", "A001"),
        ("hold", "A001"),
        ("resume", "A001"),
        ("transfer", "A001"),
        ("transfer", "A001", "--group", "A"),
        ("list", "--day", "yesterday"),
        ("close-day",),
        ("hand-over", "A001", "--window", "2"),
        ("print", "A001"),
        ("print", "A001", "--out", "x.docx"),
    ],
)
def test_refusals_are_one_sentence(words: tuple[str, ...], told: Answer, refused: Callable[..., str]) -> None:
    told("issue", "--group", "A")
    before = told("list")
    refused(*words)
    assert told("list") == before


def test_supervisors(told: Answer, run: Run) -> None:
    told("issue", "--group", "A")
    told("issue", "--group", "A")
    told("next", "--window", "1")
    assert told("hand-over", "A001", "--window", "2", "--as", "supervisor")["window"] == "2"
    assert told("end", "A001", "--as", "supervisor")["time_wrong"] is True
    assert told("close-day", "--as", "supervisor") == {"closed": 1}
    assert told("close-day", "--as", "supervisor", code=3) == {"closed": 0}
    assert told("show", "A002")["reason"] == "day_closed"


@pytest.mark.parametrize(("size", "name"), [("80mm", "t.pdf"), ("58mm", "t.png")])
def test_the_paper_of_a_ticket(told: Answer, tmp_path: Path, size: str, name: str) -> None:
    told("issue", "--group", "A")
    out = tmp_path / name
    assert told("print", "A001", "--paper", size, "--out", str(out)) == {"file": str(out)}
    assert out.read_bytes()[:4] in (b"%PDF", b"\x89PNG")


def test_a_folder_that_is_not_there(told: Answer, refused: Callable[..., str], tmp_path: Path) -> None:
    told("issue", "--group", "A")
    refused("print", "A001", "--out", str(tmp_path / "none" / "t.pdf"))


@pytest.fixture
def away(station_home: Path, clock: FixedClock) -> str:
    """The station belongs to a hub where nobody listens; the letters of the device."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    station = open_station(station_home, clock=clock)
    try:
        join(station, url=f"http://127.0.0.1:{port}")
        return str(station.call(lambda uow, *_: uow.events.node.letters))
    finally:
        station.close()


def test_without_its_hub_a_window_gives_out_numbers_of_its_own(
    told: Answer, refused: Callable[..., str], away: str
) -> None:
    assert "窗口号" in refused("issue", "--group", "A")
    assert "99" in refused("issue", "--group", "A", "--window", "99")
    number = told("issue", "--group", "A", "--window", "3")["number"]
    assert number == f"A901{away}"
    assert told("next", "--window", "3")["number"] == number
    assert told("finish", number)["state"] == "finished"
