"""``qifu callback`` and ``qifu rating``: the contract of docs/cli.md, and a printed form entered row by row."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from desktop.cli.main import main
from domain.cases.intake import ContactForm
from domain.cases.model import CaseKind
from domain.staff import Actor
from services import clock as clocks
from services.case_steps import answer_case
from services.cases import accept_case
from services.station import open_station
from tests.fixed import FixedClock, form

Told = Callable[..., Any]
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> FixedClock:
    """The programs run at the fixed clock's time."""
    monkeypatch.setattr(clocks.SystemClock, "now_ms", lambda self: clock.now_ms())
    return clock


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], station_home: Path
) -> Callable[..., tuple[int, str, str]]:
    """Runs ``qifu`` in this process: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", *words, "--home", str(station_home)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


@pytest.fixture
def told(run: Callable[..., tuple[int, str, str]]) -> Told:
    """The one document on stdout."""

    def told(*words: str, code: int = 0) -> Any:
        left, out, err = run(*words, "--json")
        assert (left, err, out.count("\n")) == (code, "", 1)
        return json.loads(out)

    return told


@pytest.fixture
def refused(run: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """The one sentence on stderr of a command that is refused."""

    def refused(*words: str) -> str:
        left, out, err = run(*words, "--json")
        assert (left, out, err.count("\n")) == (2, "", 1)
        return err

    return refused


def closed(home: Path, clock: FixedClock, count: int, kind: CaseKind = CaseKind.COMPLAINT) -> list[str]:
    """Numbers of cases that were answered at once by the clerk."""
    station = open_station(home, clock=clock)
    clerk = Actor("clerk")
    made = []
    for _ in range(count):
        wanted = form(kind=kind, boards=("appeal",), contact=ContactForm(name="王晓", phone=PHONE))
        accepted = station.call(accept_case, wanted, as_actor=clerk)
        station.call(answer_case, accepted.id, "已整改。", as_actor=clerk)
        made.append(accepted.number)
    station.close()
    return made


def test_a_list_draws_what_is_lacking_and_masks_numbers(
    told: Told, run: Any, station_home: Path, clock: FixedClock
) -> None:
    assert told("callback", "list") == []
    (number,) = closed(station_home, clock, 1, CaseKind.REQUEST)
    (task,) = told("callback", "list")
    assert (task["number"], task["phone"], task["due"]) == (
        number,
        "138****5678",
        "2026-11-23T17:00:00+08:00",
    )
    assert PHONE not in "".join(str(part) for part in run("callback", "list"))


def test_record_ends_it_or_opens_the_case_again(
    told: Told, refused: Any, station_home: Path, clock: FixedClock
) -> None:
    good, bad = closed(station_home, clock, 2)
    done = told(
        "callback", "record", good, "--result", "reached", "--solved", "yes", "--level", "5", "--as", "clerk"
    )
    assert (done["state"], done["case_state"], done["calls"][0]["level"]) == ("done", "called_back", 5)
    again = told("callback", "record", bad, "--result", "reached", "--solved", "no", "--note", "未到账")
    assert (again["state"], again["case_state"]) == ("reopened", "reopened")
    refused("callback", "record", good, "--result", "reached", "--solved", "yes")
    missed = [refused("callback", "record", good, "--result", result) for result in ("asleep", "no_answer")]
    assert all(missed)


@pytest.mark.parametrize(
    "words",
    [
        ("--result", "asleep"),
        ("--result", "reached"),
        ("--result", "reached", "--solved", "maybe"),
        ("--result", "reached", "--level", "6"),
        ("--result", "no_answer", "--solved", "yes"),
        ("--result", "no_answer", "--as", "policy"),
    ],
)
def test_what_is_refused_changes_nothing(
    told: Told, refused: Any, station_home: Path, clock: FixedClock, words: tuple[str, ...]
) -> None:
    (number,) = closed(station_home, clock, 1)
    assert refused("callback", "record", number, *words)
    assert told("callback", "show", number)["calls"] == []


def test_without_tasks_there_is_no_form(told: Told, tmp_path: Path) -> None:
    assert told("callback", "form", "--out", str(tmp_path / "f.pdf"), code=3)["file"] is None
    assert not (tmp_path / "f.pdf").exists()


def test_thirty_rows_printed_read_from_the_page_and_entered(
    told: Told, refused: Any, station_home: Path, clock: FixedClock, tmp_path: Path
) -> None:
    numbers = closed(station_home, clock, 30)
    file = tmp_path / "form.pdf"
    assert refused("callback", "form", "--out", str(tmp_path / "form.txt"))
    assert told("callback", "form", "--out", str(file)) == {"file": str(file), "count": 30, "pages": 3}
    codes: list[str] = []
    with closing(pypdfium2.PdfDocument(file)) as document:
        for page in document:
            codes += [one.text for one in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())]
    entered = [
        told("callback", "record", code, "--result", "reached", "--solved", "yes", "--level", "4")
        for code in codes
    ]
    assert sorted(one["number"] for one in entered) == sorted(numbers)
    assert {one["state"] for one in entered} == {"done"}
    assert told("callback", "list") == []
    assert PHONE not in json.dumps(entered)


def test_ratings_by_screen_and_box_and_not_by_a_clerk(
    told: Told, refused: Any, station_home: Path, clock: FixedClock
) -> None:
    good, bad = closed(station_home, clock, 2)
    for words in ((), ("--paper",)):
        assert refused("rating", "record", bad, "--level", "5", *words, "--as", "clerk")
    assert refused("rating", "record", bad, "--level", "5", "--paper")
    assert told("rating", "record", good, "--level", "5")["source"] == "screen"
    assert told("rating", "record", bad, "--level", "1", "--paper", "--as", "supervisor")["source"] == "paper"
    (own,) = told("rating", "list", "--as", "clerk")
    assert not {"number", "name", "id", "given"} & set(own)
    assert bad not in json.dumps(own)
    (shown,) = told("rating", "list", "--as", "supervisor")
    assert (shown["number"], shown["due"]) == (bad, "2026-11-19T17:00:00+08:00")


def test_the_loop_of_a_bad_rating(told: Told, refused: Any, station_home: Path, clock: FixedClock) -> None:
    (number,) = closed(station_home, clock, 1)
    told("rating", "record", number, "--level", "2", "--paper", "--as", "supervisor")
    ref = told("rating", "list", "--as", "clerk")[0]["ref"]
    assert told("rating", "appeal", ref, "--text", "系统停机", "--as", "clerk")["appeal"] == "asked"
    assert refused("rating", "verify", ref, "--text", "属实", "--as", "clerk")
    assert refused("rating", "fix", ref, "--text", "太早", "--as", "supervisor")
    steps = [
        ("verify", "--text", "属实"),
        ("decide", "--rejected", "--text", "停机未告知"),
        ("fix", "--explain", "--text", "已说明"),
        ("call", "--result", "reached", "--level", "4"),
    ]
    for name, *words in steps:
        shown = told("rating", name, ref, *words, "--as", "supervisor")
    assert (shown["state"], shown["second_level"]) == ("rated_again", 4)
    figures = told("rating", "figures", "--from", "2026-11-01", "--to", "2026-11-30", "--as", "supervisor")
    assert (figures["rated"], figures["satisfied"], figures["satisfied_after"]) == (1, 0, 1)
    assert told("rating", "show", ref, "--as", "clerk")["own_appeal"] == "系统停机"
    assert refused("rating", "figures", "--from", "x", "--to", "2026-11-30", "--as", "supervisor")
