"""The main job once through in a throw-away home: what the frozen program runs to show that it is whole."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import resources
from domain.cases.intake import IntakeForm
from services.cases import Accepted, accept_case, search_cases
from services.printing import record_print, render_document
from services.routing import route
from services.setup import init_station
from services.station import Station, open_station
from services.upkeep import examine

ISSUING_ROOM = "authority"
MATTER = "新公司要开办，执照和公章想一起办。"
NAME = "自检企业有限公司"
SHIPPED_FILES = (
    "fonts/NotoSansSC-Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf",
    "router/model.npz",
    "theme/tokens.json",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the self-test; ``error`` names what went wrong."""

    name: str
    ok: bool
    error: str = ""


def run() -> list[Step]:
    """Every step in turn; the rest is left out once one has failed."""
    steps: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="qifu-selftest-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        for name, step in _plan(home):
            try:
                step()
            except Exception as error:  # a self-test reports whatever fails
                steps.append(Step(name, False, f"{type(error).__name__}: {error}"))
                break
            steps.append(Step(name, True))
    return steps


def _plan(home: Path) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("rooms", _rooms),
        ("resources", _resources),
        ("store", lambda: init_station(home, demo=True)),
        ("main job", lambda: _main_job(home)),
        ("doctor", lambda: _healthy(home)),
    ]


def _rooms() -> None:
    """The frozen desk holds nothing that could issue a code."""
    if getattr(sys, "frozen", False) and find_spec(ISSUING_ROOM) is not None:
        raise AssertionError(ISSUING_ROOM)


def _resources() -> None:
    for name in SHIPPED_FILES:
        if not resources.path(name).stat().st_size:
            raise FileNotFoundError(name)


def _main_job(home: Path) -> None:
    station = open_station(home)
    try:
        accepted = station.call(accept_case, IntakeForm(name=NAME, text=MATTER))
        _found_again(station, accepted)
        _printed(station, accepted)
    finally:
        station.close()


def _found_again(station: Station, accepted: Accepted) -> None:
    if not station.call(route, MATTER).boards:
        raise AssertionError("no board suggested")
    for words in (accepted.number, "开办", "zjqy"):
        if accepted.id not in {row.id for row in station.call(search_cases, words)}:
            raise AssertionError("search")


def _printed(station: Station, accepted: Accepted) -> None:
    for size in ("a5", "58mm"):
        job = station.call(record_print, accepted.number, "case_slip", size)
        data = render_document(job.document, size).data
        if not data.startswith(b"%PDF"):
            raise AssertionError(size)


def _healthy(home: Path) -> None:
    report = examine(home)
    bad = [one.code for one in report.findings if one.level.value == "bad"]
    if bad:
        raise AssertionError(" ".join(bad))
