"""The main job once through in a throw-away home: what the frozen program runs to show that it is whole."""

import sys
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from string import ascii_uppercase, digits

import resources
from domain.cases.intake import IntakeForm
from domain.printing.tickets import ticket_paper
from domain.queue.announcing import MAX_NUMBER, WORDS, Call, clip_names
from domain.queue.desk import TicketOrder
from services.cases import Accepted, accept_case, search_cases
from services.dossier import save_dossier
from services.files import attach_path
from services.printing import record_print, render_document
from services.queue.local_desk import LocalQueueDesk
from services.routing import route
from services.setup import init_station
from services.station import Station, open_station
from services.ticket_paper import SIZES, raster_ticket, render_ticket
from services.upkeep import examine

FOREIGN_ROOMS = ("authority", "server")
"""What issues codes, and what answers on a network: never in the frozen desk."""
MATTER = "新公司要开办，执照和公章想一起办。"
ANSWER = "已受理并办结。"
NAME = "自检企业有限公司"
SHIPPED_FILES = (
    "fonts/NotoSansSC-Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf",
    "router/model.npz",
    "theme/tokens.json",
    "words.json",
)
GONG = "gong"
PLACES = ("10", "前台")
"""Windows that need both ends of what is said of a window."""


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
        ("voice", _voice),
        ("store", lambda: init_station(home, demo=True)),
        ("main job", lambda: _with_station(home, _main_job)),
        ("ticket", lambda: _with_station(home, _ticket)),
        ("dossier", lambda: _with_station(home, _dossier)),
        ("doctor", lambda: _healthy(home)),
    ]


def _rooms() -> None:
    """The frozen desk holds nothing that issues codes or answers on a network."""
    there = [room for room in FOREIGN_ROOMS if find_spec(room) is not None]
    if getattr(sys, "frozen", False) and there:
        raise AssertionError(" ".join(there))


def _resources() -> None:
    for name in SHIPPED_FILES:
        if not resources.path(name).stat().st_size:
            raise FileNotFoundError(name)


def _voice() -> None:
    for name in sorted(_clips()):
        with wave.open(str(resources.path(f"voice/{name}.wav")), "rb") as clip:
            if not clip.getnframes():
                raise ValueError(name)


def _clips() -> set[str]:
    """Every clip that a call can need."""
    signs = ascii_uppercase + digits
    numbers = [signs[at : at + MAX_NUMBER] for at in range(0, len(signs), MAX_NUMBER)]
    calls = [Call("self-test", number, place, 0) for number in numbers for place in PLACES]
    return {GONG, *WORDS.values(), *(name for call in calls for name in clip_names(call))}


def _with_station(home: Path, job: Callable[[Station], None]) -> None:
    station = open_station(home)
    try:
        job(station)
    finally:
        station.close()


def _main_job(station: Station) -> None:
    accepted = station.call(accept_case, IntakeForm(name=NAME, text=MATTER))
    _found_again(station, accepted)
    _printed(station, accepted)


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


def _ticket(station: Station) -> None:
    """A number is taken, called and on paper, as a PDF and in dots."""
    desk = LocalQueueDesk(station)
    group = desk.view().groups[0]
    number = desk.issue(TicketOrder(group=group.code)).ticket.number
    called = desk.next(desk.view().windows[0].code, [group.code])
    if called is None or called.number != number:
        raise AssertionError("call")
    document = ticket_paper(desk.issued(number), desk.view()).to_document()
    for size in SIZES:
        drawn = (render_ticket(document, size), raster_ticket(document, size))
        if not (drawn[0].startswith(b"%PDF") and drawn[1].startswith(b"\x89PNG")):
            raise AssertionError(size)


def _dossier(station: Station) -> None:
    """A closed case with a file in it becomes one PDF, for which the file is drawn."""
    done = station.call(accept_case, IntakeForm(name=NAME, text=MATTER, answer=ANSWER))
    job = station.call(record_print, done.number, "case_slip", "a5")
    with tempfile.TemporaryDirectory(prefix="qifu-selftest-") as folder:
        slip = Path(folder) / "slip.pdf"
        slip.write_bytes(render_document(job.document, "a5").data)
        station.submit_upkeep(attach_path, done.number, slip).result()
        target = Path(folder) / "dossier.pdf"
        save_dossier(station, done.number, target)
        if not target.read_bytes().startswith(b"%PDF"):
            raise AssertionError(target.name)


def _healthy(home: Path) -> None:
    report = examine(home)
    bad = [one.code for one in report.findings if one.level.value == "bad"]
    if bad:
        raise AssertionError(" ".join(bad))
