"""``qifu enrol``: the contract of docs/cli.md."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.cli.main import main
from services.setup import init_station
from sync.enrol_code import Invitation, new_code, shown
from tests.fixed import FixedClock
from tests.sync.centre_double import Centre
from tests.sync.small_server import SmallServer

Enrol = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def enrol(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> Enrol:
    """Runs ``qifu enrol``: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qifu", "enrol", *arguments, "--home", str(home)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def centre(clock: FixedClock) -> Iterator[tuple[SmallServer, Centre, str]]:
    with SmallServer() as server:
        centre, code = Centre(server, clock), new_code()
        centre.codes[code] = ""
        yield server, centre, code


def test_a_fresh_pc(enrol: Enrol, home: Path, centre: tuple[SmallServer, Centre, str]) -> None:
    server, _, code = centre
    exit_code, out, _ = enrol(shown(code).lower(), "--url", server.url, "--json")
    assert exit_code == 0
    assert json.loads(out) == {
        "site": "gx",
        "site_name": "高新区企业服务中心",
        "old_site": "",
        "lost": [],
        "home": str(home),
        "url": server.url,
    }
    assert (home / "store.db").exists()


def test_a_station_with_a_qr_code(
    enrol: Enrol, home: Path, clock: FixedClock, centre: tuple[SmallServer, Centre, str]
) -> None:
    server, _, code = centre
    init_station(home, site_name="独立服务站", site_letters="HN", clock=clock)
    exit_code, out, _ = enrol(Invitation(code, server.url).text, "--name", "3号窗口")
    assert exit_code == 0
    assert "高新区企业服务中心" in out
    assert "hn" in out
    assert enrol(code, "--url", server.url)[0] == 0


@pytest.mark.parametrize("code", ["", "7KM2Q-9XT4R-0", "7KM2Q"])
def test_a_code_that_is_none(enrol: Enrol, home: Path, code: str) -> None:
    exit_code, out, err = enrol(code, "--url", "https://hub.example")
    assert (exit_code, out) == (2, "")
    assert "入网码" in err
    assert not home.exists()


def test_what_is_refused_leaves_nothing(
    enrol: Enrol, home: Path, centre: tuple[SmallServer, Centre, str]
) -> None:
    server, double, code = centre
    double.codes[code] = "enrol.expired"
    exit_code, out, err = enrol(code, "--url", server.url, "--json")
    assert (exit_code, out) == (2, "")
    assert "过期" in err
    assert enrol(code, "--url", "http://10.0.0.1")[0] == 2
    assert enrol(code)[0] == 2
    assert not home.exists()
