"""``qifu print``: the contract of docs/cli.md, for every paper."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from desktop.cli.main import main
from desktop.cli.print_ import NAMES
from domain.printing.offering import PAPERS
from services.cases import accept_case
from services.station import Station, open_station
from tests.fixed import FixedClock, form

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def number(station_home: Path, clock: FixedClock) -> str:
    station: Station = open_station(station_home, clock=clock)
    accepted = station.call(accept_case, form())
    station.close()
    return accepted.number


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], station_home: Path) -> Run:
    """Runs ``qifu print`` in this process: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "print", *words, "--home", str(station_home)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


def test_every_paper_has_a_name_on_the_command_line() -> None:
    assert tuple(NAMES) == PAPERS


@pytest.mark.parametrize(
    ("paper", "size", "suffix"),
    [
        ("assignment", "a5", "pdf"),
        ("交办单", "80mm", "png"),
        ("assignment-slip", "58mm", "pdf"),
        ("slip", "a4", "pdf"),
    ],
)
def test_a_paper_becomes_a_file(
    run: Run, number: str, tmp_path: Path, paper: str, size: str, suffix: str
) -> None:
    out = tmp_path / f"a.{suffix}"
    code, said, err = run(paper, number, "--paper", size, "--out", str(out), "--json")
    assert (code, json.loads(said), err) == (0, {"file": str(out), "copy": 1}, "")
    assert out.read_bytes()[:4] in (b"%PDF", b"\x89PNG")


def test_the_dossier_is_one_pdf_with_bookmarks(run: Run, number: str, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    code, said, err = run("dossier", number, "--out", str(out), "--json")
    assert (code, json.loads(said), err) == (0, {"file": str(out), "copy": 1}, "")
    reader = pypdf.PdfReader(out)
    assert len(reader.pages) >= 4
    assert reader.outline


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("return", "--out", "a.pdf"), "没有退回、转办或升级过"),
        (("feedback", "--out", "a.pdf"), "还没有办结"),
        (("supervision", "--paper", "58mm", "--out", "a.pdf"), "不能用“58mm”"),
        (("dossier", "--paper", "a5", "--out", "a.pdf"), "不能用“a5”"),
        (("dossier", "--out", "a.txt"), "类型不对"),
        (("poster", "--out", "a.pdf"), "没有“poster”这种单据"),
        (("slip",), "--out"),
    ],
)
def test_what_cannot_be_is_refused_with_one_sentence(
    run: Run, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, err = run(words[0], number, *words[1:])
    assert (code, said) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert list(tmp_path.glob("a.*")) == []
